# The assessment: its steps, the stations' forms, what was found.

## Words of the field

age-months = { $age ->
    [0] under 1 month
    [one] 1 month
   *[other] { $age } months
  }
age-months-range = { $low } to { $high } months
age-years = { $age ->
    [one] 1 year
   *[other] { $age } years
  }
age-years-range = { $low } to { $high } years
age-unknown = age not known
sex-female = female
sex-male = male
sex-other = other sex
sex-unknown = sex not known
population-refugee = refugee
population-immigrant = immigrant
population-student = student
population-worker = worker
population-visitor = visitor
at-reception = Reception
at-nurse = Nurse
at-laboratory = Laboratory
at-x-ray = X-ray
at-physician = Physician
at-treatment = Treatment
period-days = { $days ->
    [one] 1 day
   *[other] { $days } days
  }
period-months = { $months ->
    [one] 1 month
   *[other] { $months } months
  }
period-years = { $years ->
    [one] 1 year
   *[other] { $years } years
  }
unit-per-100000 = per 100,000
unit-days = days
unit-months = months
list-semicolon = {"; "}

## The assessment

assessment = Assessment
assessment-planned = Not begun
assessment-active = Under way
assessment-signed = Signed
assessment-under-review = Under review
assessment-cancelled = Cancelled
exam-on = exam { $date }
stop-origin = Origin
stop-transit = Transit
stop-assessment = Assessment
stop-clinic = This clinic
stop-destination = Destination
edition-unverified = This edition has not been checked against its sources.
unverified-mark = Not verified
person-page = The person’s page

## What to do next

next-yours = Next: your station
next-others = Next: { $stations }
next-sign = Everything is there: look at the decision and sign it
next-physician = Everything is there: a physician decides and signs
next-waiting = Waiting for results
next-waiting-until = The last result is expected on { $date }.
next-missing = Something is not known yet: see the decision
next-signed = Signed: the person may travel while the certificate is valid
next-signed-no-travel = Signed: the person must not travel
next-signed-text = Print the certificate or send it. A new or changed result puts it under review.
next-cancelled = This assessment was cancelled. Nothing more is entered here.
next-no-protocol = No rules are in force for this destination, population and exam date. Correct them on the person’s page.
review-title = Under review: do not rely on the certificate
review-text = A result was changed or added after signing. A physician has to look again and sign again.
blocks-travel = Travel is blocked
blocks-signature = Before it can be signed
unsigned-tables = Not decided yet: { $tables }.
unsigned-facts = To find out first: { $facts }.
and-more = { $list } and { $count } more
unsigned-steps = Not done: { $steps }.
unusable-title = Something in the record cannot be used
unusable-text = It counts as not known until somebody corrects it.

## Steps

steps-to-do = To do
steps-waiting = Waiting
steps-undetermined = Not yet known whether required
steps-done = Done
steps-not-required = Not required
step-enter = Enter results
step-collect-or-enter = Sample or results
step-correct = Add or correct
step-add = Add a result
step-depends = Depends on: { $facts }
step-after = First: { $steps }
step-not-before = Not before { $date }.
step-expected = Result expected { $date }
step-overdue = The result was expected { $date }. Ask where it is.
step-takes = The result takes { $period }.
step-lacks = Still missing: { $facts }
step-done-on = Done { $date }
step-expired = Too old on the exam date: it has to be repeated.
step-others = Results of this step are entered by: { $roles }.

## Findings

findings = Found so far
findings-none = Nothing has been found yet.
finding = Finding
finding-value = Result
finding-date = Date
finding-by = By
finding-corrected = corrected
finding-reason = Reason:
finding-written = Written down
finding-versions = All that was recorded
finding-versions-text = A correction hides nothing: every earlier result stays here.
finding-counts = counts
finding-replaced = replaced

## A station's form

enter-title = Enter results
enter-text = Leave open what you do not know yet. You can come back.
record = Save results
record-amend = Save and put under review
recorded = On record:
step-on = Day of the examination or sample
step-on-hint = Year, month, day: 2023-05-03. Not in the future.
answer-yes = Yes
answer-no = No
answer-none = None of these
answer-range = From { $min } to { $max }.
answer-number-wrong = { $fact }: “{ $typed }” cannot be right. Write a number from { $min } to { $max } { $unit }; check the digits and the unit.
answer-whole-wrong = { $fact }: “{ $typed }” cannot be right. Write a whole number from { $min } to { $max } { $unit }; check the digits.
answer-unknown = { $fact }: this answer is not one of those offered. Choose again.
answer-both = { $fact }: there is a result and a reason why there is none. Keep one of the two.
answer-none-and-some = { $fact }: “None of these” cannot stand beside another answer. Keep one of the two.
absent = There is no result
absent-unusable = Sample or film unusable
absent-not-known = Person could not say
absent-not-done = Not done
leave-open = Leave open
day-wrong = “{ $typed }” is no day. Write year, month, day: 2023-05-03.
collect-title = Sample taken, result later
collect-text = Save the day on which it was taken. The waiting time counts from it.
collect-on = Day on which it was taken
collect = Save sample
collected-on = Sample taken { $date }
reason-correct = Reason for the correction
reason-correct-hint = Only when you change what is on record for that day. The old result stays readable.
reason-amend = Reason for the amendment
reason-amend-hint = Printed with the next decision. The old decision stays readable.
amend-title = This assessment is signed.
amend-text = A new or changed result puts the certificate under review until a physician signs again.
conflict-kept = Somebody else changed this record at the same moment. Nothing of yours was saved yet: look at what is on record now, then save again.
notice-recorded = The results were saved.
notice-collected = The sample was saved.

## What the rules of the record refuse

refused-role = Your role may not do this. Ask somebody who works at this station.
refused-no-protocol = No rules are in force for this destination, population and exam date. Check the three.
refused-step = No protocol in force on the exam date has this step. Go back to the assessment and choose one from its list.
refused-day = The day is in the future or before the person was born. Write the day on which it was done.
refused-empty = Nothing was entered. Enter at least one result, or say why there is none.
refused-fact = This step does not ask this. Enter it at the step that asks it.
refused-correction = A result of that day is on record already. To change it, write the reason for the correction.
refused-amendment = The assessment is signed. Write the reason for the amendment.
refused-signatory = A decision is signed with a name and a registration number. Have the administrator add yours to your account.
refused-not-open = This assessment is not open, so nobody can sign it now. An amendment begins with a changed or a new result.
refused-unknown = Not everything is known that decides this. Find out what is missing first.
refused-steps = Required steps are not done. Finish them; what cannot be had is recorded as such.
refused-stale = The record has changed since you opened this page. Look at the decision again, then sign.
refused-reason = This amends a signed decision. Write why.
