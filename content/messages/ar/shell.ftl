# الإطار المحيط بكل صفحة وتسجيل الدخول والحسابات والأخطاء. مسودة آلية لم تُراجَع.

language-name = العربية
language-direction = rtl
language-draft = yes

product = منزل
tagline = سجل صحي واحد من المنشأ إلى المقصد
skip = انتقل إلى المحتوى
menu-label = القائمة الرئيسية
language = اللغة
draft-note = هذه الصفحة ترجمة آلية لم يراجعها أحد بعد. إذا لم تكن جملة ما واضحة فانتقل إلى الإنجليزية.
demo-title = عرض تجريبي: أشخاص خياليون.
demo-text = لا شيء هنا يخص شخصًا حقيقيًا. لا تُدخل أي بيانات حقيقية.
demo-open = يمكن لأي برنامج آخر على هذا الجهاز قراءة كل شيء هنا وتغييره دون كلمة مرور (--open-fhir).
list-comma = {"، "}
optional = (اختياري)
choose = اختر…
not-known = غير معروف
save = حفظ
cancel = إلغاء
why = لماذا
error-prefix = خطأ:
errors-title = يرجى مراجعة ما يلي
rule-unverified = لم يتحقق أحد بعد من هذه القاعدة في مصدرها.

## التواريخ

date-day = { $day } { $month } { $year }
date-month = { $month } { $year }
date-time = { $date }، { $time }
month-1 = يناير
month-2 = فبراير
month-3 = مارس
month-4 = أبريل
month-5 = مايو
month-6 = يونيو
month-7 = يوليو
month-8 = أغسطس
month-9 = سبتمبر
month-10 = أكتوبر
month-11 = نوفمبر
month-12 = ديسمبر

## الأدوار

role-clerk = كاتب
role-nurse = ممرض
role-laboratory = مختبر
role-radiology = أشعة
role-physician = طبيب
role-surveillance = ترصد
role-authority = جهة رسمية
role-person = صاحب السجل
role-administrator = مدير النظام
role-system = البرنامج

## حالات الخطوة

state-required = مطلوب
state-due = حان موعده
state-blocked = متوقف
state-waiting = قيد الانتظار
state-done = تم
state-expired = انتهت صلاحيته
state-not-required = غير مطلوب
state-undetermined = غير محدد

## خط الطريق

route-label = الطريق
stop-passed = مرحلة سابقة
stop-here = المرحلة الحالية
stop-ahead = مرحلة قادمة

## قوائم الانتظار

queue-person = الشخص
queue-next = التالي
queue-state = الحالة
queue-since = منذ

## صفحة البداية والقائمة

menu-home = اليوم
menu-accounts = الحسابات
home-greeting = أهلًا بك، { $name }

## تسجيل الدخول

sign-in = تسجيل الدخول
sign-out = تسجيل الخروج
sign-in-wrong = الحساب أو كلمة المرور غير صحيحة، أو الحساب معطَّل. تحقق منهما وحاول مرة أخرى.
sign-in-help = نسيت كلمة المرور؟ اطلب كلمة جديدة من مدير النظام في هذه العيادة.
demo-accounts = حسابات للتجربة
demo-accounts-text = يرى كل دور عمله فقط. اختر واحدًا لتسجيل الدخول.
account-name = الحساب
account-name-hint = ما يُكتب لتسجيل الدخول: حروف وأرقام ونقطة وشرطة.
account-name-wrong = الحساب: اكتب من { $least } إلى { $most } من الحروف أو الأرقام أو النقاط أو الشرطات بلا مسافات.
account-name-taken = الحساب: الاسم «{ $name }» مستخدم. اختر اسمًا آخر.
accounts-full = لدى هذه العيادة { $most } من الحسابات، وهذا هو الحد الأقصى.
password = كلمة المرور
password-new = كلمة مرور جديدة
password-again = كلمة المرور الجديدة مرة أخرى
password-old = كلمة المرور الحالية
password-hint = 10 أحرف على الأقل. الأفضل بضع كلمات لا يجمعها أحد غيرك.
password-first-hint = سيختار صاحب الحساب كلمته عند أول دخول. سلّمها له شخصيًا.
password-reset-hint = فقط عند نسيان كلمة المرور. سيختار صاحب الحساب كلمته عند الدخول التالي.
password-short = كلمة المرور الجديدة: استخدم { $least } أحرف على الأقل.
password-long = كلمة المرور الجديدة: استخدم { $most } حرفًا على الأكثر.
password-like-account = كلمة المرور الجديدة: يجب ألا تحتوي على اسم الحساب.
password-one-character = كلمة المرور الجديدة: يجب ألا تكون حرفًا واحدًا مكررًا.
password-differs = كلمة المرور الجديدة مرة أخرى: لا تطابق ما كُتب أعلاه. اكتب الاثنتين من جديد.
password-old-wrong = كلمة المرور الحالية: غير صحيحة.
password-same = كلمة المرور الجديدة: اختر كلمة غير الحالية.
password-change = تغيير كلمة المرور
password-must-change = اختار شخص آخر كلمة مرورك. اختر كلمتك قبل المتابعة.

