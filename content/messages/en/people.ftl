# People: finding, showing, registering and correcting them; who read their record.

menu-people = People
find-title = Find a person
find-label = Name, number or case number
find-button = Find
find-hint = The beginning of each word is enough, in any script and in any order.
find-too-long = This is too long to look for. Write at most { $most } letters: a name or a number.
find-too-many-words = These are too many words to look for. Write at most { $most }.
found-count = { $count ->
    [one] 1 person found
   *[other] { $count } people found
  }
found-many = { $count } people or more found; write more letters
found-more = Show more
found-nobody = Nobody was found.
found-nobody-next = Try fewer letters, another spelling, or the number on the person's papers.
age = Age
sex = Sex
birth = Born
speaks = Language
interpreter = Interpreter needed
number = Number
citizenship = Citizenship
family-case = Family case
assessments = Assessments
no-assessment = No assessment
no-assessment-next = Open one to learn what the destination asks for.
no-assessment-ask = A clerk opens one when the destination is known.
assessment-title = { $destination }, { $population }
steps-progress = { $done } of { $required } required steps done
issued-on = Issued
person-who = Who
person-new = Register a person
person-new-text = Only a name is needed; a pseudonym will do. What is not known stays unknown and can be added later.
person-register = Register
person-edit = Correct
person-edit-text = A correction makes a new version. The earlier one stays readable.
person-name-hint = As the person writes it, in any script. It is never split.
name-family = Family name
name-given = Given names
name-missing = Name: write the name as the person writes it; a pseudonym is allowed.
text-too-long = This is too long: write at most { $most } letters.
number-hint = By which the sender or the programme knows the person.
number-taken = Number: somebody else has { $number } already. Find that person first; it may be the same one.
nothing-changed = Nothing is different from what is recorded. Change something, or go back.
changed-meanwhile = Somebody else corrected this person meanwhile. Look at their page again, then save once more; what you typed is below.
correction-reason = Why is this corrected?
correction-reason-hint = An assessment of this person is signed. If the correction can change a decision, the certificate is under review until a physician signs again.
correction-reason-missing = Why is this corrected? An assessment is signed, so write the reason.

## Birth

birth-known = How is the birth date known?
birth-known-missing = How is the birth date known? Choose one; “not known” is an answer.
birth-by-document = Date on a document
birth-by-word = Date stated
birth-by-age = Only the age is known
birth-hint = Year-month-day, as far as it is known: 1990-05-03, 1990-05 or 1990. Never fill in what nobody said.
birth-missing = Born: write the date as far as it is known, or choose another answer above.
birth-both = You chose “not known”, and something is written here. Clear it or choose another answer.
birth-future = Born: this is in the future. Check the year.
birth-document = { $date } (on a document)
birth-stated = { $date } (stated)
birth-estimated = about { $age }, from the age stated on { $date }
day-unknown = { $date }, day not known
month-unknown = { $date }, month and day not known
age-completed = Age
age-hint = Completed years or months. It never becomes a birthday.
age-unit = The age is in
age-on = Age stated on
age-on-hint = Empty for today.
age-wrong = Age: write a whole number up to { $most }.
age-too-high = Born: this would make the person older than { $most } years. Check the year.
unit-years = years
date-impossible = There is no day { $date }. Write year-month-day, only as much as is known.
day-missing = Give year, month and day.
day-future = This day is in the future.

## Migration

migration-title = Journey
migration-hint = Each is optional and none is ever needed for care. Some rules depend on a country.
stop-present = Now
country-of-birth = Country of birth
usual-residence = Usual residence
country-of-departure = Country of departure
transit-countries = Transit countries
countries-hint = Several with a semicolon between.
country-wrong = { $country } is no country of the list. Choose one from it, or write its code of two letters, such as KE.
is-stateless = Stateless
stateless = stateless
arrival-month = Arrived here
arrival-hint = Year, or year and month: 2023-05.
migration-reason = Reason for migration
legal-status = Legal status
legal-status-hint = A coarse group, never the number of a document.
journey-stage = Stage of the journey
intended-stay = Intended stay at the destination
months-wrong = Write a whole number of months.
speaks-hint = The language to speak with the person: its name, or its tag such as ar or prs.
language-wrong = Language: choose one of the list, or write its tag of two or three letters.
speaks-am = Amharic
speaks-ar = Arabic
speaks-bn = Bengali
speaks-my = Burmese
speaks-en = English
speaks-fr = French
speaks-ha = Hausa
speaks-kmr = Kurdish (Kurmanji)
speaks-rw = Kinyarwanda
speaks-ln = Lingala
speaks-ne = Nepali
speaks-om = Oromo
speaks-ps = Pashto
speaks-fa = Persian
speaks-prs = Dari
speaks-pt = Portuguese
speaks-rhg = Rohingya
speaks-ru = Russian
speaks-so = Somali
speaks-es = Spanish
speaks-sw = Swahili
speaks-ti = Tigrinya
speaks-tr = Turkish
speaks-uk = Ukrainian
speaks-ur = Urdu
speaks-vi = Vietnamese

## Opening an assessment

assessment-open = Open an assessment
assessment-open-text = The destination, the population and the exam date decide which rules apply.
destination = Destination
destination-hint = Those for which rules are installed.
destination-missing = Destination: choose one.
destination-no-protocol = Destination: no rules are in force for it on this exam date. Check the date.
destination-open = Destination: an assessment for it is open already. Go on with that one.
exam-date = Exam date
exam-hint = Year-month-day. It decides the edition of the rules.
exam-impossible = Exam date: there is no day { $date }. Write year-month-day.
exam-before-birth = Exam date: this is before the birth. Check both.
case-none = Without a family case

## Timeline

timeline = Timeline
timeline-more = Earlier records
record-person = Who the person is
record-assessment = Assessment
record-sample = Sample or film taken
record-decision = Decision signed
record-certificate = Certificate
record-observation = Finding
record-version = { $what }, version { $version }

## Who read the record

trail-title = Who read this record
trail-text = Every reading and writing of this record, newest first. Nobody can change or remove a line.
trail-count = { $count ->
    [one] 1 line
   *[other] { $count } lines
  }
trail-empty = Nobody has read or written anything about this person yet.
trail-when = When
trail-who = Who
trail-what = What
trail-why = What for
trail-board = Board of stations
trail-read = read
trail-history = read all versions
trail-search = found in a search
trail-write = wrote
trail-create = added
trail-update = changed
trail-delete = deleted
trail-refused = was refused
trail-everything = everything about the person
trail-trail = this list
page-earlier-lines = Earlier lines
purpose-care = Care
purpose-assessment = Assessment
purpose-public-health = Public health
purpose-administration = Administration
purpose-research = Research
purpose-person = The person's own use

notice-person-registered = The person is registered. Open an assessment when the destination is known.
notice-person-corrected = The correction is saved.
notice-assessment-opened = The assessment is open. Begin with the first step.
