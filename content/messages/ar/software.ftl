# البرامج الأخرى: السماح لها بالدخول وتسجيلها.

authorize-title = هل تسمح لبرنامج آخر بالدخول؟
authorize-text = يطلب أن يعمل باسمك في السجل. يمكنه أن يفعل ما في الجدول ما دام دورك يسمح به أيضًا.
authorize-answer-to = يُرسل الجواب إلى
authorize-scopes = ما يطلبه
authorize-what = السجلات
authorize-whose = لمن
authorize-doing = ما يمكنه فعله
authorize-everything = كل شيء
authorize-of-person = الشخص الذي تختاره
authorize-of-all = كل من يمكنك رؤيته
authorize-create = الإضافة
authorize-read = القراءة
authorize-update = التغيير
authorize-delete = الحذف
authorize-search = البحث
authorize-wall = الغرض الذي تختاره يحدد ما يمكنه رؤيته كما يحدده لك: ما كُتب للرعاية يبقى خارج التقييم.
authorize-offline = يمكنه أن يستمر في غيابك مدة { $days ->
    [one] يوم واحد
    [two] يومين
    [few] { $days } أيام
   *[other] { $days } يومًا
  }.
authorize-find = عمّن؟ الاسم أو الرقم أو رقم الملف
authorize-person = الشخص
authorize-purpose = لأي غرض؟
authorize-allow = اسمح له بالدخول
authorize-deny = لا تسمح له
authorize-no-purpose = اختر الغرض.
authorize-no-person = ابحث عن الشخص ثم اختره.
authorize-unclear = أرسل البرنامج قيمة مرتين. أخبر صانعه.
authorize-unknown = البرنامج غير مسجل هنا، أو يطلب الجواب على عنوان غير مسجل. لم يُعطَ شيئًا. اطلب من المسؤول أن ينظر في البرامج المتصلة.
authorize-no-address = لا يعرف الخادم عنوانه العام، فلا يُسمح إلا لبرامج هذا الجهاز. أخبر المشغّل.