## التشغيل الأول

set-up = إعداد منزل
set-up-text = لا يوجد حساب هنا بعد. أنشئ الحساب الأول: مدير نظام ينشئ باقي الحسابات. لا يرى مدير النظام أي سجلات صحية.
set-up-make = إنشاء حساب مدير النظام
set-up-code = رمز الإعداد
set-up-code-hint = يظهر في الطرفية التي شُغِّل منها البرنامج.
set-up-code-wrong = رمز الإعداد: ليس هو الرمز الظاهر في الطرفية.

## الحسابات

my-account = حسابي
accounts-text = من يمكنه تسجيل الدخول هنا وما عمله. ما يراه كل دور تحدده سياسة الوصول.
account-new = حساب جديد
account-make = إنشاء الحساب
account-made = أُنشئ
account-disabled = لا يُسمح لهذا الحساب بتسجيل الدخول
account-disabled-hint = يبقى ما فعله صاحبه في السجل. لا يُحذف أي حساب أبدًا.
account-disabled-tag = معطَّل
display-name = الاسم
display-name-hint = كما سيظهر على الشهادة.
display-name-wrong = الاسم: اكتب من حرفين إلى { $most } حرفًا.
role = الدور
role-missing = الدور: اختر عمل هذا الشخص.
registration = رقم التسجيل المهني
registration-hint = مطلوب للطبيب، ويُطبع على الشهادات.
registration-missing = رقم التسجيل المهني: مطلوب للطبيب.
registration-long = رقم التسجيل المهني: استخدم { $most } حرفًا على الأكثر.
last-administrator = الدور: هذا آخر مدير نظام. أنشئ مديرًا آخر أولًا.

## ما تم

notice-account-made = أُنشئ الحساب.
notice-account-changed = عُدِّل الحساب.
notice-password-changed = تغيرت كلمة مرورك. سُجِّل الخروج من الأجهزة الأخرى.
notice-choose-password = اختر كلمة مرورك قبل المتابعة.
notice-signed-out = تم تسجيل خروجك.
notice-session-ended = انتهت جلستك، فلم يُحفظ ما أرسلته. سجّل الدخول وأعد المحاولة.
notice-welcome = أصبح منزل جاهزًا. أنشئ الآن حسابًا لكل من يعمل هنا.

## المشكلات

