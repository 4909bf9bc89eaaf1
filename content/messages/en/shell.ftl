# The frame around every page, sign-in, accounts, and what goes wrong.

language-name = English
language-direction = ltr
language-draft = no

product = Manzil
tagline = one health record from origin to destination
skip = Skip to the content
menu-label = Main menu
language = Language
draft-note = This page was translated by machine and nobody has reviewed it yet. If a sentence is unclear, switch to English.
demo-title = Demonstration: fictional people.
demo-text = Nothing here is about a real person. Enter nothing that is.
demo-open = Other software on this computer can read and change everything here without a password (--open-fhir).
list-comma = {", "}
optional = (optional)
choose = Choose …
not-known = not known
save = Save
cancel = Cancel
why = Why
error-prefix = Error:
errors-title = Please look at this again
rule-unverified = Nobody has checked this rule against its source yet.

## Dates

date-day = { $day } { $month } { $year }
date-month = { $month } { $year }
date-time = { $date }, { $time }
month-1 = January
month-2 = February
month-3 = March
month-4 = April
month-5 = May
month-6 = June
month-7 = July
month-8 = August
month-9 = September
month-10 = October
month-11 = November
month-12 = December

## Roles

role-clerk = Clerk
role-nurse = Nurse
role-laboratory = Laboratory
role-radiology = Radiology
role-physician = Physician
role-surveillance = Surveillance
role-authority = Authority
role-person = Person
role-administrator = Administrator
role-system = Program

## States of a step

state-required = Required
state-due = Due
state-blocked = Blocked
state-waiting = Waiting
state-done = Done
state-expired = Expired
state-not-required = Not required
state-undetermined = Undetermined

## The route line

route-label = Route
stop-passed = passed
stop-here = here now
stop-ahead = ahead

## Queues

queue-person = Person
queue-next = Next
queue-state = State
queue-since = Since

## Start page and menu

menu-home = Today
menu-accounts = Accounts
home-greeting = Welcome, { $name }

## Signing in

sign-in = Sign in
sign-out = Sign out
sign-in-wrong = Account or password is not right, or the account is disabled. Check both and try again.
sign-in-help = Forgotten your password? Ask an administrator of this clinic for a new one.
demo-accounts = Accounts to try
demo-accounts-text = Each role sees its own work. Choose one to sign in.
account-name = Account
account-name-hint = What is typed to sign in: letters, digits, dot, hyphen.
account-name-wrong = Account: write { $least } to { $most } letters, digits, dots or hyphens, without spaces.
account-name-taken = Account: “{ $name }” is taken. Choose another one.
accounts-full = This clinic already has { $most } accounts, which is the limit.
password = Password
password-new = New password
password-again = New password, once more
password-old = Present password
password-hint = At least 10 characters. A few words that only you would put together are best.
password-first-hint = They will choose their own when they first sign in. Give it to them in person.
password-reset-hint = Only when they forgot theirs. They will choose their own when they next sign in.
password-short = New password: use at least { $least } characters.
password-long = New password: use at most { $most } characters.
password-like-account = New password: it must not contain the account name.
password-one-character = New password: it must not be one character repeated.
password-differs = New password, once more: it is not the same as the one above. Type both again.
password-old-wrong = Present password: this is not it.
password-same = New password: choose one that is not the present one.
password-change = Change password
password-must-change = Somebody else chose your password. Choose your own before you go on.

## First run

set-up = Set up Manzil
set-up-text = There is no account here yet. Make the first one: an administrator, who makes all others. An administrator sees no health records.
set-up-make = Make the administrator
set-up-code = Set-up code
set-up-code-hint = It is shown in the terminal where the program was started.
set-up-code-wrong = Set-up code: this is not the one in the terminal.

## Accounts

my-account = My account
accounts-text = Who may sign in here, and what they do. What a role may see is fixed by the access policy.
account-new = New account
account-make = Make the account
account-made = Made
account-disabled = This account may not sign in
account-disabled-hint = What they did stays in the record. An account is never deleted.
account-disabled-tag = disabled
display-name = Name
display-name-hint = As it shall stand on a certificate.
display-name-wrong = Name: write 2 to { $most } characters.
role = Role
role-missing = Role: choose what this person does.
registration = Registration number
registration-hint = A physician needs one; it is printed on certificates.
registration-missing = Registration number: a physician needs one.
registration-long = Registration number: use at most { $most } characters.
last-administrator = Role: this is the last administrator. Make another one first.

## Done

notice-account-made = The account was made.
notice-account-changed = The account was changed.
notice-password-changed = Your password was changed. Other devices were signed out.
notice-choose-password = Choose your own password before you go on.
notice-signed-out = You are signed out.
notice-session-ended = Your session has ended, so what you sent was not saved. Sign in and do it again.
notice-welcome = Manzil is set up. Now make an account for each person who works here.

## Problems

back-home = To the start page
request-number = Request
missing-title = There is no such page
missing-reason = The address may be mistyped, or what it named is not here.
missing-cure = Go back, or begin at the start page.
method-title = This page cannot be opened like this
method-reason = The address belongs to a form that has to be sent from its own page.
method-cure = Begin at the start page and open the form from there.
role-title = This page is for other roles
role-reason = It is for: { $needed }. You are signed in as: { $yours }.
role-cure = Each role sees only what its work needs.
role-ask = If your work needs it, ask:
stale-title = This form is too old
stale-reason = It was opened before you signed in, or in another session. Nothing was saved.
stale-cure = Go back, reload the page and send the form again. Cookies must be allowed for this site.
large-title = This is too large
large-reason = At most { $kilobytes } kB can be sent here at once. Nothing was saved.
large-cure = Send it in parts.
unreadable-title = The form could not be read
unreadable-reason = It arrived incomplete or in an unknown format. Nothing was saved.
unreadable-cure = Go back, reload the page and send it again.
rate-title = Too many failed tries
rate-reason = Somebody tried to sign in with a wrong password several times.
rate-cure = { $minutes ->
    [one] Wait one minute, then try again. An administrator can set a new password.
   *[other] Wait { $minutes } minutes, then try again. An administrator can set a new password.
  }
slow-title = This takes too long
slow-reason = There was no answer in time.
slow-cure = Check whether it was done before you do it again. If it happens often, tell whoever runs this server.
signed-out-title = You are not signed in
signed-out-reason = This page is for people who work here.
signed-out-cure = Sign in and try again.
wall-title = This record is not open to you
wall-reason = The access policy keeps it from your role for this purpose. The attempt is in the audit trail.
wall-cure = What is written for care stays with care. Only the protocol in force decides what an authority may see.
conflict-title = Somebody else changed this
conflict-reason = It was changed while you had it open. Nothing of yours was saved, and nothing of theirs was lost.
conflict-cure = Open it again, look at what changed, and enter yours once more.
refused-title = This cannot be done
refused-cure = Nothing was changed.
store-title = The records cannot be reached
store-reason = The database did not do what it was asked. What was saved before is safe.
store-cure = Try again in a minute. If it stays, tell whoever runs this server the code and number below.
internal-title = Something went wrong in the program
internal-reason = This is our mistake, not yours. What was saved before is safe.
internal-cure = Try again. If it stays, tell whoever runs this server the code and number below.
