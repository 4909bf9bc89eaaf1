# القرار وأسبابه والتوقيع. مسودة آلية لم تُراجَع.

decision = القرار
see-decision = انظر القرار
decision-unverified = جزء من هذا يستند إلى قاعدة لم يراجعها أحد على مصدرها بعد. وهي معلَّمة أدناه.
decision-valid = ساري لمدة { $period }، حتى { $date }
not-decided = لم يُحسم بعد
still-possible = ما زال ممكنًا:
effect-blocks = يمنع السفر
effect-follow-up = متابعة عند الوصول
contradiction-title = الموجودات متناقضة. صحّحها قبل أن تعتمد على شيء هنا.
contradiction = لا يمكن أن تصح هذه الموجودات معًا لشخص واحد.
missing = ما بقي معرفته
missing-text = بهذا الترتيب، كلٌّ في خطوته.
on-the-way = ما استُنتج في الطريق
facts-used = الموجودات المستعملة
facts-none = لا شيء معروف بعد.

sign = توقيع القرار
sign-amend = توقيع القرار المعدَّل
sign-text = توقّع باسمك. يُحفظ القرار وأسبابه والموجودات كما هي هنا.
sign-declare = فحصتُ { $name } أو راجعتُ كل النتائج، وهذا قراري.
sign-undeclared = أشّر أنك فحصت الشخص أو راجعت كل النتائج.
sign-reason = لماذا يُعدَّل القرار السابق
sign-reason-hint = القرار السابق وشهادته يبقيان مقروءين ويذكران أنهما استُبدلا.
conflict-sign = وقّع شخص آخر هذا السجل أو غيّره في اللحظة نفسها. لم يُحفظ شيء مما أرسلت. انظر القرار ثانية.
notice-signed = وُقّع القرار وصدرت الشهادة.

history = القرارات الموقَّعة
history-signed = وُقّع
history-by = بواسطة
history-outcome = القرار
history-reason = عُدِّل بسبب:
decision-replaced = مستبدَل
decision-replaced-title = استُبدل هذا القرار.
decision-replaced-text = المعتمد قرار لاحق. وهذا محفوظ كما وُقّع.
signed-decision = قرار موقَّع
signed-decision-text = كل ما أدناه كما كان عند التوقيع.

changes = ما الذي يغيّره
changes-text = كل سطر وحده يكفي للنتيجة التي فوقه.
changes-if = إذا { $change }
changes-more = { $count ->
    [one] طريق واحد آخر
    [two] طريقان آخران
    [few] { $count } طرق أخرى
   *[other] { $count } طريقًا آخر
  }
