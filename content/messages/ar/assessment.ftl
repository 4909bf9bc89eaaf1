# التقييم: خطواته ونماذج المحطات وما وُجد. مسودة آلية لم تُراجَع.

## مصطلحات المجال

age-months = { $age ->
    [0] أقل من شهر
    [one] شهر واحد
    [two] شهران
    [few] { $age } أشهر
   *[other] { $age } شهرًا
  }
age-months-range = من { $low } إلى { $high } شهرًا
age-years = { $age ->
    [one] سنة واحدة
    [two] سنتان
    [few] { $age } سنوات
   *[other] { $age } سنة
  }
age-years-range = من { $low } إلى { $high } سنة
age-unknown = العمر غير معروف
sex-female = أنثى
sex-male = ذكر
sex-other = جنس آخر
sex-unknown = الجنس غير معروف
population-refugee = لاجئ
population-immigrant = مهاجر
population-student = طالب
population-worker = عامل
population-visitor = زائر
at-reception = الاستقبال
at-nurse = التمريض
at-laboratory = المختبر
at-x-ray = الأشعة
at-physician = الطبيب
at-treatment = العلاج
period-days = { $days ->
    [one] يوم واحد
    [two] يومان
    [few] { $days } أيام
   *[other] { $days } يومًا
  }
period-months = { $months ->
    [one] شهر واحد
    [two] شهران
    [few] { $months } أشهر
   *[other] { $months } شهرًا
  }
period-years = { $years ->
    [one] سنة واحدة
    [two] سنتان
    [few] { $years } سنوات
   *[other] { $years } سنة
  }
unit-per-100000 = لكل 100,000
unit-days = أيام
unit-months = أشهر
list-semicolon = {"؛ "}

## التقييم

assessment = التقييم
assessment-planned = لم يبدأ
assessment-active = جارٍ
assessment-signed = موقَّع
assessment-under-review = قيد المراجعة
assessment-cancelled = ملغى
exam-on = الفحص { $date }
stop-origin = المنشأ
stop-transit = العبور
stop-assessment = التقييم
stop-clinic = هذه العيادة
stop-destination = المقصد
edition-unverified = لم تُراجَع هذه الطبعة على مصادرها.
unverified-mark = لم يُتحقق منه
person-page = صفحة الشخص

## ما العمل الآن

next-yours = التالي: محطتك
next-others = التالي: { $stations }
next-sign = كل شيء متوفر: راجع القرار ووقّعه
next-physician = كل شيء متوفر: الطبيب يقرر ويوقّع
next-waiting = في انتظار النتائج
next-waiting-until = تُنتظر آخر نتيجة في { $date }.
next-missing = هناك ما لم يُعرف بعد: انظر القرار
next-signed = موقَّع: يجوز السفر ما دامت الشهادة سارية
next-signed-no-travel = موقَّع: لا يجوز السفر
next-signed-text = اطبع الشهادة أو أرسلها. أي نتيجة جديدة أو معدّلة تضعها قيد المراجعة.
next-cancelled = أُلغي هذا التقييم. لا يُدخل هنا شيء بعد الآن.
next-no-protocol = لا قواعد سارية لهذا المقصد والفئة وتاريخ الفحص. صحّحها في صفحة الشخص.
review-title = قيد المراجعة: لا يُعتمد على الشهادة
review-text = تغيّرت نتيجة أو أُضيفت بعد التوقيع. على طبيب أن ينظر ويوقّع من جديد.
blocks-travel = السفر ممنوع
blocks-signature = قبل إمكان التوقيع
unsigned-tables = لم يُحسم بعد: { $tables }.
unsigned-facts = يُعرف أولًا: { $facts }.
and-more = { $list } و{ $count } غيرها
unsigned-steps = لم يتم: { $steps }.
unusable-title = في السجل ما لا يمكن استعماله
unusable-text = يُعد غير معروف إلى أن يصححه أحد.

## الخطوات

steps-to-do = للعمل
steps-waiting = في الانتظار
steps-undetermined = لم يُعرف بعد هل هو مطلوب
steps-done = تم
steps-not-required = غير مطلوب
step-enter = إدخال النتائج
step-collect-or-enter = العينة أو النتائج
step-correct = إضافة أو تصحيح
step-add = إضافة نتيجة
step-depends = يتوقف على: { $facts }
step-after = أولًا: { $steps }
step-not-before = ليس قبل { $date }.
step-expected = تُنتظر النتيجة { $date }
step-overdue = كانت النتيجة منتظرة { $date }. اسأل عنها.
step-takes = تستغرق النتيجة { $period }.
step-lacks = ما زال ناقصًا: { $facts }
step-done-on = تم { $date }
step-expired = أقدم من المسموح في يوم الفحص: يجب تكراره.
step-others = يُدخل نتائج هذه الخطوة: { $roles }.

## الموجودات

