# People: finding, showing, registering and correcting them; who read their record.

menu-people = الأشخاص
find-title = البحث عن شخص
find-label = الاسم أو الرقم أو رقم الملف
find-button = ابحث
find-hint = يكفي أول كل كلمة، بأي كتابة وبأي ترتيب.
find-too-long = النص أطول من أن يُبحث عنه. اكتب { $most } حرفًا على الأكثر: اسمًا أو رقمًا.
find-too-many-words = الكلمات أكثر من أن يُبحث عنها. اكتب { $most } على الأكثر.
found-count = { $count ->
    [0] لم يُعثر على أحد
    [one] عُثر على شخص واحد
    [two] عُثر على شخصين
    [few] عُثر على { $count } أشخاص
   *[other] عُثر على { $count } شخصًا
  }
found-many = عُثر على { $count } شخص أو أكثر؛ اكتب حروفًا أكثر
found-more = اعرض المزيد
found-nobody = لم يُعثر على أحد.
found-nobody-next = جرّب حروفًا أقل، أو إملاءً آخر، أو الرقم المكتوب في أوراق الشخص.
age = العمر
sex = الجنس
birth = الولادة
speaks = اللغة
interpreter = بحاجة إلى مترجم
number = الرقم
citizenship = الجنسية
family-case = ملف العائلة
assessments = التقييمات
no-assessment = لا تقييم
no-assessment-next = افتح تقييمًا لتعرف ما تطلبه الوجهة.
no-assessment-ask = يفتح موظف الاستقبال تقييمًا عندما تُعرف الوجهة.
assessment-title = { $destination }، { $population }
steps-progress = تم { $done } من { $required } خطوات مطلوبة
issued-on = صدرت في
person-who = من هو
person-new = تسجيل شخص
person-new-text = الاسم وحده مطلوب، ويكفي اسم مستعار. ما لا يُعرف يبقى غير معروف ويمكن إضافته لاحقًا.
person-register = سجّل
person-edit = تصحيح
person-edit-text = كل تصحيح نسخة جديدة، وتبقى النسخة السابقة مقروءة.
person-name-hint = كما يكتبه الشخص، بأي كتابة. لا يُقسَّم الاسم أبدًا.
name-family = اسم العائلة
name-given = الأسماء الأولى
name-missing = الاسم: اكتب الاسم كما يكتبه الشخص؛ الاسم المستعار مسموح.
text-too-long = النص طويل جدًا: اكتب { $most } حرفًا على الأكثر.
number-hint = الرقم الذي تعرف به الجهة المرسلة أو البرنامج هذا الشخص.
number-taken = الرقم: { $number } لشخص آخر. ابحث عنه أولًا، فقد يكون الشخص نفسه.
nothing-changed = لا شيء يختلف عن المسجَّل. غيّر شيئًا أو ارجع.
changed-meanwhile = صحّح شخص آخر هذه البيانات في هذه الأثناء. انظر إلى صفحة الشخص ثم احفظ مرة أخرى؛ ما كتبته موجود أدناه.
correction-reason = ما سبب التصحيح؟
correction-reason-hint = لهذا الشخص تقييم موقَّع. إن كان التصحيح قد يغيّر القرار فالشهادة قيد المراجعة حتى يوقّع طبيب من جديد.
correction-reason-missing = ما سبب التصحيح؟ هناك تقييم موقَّع، فاكتب السبب.

## Birth

birth-known = كيف عُرف تاريخ الولادة؟
birth-known-missing = كيف عُرف تاريخ الولادة؟ اختر واحدًا؛ «غير معروف» جواب أيضًا.
birth-by-document = تاريخ في وثيقة
birth-by-word = تاريخ ذُكر شفهيًا
birth-by-age = العمر وحده معروف
birth-hint = السنة-الشهر-اليوم بقدر ما يُعرف: 1990-05-03 أو 1990-05 أو 1990. لا تكتب ما لم يقله أحد.
birth-missing = الولادة: اكتب التاريخ بقدر ما يُعرف، أو اختر جوابًا آخر أعلاه.
birth-both = اخترت «غير معروف» وهنا شيء مكتوب. امسحه أو اختر جوابًا آخر.
birth-future = الولادة: هذا في المستقبل. تحقق من السنة.
birth-document = { $date } (في وثيقة)
birth-stated = { $date } (ذُكر شفهيًا)
birth-estimated = نحو { $age }، من العمر المذكور في { $date }
day-unknown = { $date }، اليوم غير معروف
month-unknown = { $date }، الشهر واليوم غير معروفين
age-completed = العمر
age-hint = بالسنوات أو الأشهر المكتملة. لا يتحول العمر أبدًا إلى يوم ميلاد.
age-unit = العمر بوحدة
age-on = ذُكر العمر في
age-on-hint = اتركه فارغًا لليوم.
age-wrong = العمر: اكتب عددًا صحيحًا لا يزيد على { $most }.
age-too-high = الولادة: يصبح عمر الشخص بذلك أكثر من { $most } سنة. تحقق من السنة.
unit-years = سنوات
date-impossible = لا يوجد يوم { $date }. اكتب السنة-الشهر-اليوم بقدر ما يُعرف فقط.
day-missing = اكتب السنة والشهر واليوم.
day-future = هذا اليوم في المستقبل.