back-home = إلى صفحة البداية
request-number = رقم الطلب
missing-title = لا توجد صفحة كهذه
missing-reason = قد يكون العنوان مكتوبًا خطأ، أو أن ما يشير إليه غير موجود هنا.
missing-cure = ارجع إلى الخلف أو ابدأ من صفحة البداية.
method-title = لا يمكن فتح هذه الصفحة بهذه الطريقة
method-reason = يعود هذا العنوان إلى نموذج يجب إرساله من صفحته.
method-cure = ابدأ من صفحة البداية وافتح النموذج منها.
role-title = هذه الصفحة لأدوار أخرى
role-reason = هي مخصصة لـ: { $needed }. دورك الحالي: { $yours }.
role-cure = يرى كل دور ما يحتاجه عمله فقط.
role-ask = إذا كان عملك يحتاج إليها فاسأل:
stale-title = هذا النموذج قديم
stale-reason = فُتح قبل تسجيل دخولك أو في جلسة أخرى. لم يُحفظ شيء.
stale-cure = ارجع وأعد تحميل الصفحة ثم أرسل النموذج مرة أخرى. يجب السماح بملفات الارتباط لهذا الموقع.
large-title = الحجم كبير جدًا
large-reason = يمكن إرسال { $kilobytes } كيلوبايت على الأكثر دفعة واحدة. لم يُحفظ شيء.
large-cure = أرسله على أجزاء.
unreadable-title = تعذرت قراءة النموذج
unreadable-reason = وصل ناقصًا أو بصيغة غير معروفة. لم يُحفظ شيء.
unreadable-cure = ارجع وأعد تحميل الصفحة ثم أرسله مرة أخرى.
rate-title = محاولات فاشلة كثيرة
rate-reason = حاول أحدهم تسجيل الدخول بكلمة مرور خاطئة عدة مرات.
rate-cure = { $minutes ->
    [zero] حاول مرة أخرى الآن. يمكن لمدير النظام تعيين كلمة مرور جديدة.
    [one] انتظر دقيقة واحدة ثم حاول مرة أخرى. يمكن لمدير النظام تعيين كلمة مرور جديدة.
    [two] انتظر دقيقتين ثم حاول مرة أخرى. يمكن لمدير النظام تعيين كلمة مرور جديدة.
    [few] انتظر { $minutes } دقائق ثم حاول مرة أخرى. يمكن لمدير النظام تعيين كلمة مرور جديدة.
   *[other] انتظر { $minutes } دقيقة ثم حاول مرة أخرى. يمكن لمدير النظام تعيين كلمة مرور جديدة.
  }
slow-title = استغرق هذا وقتًا طويلًا
slow-reason = لم يصل جواب في الوقت المحدد.
slow-cure = تحقق مما إذا كان قد تم قبل أن تعيده. إذا تكرر ذلك فأبلغ المسؤول عن هذا الخادم.
signed-out-title = لم تسجل الدخول
signed-out-reason = هذه الصفحة للعاملين هنا.
signed-out-cure = سجّل الدخول وحاول مرة أخرى.
wall-title = هذا السجل غير متاح لك
wall-reason = تمنعه سياسة الوصول عن دورك لهذا الغرض. سُجِّلت المحاولة في سجل التدقيق.
wall-cure = ما يُكتب للرعاية يبقى للرعاية. البروتوكول الساري وحده يحدد ما يمكن لجهة رسمية أن تراه.
conflict-title = غيّر شخص آخر هذا السجل
conflict-reason = تغيّر وهو مفتوح عندك. لم يُحفظ شيء مما أدخلته ولم يضع شيء مما أدخله غيرك.
conflict-cure = افتحه من جديد وانظر ما تغير ثم أدخل ما لديك مرة أخرى.
refused-title = لا يمكن القيام بذلك
refused-cure = لم يتغير شيء.
store-title = لا يمكن الوصول إلى السجلات
store-reason = لم تنفذ قاعدة البيانات ما طُلب منها. ما حُفظ من قبل آمن.
store-cure = حاول مرة أخرى بعد دقيقة. إذا استمر ذلك فأبلغ المسؤول عن هذا الخادم بالرمز والرقم أدناه.
internal-title = حدث خطأ في البرنامج
internal-reason = هذا خطؤنا لا خطؤك. ما حُفظ من قبل آمن.
internal-cure = حاول مرة أخرى. إذا استمر ذلك فأبلغ المسؤول عن هذا الخادم بالرمز والرقم أدناه.
