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

menu-software = البرامج المتصلة
software-text = برامج يجوز لها أن تطلب الدخول، وأقصى ما تُعطاه.
software-new = تسجيل برنامج
software-secret = سره، يظهر هذه المرة فقط:
software-app = من يسمح له بالدخول
software-acts-as = يعمل بصفة
software-where = عناوين الجواب أو المفاتيح
software-switch = تشغيل أو إيقاف
software-enable = تفعيل
software-disable = تعطيل
software-id = معرّف البرنامج
software-id-hint = حروف صغيرة من a إلى z وأرقام ونقاط وشرطات.
software-name = الاسم
software-kind = ما هو؟
software-kind-public = تطبيق بلا سر، على هاتف أو في متصفح
software-kind-secret = تطبيق على خادم، بسر يُنشأ هنا
software-kind-keys = تطبيق على خادم يوقّع بمفتاحه
software-kind-backend = برنامج يعمل وحده بمفتاحه
software-redirects = عناوين الجواب
software-redirects-hint = للتطبيقات. عنوان في كل سطر، كما يرسله التطبيق تمامًا.
software-keys = المفاتيح العامة
software-keys-hint = لما يوقّع: ‏JSON Web Key Set بمفاتيح RSA أو P-384.
software-role = دور البرنامج الذي يعمل وحده
software-scopes = الصلاحيات
software-scopes-hint = بينها مسافة، مثل patient/Observation.rs.
software-purposes = الأغراض
software-id-wrong = اختر معرّفًا آخر: حروف صغيرة من a إلى z وأرقام ونقاط وشرطات، لا يحمله برنامج آخر.
software-name-wrong = اكتب اسمًا لا يزيد على 200 حرف.
software-keys-wrong = الصق المفاتيح العامة بصيغة JSON Web Key Set: ‏RSA من 2048 إلى 4096 بتًا أو P-384، لكل منها kid، وليس بينها مفتاح خاص.
software-kind-wrong = قل ما هو وأعطِ ما يحتاج إليه: عنوان جواب (https، أو http على هذا الجهاز) للتطبيق، أو دورًا للبرنامج الذي يعمل وحده.
software-scopes-wrong = اكتب صلاحية واحدة على الأقل على السجلات، مثل patient/Observation.rs.
software-purposes-wrong = اختر الأغراض: غرض واحد بالضبط للبرنامج الذي يعمل وحده.
