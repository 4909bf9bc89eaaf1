# Importing a caseload.

menu-import = Import
import-title = Import a caseload
import-text = Choose a file and look at what it would do. Nothing is written before you confirm.
import-file = Caseload
import-file-hint = CSV in UTF-8 (not an Excel workbook), or FHIR R4 as JSON or NDJSON.
import-file-missing = Caseload: choose a file that is not empty.
import-map = Column map
import-map-hint = Only for CSV whose headings are not our field names: a TOML file that says what each column means.
import-limit = At most { $megabytes } MB here. The command “manzil import” takes larger files.
import-too-large = The file is larger than { $megabytes } MB. Split it, or use the command “manzil import” on the server.
import-gone = This upload was imported already, is older than an hour, or is somebody else's. Choose the file again; importing it twice changes nothing.
import-look = Look at the file
import-template = Empty template (CSV)
import-columns = What the columns mean
import-column = Column
import-holds = Holds
import-check = What the file would do
import-summary = Summary
import-rows = Rows
import-people-new = New people
import-people-changed = People who change
import-people-unchanged = People already here, unchanged
import-cases-new = New family cases
import-assessments-new = New assessments
import-findings-new = Other new records
import-wrong = This file cannot be imported.
import-wrong-next = Mend the file and choose it again. Nothing was written.
import-ready = Nothing was written yet.
import-ready-next = Look at the summary, then confirm.
import-nothing = Nothing to change.
import-nothing-next = Everything in this file is here already.
import-confirm = Import now
import-other = Choose another file
import-problems = What to look at
import-errors = { $count ->
    [0] No error.
    [one] 1 error.
   *[other] { $count } errors.
  }
import-warnings = { $count ->
    [0] No warning.
    [one] 1 warning.
   *[other] { $count } warnings.
  }
import-more-problems = { $count ->
    [one] One more is not shown.
   *[other] { $count } more are not shown.
  }
import-error = error
import-warning = warning
import-line = Line
import-value = Value
import-reason = Reason
import-cure = What to do
import-done = Imported
import-done-next = Everybody with an open assessment is now in the queues of Today.
import-people = People
import-more-people = { $count ->
    [one] And one more: find them by name.
   *[other] And { $count } more: find them by name.
  }
field-case-number = People with the same number are one family case.
field-person-number = The sender's number; the person is recognised by it at the next import.
field-name = The name as written; never split by the program.
field-sex = male, female, other or unknown; M, F, X or U will do.
field-birth-date = A day, a month (1990-02) or a year (1990); 00 for a part that is not known.
field-birth-known = document when it was read on one; stated otherwise.
field-age = Completed years (34) or months (18m); only where there is no birth date.
field-age-on = The day on which that was the age.
field-country = A country code of two letters (ISO 3166-1), such as KE.
field-countries = One or more country codes with spaces between.
field-yes-no = yes or no
field-arrival = Year, or year and month.
field-language = A language tag: ar, prs, sw.
field-months = Whole months.
field-population = As the rules of the destination name it: refugee, immigrant, student.
field-exam-date = The day of the exam; today where it is left out.
field-group = A coarse group, as the programme names it.
field-fact = A finding that is known already, such as fact:weight.
