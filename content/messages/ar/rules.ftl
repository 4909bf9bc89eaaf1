# القواعد كما يقرؤها كل من يعمل بها. مسودة آلية لم تُراجَع.

menu-rules = القواعد
rules = القواعد
rules-text = كل طبعة من كل بروتوكول مع مصادرها. يُقيَّم الناس وفق الطبعة السارية في يوم الفحص.
rules-none = لا بروتوكول مثبت. ضع واحدًا تحت content/protocols وأعد تشغيل البرنامج.
rules-protocols = البروتوكولات
rules-libraries = مشتركة بين عدة بروتوكولات
rules-title = البروتوكول
rules-country = المقصد
rules-populations = لمن
rules-range = سارٍ للفحوص
rules-from = من { $from }
rules-from-to = من { $from } إلى { $to }
rules-status = الحالة
rules-verified = تم التحقق
rules-unchecked = { $count ->
    [one] قاعدة أو خطوة واحدة لم يُتحقق منها
    [two] قاعدتان أو خطوتان لم يُتحقق منهما
    [few] { $count } قواعد أو خطوات لم يُتحقق منها
   *[other] { $count } قاعدة أو خطوة لم يُتحقق منها
  }
rules-unverified-text = كل منها معلَّم أدناه وحيثما حسم شيئًا.
rules-uses = يستعمل
rules-authority = الجهة صاحبة القرار
rules-disclosed = الموجودات التي تُبلَّغ بها
rules-on-page = في هذه الصفحة
rules-steps = الخطوات
rules-step = الخطوة
rules-asks = تكشف:
rules-when = متى
rules-because = السبب
rules-outcome = النتيجة
rules-valid-for = ساري لمدة { $period }
rules-names = أسماء مستعملة أعلاه
rules-names-text = ما تعنيه كل عبارة في الشروط.
rules-sums = الحسابات
rules-sources = المصادر
sum-least = الأصغر من ({ $parts })
sum-greatest = الأكبر من ({ $parts })