findings = ما وُجد حتى الآن
findings-none = لم يوجد شيء بعد.
finding = الموجودات
finding-value = النتيجة
finding-date = التاريخ
finding-by = بواسطة
finding-corrected = مصحَّح
finding-reason = السبب:
finding-written = دُوِّن
finding-versions = كل ما دُوِّن
finding-versions-text = التصحيح لا يخفي شيئًا: كل نتيجة سابقة تبقى هنا.
finding-counts = المعتمد
finding-replaced = مستبدَل

## نموذج المحطة

enter-title = إدخال النتائج
enter-text = اترك ما لا تعرفه بعد مفتوحًا. يمكنك العودة.
record = حفظ النتائج
record-amend = حفظ ووضع قيد المراجعة
recorded = في السجل:
step-on = يوم الفحص أو العينة
step-on-hint = سنة، شهر، يوم: 2023-05-03. ليس في المستقبل.
answer-yes = نعم
answer-no = لا
answer-none = لا شيء من هذه
answer-range = من { $min } إلى { $max }.
answer-number-wrong = { $fact }: «{ $typed }» لا يمكن أن يكون صحيحًا. اكتب عددًا من { $min } إلى { $max } { $unit }؛ راجع الأرقام والوحدة.
answer-whole-wrong = { $fact }: «{ $typed }» لا يمكن أن يكون صحيحًا. اكتب عددًا صحيحًا من { $min } إلى { $max } { $unit }؛ راجع الأرقام.
answer-unknown = { $fact }: هذا الجواب ليس من المعروض. اختر ثانية.
answer-both = { $fact }: هناك نتيجة وسبب لعدم وجودها. أبقِ أحدهما.
answer-none-and-some = { $fact }: لا تجتمع «لا شيء من هذه» مع جواب آخر. أبقِ أحدهما.
absent = لا توجد نتيجة
absent-unusable = العينة أو الصورة غير صالحة
absent-not-known = لم يستطع الشخص الإجابة
absent-not-done = لم يُجرَ
leave-open = يُترك مفتوحًا
day-wrong = «{ $typed }» ليس يومًا. اكتب سنة، شهر، يوم: 2023-05-03.
collect-title = أُخذت العينة والنتيجة لاحقًا
collect-text = احفظ يوم أخذها. منه تُحسب مدة الانتظار.
collect-on = يوم أخذ العينة
collect = حفظ العينة
collected-on = أُخذت العينة { $date }
reason-correct = سبب التصحيح
reason-correct-hint = فقط عند تغيير ما في السجل لذلك اليوم. النتيجة القديمة تبقى مقروءة.
reason-amend = سبب التعديل
reason-amend-hint = يُطبع مع القرار التالي. القرار القديم يبقى مقروءًا.
amend-title = هذا التقييم موقَّع.
amend-text = أي نتيجة جديدة أو معدّلة تضع الشهادة قيد المراجعة إلى أن يوقّع طبيب من جديد.
conflict-kept = غيّر شخص آخر هذا السجل في اللحظة نفسها. لم يُحفظ ما أدخلته بعد: انظر ما في السجل الآن ثم احفظ ثانية.
notice-recorded = حُفظت النتائج.
notice-collected = حُفظت العينة.

## ما ترفضه قواعد السجل

refused-role = دورك لا يسمح بهذا. اطلبه ممن يعمل في هذه المحطة.
refused-no-protocol = لا قواعد سارية لهذا المقصد والفئة وتاريخ الفحص. راجع الثلاثة.
refused-step = لا بروتوكول ساري في يوم الفحص فيه هذه الخطوة. عد إلى التقييم واختر من قائمته.
refused-day = اليوم في المستقبل أو قبل ولادة الشخص. اكتب اليوم الذي جرى فيه.
refused-empty = لم يُدخل شيء. أدخل نتيجة واحدة على الأقل، أو اذكر لماذا لا توجد.
refused-fact = هذه الخطوة لا تسأل عن هذا. أدخله في الخطوة التي تسأل عنه.
refused-correction = في السجل نتيجة لذلك اليوم. لتغييرها اكتب سبب التصحيح.
refused-amendment = التقييم موقَّع. اكتب سبب التعديل.
refused-signatory = يُوقَّع القرار باسم ورقم تسجيل. اطلب من المسؤول إضافتهما إلى حسابك.
refused-not-open = هذا التقييم غير مفتوح فلا يمكن توقيعه الآن. يبدأ التعديل بنتيجة جديدة أو معدّلة.
refused-unknown = لم يُعرف كل ما يحسم هذا. اعرف الناقص أولًا.
refused-steps = خطوات مطلوبة لم تتم. أتممها؛ وما لا يمكن الحصول عليه يُدوَّن كذلك.
refused-stale = تغيّر السجل منذ فتحت هذه الصفحة. انظر القرار ثانية ثم وقّع.
refused-reason = هذا يعدّل قرارًا موقَّعًا. اكتب السبب.
