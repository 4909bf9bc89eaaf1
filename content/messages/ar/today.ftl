# Today: stations and queues.

today = اليوم
stations = المحطات
pages = الصفحات
page-earlier = السابق
page-later = التالي
rows-shown = { $first } إلى { $last } من { $all }
other-queues = في أماكن أخرى
queue-count = { $count ->
    [0] لا أحد ينتظر
    [one] شخص واحد ينتظر
    [two] شخصان ينتظران
    [few] { $count } أشخاص ينتظرون
   *[other] { $count } شخصًا ينتظر
  }
queue-results = نتائج منتظرة
queue-signature = جاهز للتوقيع
queue-departure = السفر ممنوع الآن
queue-coming = قادمون
queue-station-hint = من انتظر أطول يأتي أولًا. اختر ما يجب عمله لفتح نموذجه.
queue-results-hint = أُخذت العينة ولم تصل النتيجة بعد. أدخلها قبل ذلك إن وصلت مبكرًا.
queue-signature-hint = كل شيء معروف. ينظر الطبيب في القرار ويوقّعه.
queue-departure-hint = ما هو معروف الآن يمنع هؤلاء الأشخاص من السفر.
queue-coming-hint = الفحص في يوم لاحق.
queue-when = متى
queue-empty = لا أحد ينتظر هنا.
queue-empty-next = انظر إلى المحطات الأخرى، أو ابحث عن شخص.
queue-all = { $count ->
    [one] اعرض هذا
   *[other] اعرض الكل ({ $count })
  }
board-empty = لا يوجد تقييم مفتوح. استورد قائمة حالات أو سجّل شخصًا.
since-date = منذ { $date }
until-date = حتى { $date }
task-details = يجب معرفة: { $missing }
task-no-protocol = لا قواعد سارية لهذه الوجهة وهذا التاريخ
task-sign = انظر في القرار ووقّع
task-to-be-signed = بانتظار توقيع طبيب
task-review = تغيّرت نتيجة بعد التوقيع: يلزم توقيع جديد
task-exam = الفحص
