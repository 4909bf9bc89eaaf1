# Importing a caseload.

menu-import = استيراد
import-title = استيراد قائمة حالات
import-text = اختر ملفًا وانظر ما الذي سيفعله. لا يُكتب شيء قبل أن تؤكد.
import-file = قائمة الحالات
import-file-hint = ملف CSV بترميز UTF-8 (وليس مصنف Excel)، أو FHIR R4 بصيغة JSON أو NDJSON.
import-file-missing = قائمة الحالات: اختر ملفًا غير فارغ.
import-map = خريطة الأعمدة
import-map-hint = لملفات CSV التي لا تحمل أسماء حقولنا فقط: ملف TOML يبيّن معنى كل عمود.
import-limit = { $megabytes } ميغابايت على الأكثر هنا. الأمر “manzil import” يقبل ملفات أكبر.
import-too-large = الملف أكبر من { $megabytes } ميغابايت. قسّمه، أو استعمل الأمر “manzil import” على الخادم.
import-gone = هذا الملف استُورد من قبل، أو مضى عليه أكثر من ساعة، أو أرسله شخص آخر. اختره مرة أخرى؛ استيراده مرتين لا يغيّر شيئًا.
import-look = انظر في الملف
import-template = نموذج فارغ (CSV)
import-columns = معنى الأعمدة
import-column = العمود
import-holds = المحتوى
import-check = ما الذي سيفعله الملف
import-summary = الملخص
import-rows = الأسطر
import-people-new = أشخاص جدد
import-people-changed = أشخاص تتغير بياناتهم
import-people-unchanged = أشخاص موجودون بلا تغيير
import-cases-new = ملفات عائلات جديدة
import-assessments-new = تقييمات جديدة
import-findings-new = سجلات جديدة أخرى
import-wrong = لا يمكن استيراد هذا الملف.
import-wrong-next = صحّح الملف واختره من جديد. لم يُكتب شيء.
import-ready = لم يُكتب شيء بعد.
import-ready-next = انظر في الملخص ثم أكّد.
import-nothing = لا شيء يتغير.
import-nothing-next = كل ما في هذا الملف موجود هنا.
import-confirm = استورد الآن
import-other = اختر ملفًا آخر
import-problems = ما يجب النظر فيه
import-errors = { $count ->
    [0] لا أخطاء.
    [one] خطأ واحد.
    [two] خطآن.
    [few] { $count } أخطاء.
   *[other] { $count } خطأً.
  }
import-warnings = { $count ->
    [0] لا تحذيرات.
    [one] تحذير واحد.
    [two] تحذيران.
    [few] { $count } تحذيرات.
   *[other] { $count } تحذيرًا.
  }
import-more-problems = { $count ->
    [one] وواحد آخر غير معروض.
   *[other] و{ $count } أخرى غير معروضة.
  }
import-error = خطأ
import-warning = تحذير
import-line = السطر
import-value = القيمة
import-reason = السبب
import-cure = ما العمل
import-done = تم الاستيراد
import-done-next = كل من له تقييم مفتوح موجود الآن في طوابير صفحة اليوم.
import-people = الأشخاص
import-more-people = { $count ->
    [one] وشخص آخر: ابحث عنه بالاسم.
   *[other] و{ $count } آخرون: ابحث عنهم بالاسم.
  }
field-case-number = أصحاب الرقم نفسه ملف عائلة واحد.
field-person-number = رقم الجهة المرسلة؛ يُعرف به الشخص في الاستيراد التالي.
field-name = الاسم كما كُتب؛ لا يقسّمه البرنامج أبدًا.
field-sex = male أو female أو other أو unknown، ويكفي M أو F أو X أو U.
field-birth-date = يوم أو شهر (1990-02) أو سنة (1990)؛ و00 لما لا يُعرف.
field-birth-known = document إن قُرئ في وثيقة، وإلا stated.
field-age = سنوات مكتملة (34) أو أشهر (18m)؛ فقط حيث لا يوجد تاريخ ولادة.
field-age-on = اليوم الذي كان فيه هذا العمر.
field-country = رمز البلد بحرفين (ISO 3166-1) مثل KE.
field-countries = رمز بلد أو أكثر بينها مسافات.
field-yes-no = yes أو no
field-arrival = السنة، أو السنة والشهر.
field-language = رمز اللغة: ar أو prs أو sw.
field-months = أشهر كاملة.
field-population = كما تسميها قواعد الوجهة: refugee أو immigrant أو student.
field-exam-date = يوم الفحص؛ واليوم الحالي إن تُرك فارغًا.
field-group = فئة عامة كما يسميها البرنامج.
field-fact = نتيجة معروفة من قبل، مثل fact:weight.
