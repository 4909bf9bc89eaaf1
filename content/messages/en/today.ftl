# Today: stations and queues.

today = Today
stations = Stations
pages = Pages
page-earlier = Earlier
page-later = Later
rows-shown = { $first } to { $last } of { $all }
other-queues = Elsewhere
queue-count = { $count ->
    [0] nobody waits
    [one] 1 waits
   *[other] { $count } wait
  }
queue-results = Results expected
queue-signature = Ready to be signed
queue-departure = Departure blocked
queue-coming = Coming
queue-station-hint = Who has waited longest comes first. Choose what to do to open its form.
queue-results-hint = Collected, and the result is not back yet. Enter it earlier if it comes earlier.
queue-signature-hint = Everything is known. A physician looks at the decision and signs it.
queue-departure-hint = What is known now keeps these people from travelling.
queue-coming-hint = The exam is on a later day.
queue-when = When
queue-empty = Nobody waits here.
queue-empty-next = Look at the other stations, or find a person.
queue-all = { $count ->
    [one] Show this one
   *[other] Show all { $count }
  }
board-empty = No assessment is open. Import a caseload or register a person.
since-date = since { $date }
until-date = until { $date }
task-details = Find out: { $missing }
task-no-protocol = No rules are in force for this destination and date
task-sign = Look at the decision and sign
task-to-be-signed = To be signed by a physician
task-review = A result changed after signing: sign again
task-exam = Exam