## Migration

migration-title = الرحلة
migration-hint = كلها اختيارية ولا تُطلب أبدًا لتقديم الرعاية. بعض القواعد يعتمد على البلد.
stop-present = الآن
country-of-birth = بلد الولادة
usual-residence = بلد الإقامة المعتادة
country-of-departure = بلد المغادرة
transit-countries = بلدان العبور
countries-hint = إن تعددت فافصل بينها بفاصلة منقوطة.
country-wrong = { $country } ليس من بلدان القائمة. اختر منها، أو اكتب رمز البلد بحرفين مثل KE.
is-stateless = عديم الجنسية
stateless = عديم الجنسية
arrival-month = الوصول إلى هنا
arrival-hint = السنة، أو السنة والشهر: 2023-05.
migration-reason = سبب الهجرة
legal-status = الوضع القانوني
legal-status-hint = فئة عامة، وليس رقم وثيقة أبدًا.
journey-stage = مرحلة الرحلة
intended-stay = مدة الإقامة المنوية في الوجهة
months-wrong = اكتب عددًا صحيحًا من الأشهر.
speaks-hint = اللغة التي يُخاطَب بها الشخص: اسمها، أو رمزها مثل ar أو prs.
language-wrong = اللغة: اختر من القائمة، أو اكتب رمزها بحرفين أو ثلاثة.
speaks-am = الأمهرية
speaks-ar = العربية
speaks-bn = البنغالية
speaks-my = البورمية
speaks-en = الإنجليزية
speaks-fr = الفرنسية
speaks-ha = الهوسا
speaks-kmr = الكردية (الكرمانجية)
speaks-rw = الكينيارواندية
speaks-ln = اللينغالا
speaks-ne = النيبالية
speaks-om = الأورومية
speaks-ps = البشتو
speaks-fa = الفارسية
speaks-prs = الدرية
speaks-pt = البرتغالية
speaks-rhg = الروهينغية
speaks-ru = الروسية
speaks-so = الصومالية
speaks-es = الإسبانية
speaks-sw = السواحيلية
speaks-ti = التغرينية
speaks-tr = التركية
speaks-uk = الأوكرانية
speaks-ur = الأردية
speaks-vi = الفيتنامية

## Opening an assessment

assessment-open = فتح تقييم
assessment-open-text = الوجهة والفئة وتاريخ الفحص تحدد القواعد التي تُطبَّق.
destination = الوجهة
destination-hint = الوجهات التي لها قواعد مثبَّتة.
destination-missing = الوجهة: اختر واحدة.
destination-no-protocol = الوجهة: لا قواعد سارية لها في تاريخ الفحص هذا. تحقق من التاريخ.
destination-open = الوجهة: هناك تقييم مفتوح لها. أكمل ذلك التقييم.
exam-date = تاريخ الفحص
exam-hint = السنة-الشهر-اليوم. يحدد إصدار القواعد.
exam-impossible = تاريخ الفحص: لا يوجد يوم { $date }. اكتب السنة-الشهر-اليوم.
exam-before-birth = تاريخ الفحص: هذا قبل الولادة. تحقق من التاريخين.
case-none = بلا ملف عائلة

## Timeline

timeline = السجل الزمني
timeline-more = سجلات أقدم
record-person = بيانات الشخص
record-assessment = تقييم
record-sample = أُخذت عينة أو صورة
record-decision = قرار موقَّع
record-certificate = شهادة
record-observation = نتيجة
record-version = { $what }، النسخة { $version }

## Who read the record

trail-title = من قرأ هذا السجل
trail-text = كل قراءة وكتابة لهذا السجل، الأحدث أولًا. لا أحد يستطيع تغيير سطر أو حذفه.
trail-count = { $count ->
    [one] سطر واحد
    [two] سطران
    [few] { $count } أسطر
   *[other] { $count } سطرًا
  }
trail-empty = لم يقرأ أحد ولم يكتب شيئًا عن هذا الشخص بعد.
trail-when = متى
trail-who = من
trail-what = ماذا
trail-why = لأي غرض
trail-board = لوحة المحطات
trail-read = قرأ
trail-history = قرأ كل النسخ
trail-search = ظهر في بحث
trail-write = كتب
trail-create = أضاف
trail-update = غيّر
trail-delete = حذف
trail-refused = رُفض
trail-everything = كل ما يخص الشخص
trail-trail = هذه القائمة
page-earlier-lines = أسطر أقدم
purpose-care = الرعاية
purpose-assessment = التقييم
purpose-public-health = الصحة العامة
purpose-administration = الإدارة
purpose-research = البحث العلمي
purpose-person = استعمال الشخص نفسه

notice-person-registered = سُجِّل الشخص. افتح تقييمًا عندما تُعرف الوجهة.
notice-person-corrected = حُفظ التصحيح.
notice-assessment-opened = فُتح التقييم. ابدأ بالخطوة الأولى.
