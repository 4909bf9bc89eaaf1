# The decision, its trace and the signature.

decision = Decision
see-decision = See the decision
decision-unverified = Part of this rests on a rule that nobody has checked against its source yet. It is marked below.
decision-valid = Valid for { $period }, until { $date }
not-decided = Not decided yet
still-possible = Still possible:
effect-blocks = blocks travel
effect-follow-up = follow-up on arrival
contradiction-title = The findings contradict each other. Correct them before you rely on anything here.
contradiction = These findings cannot be true of one person.
missing = Still to find out
missing-text = In this order, each at its step.
on-the-way = Worked out on the way
facts-used = Findings that were used
facts-none = Nothing is known yet.

sign = Sign the decision
sign-amend = Sign the amended decision
sign-text = You sign with your name. The decision, its reasons and the findings are kept as they stand here.
sign-declare = I have examined { $name } or have reviewed all results, and this is my decision.
sign-undeclared = Tick that you have examined the person or reviewed all results.
sign-reason = Why the earlier decision is amended
sign-reason-hint = The earlier decision and its certificate stay readable and say that they are replaced.
conflict-sign = Somebody else signed or changed this record at the same moment. Nothing of yours was saved. Look at the decision again.
notice-signed = The decision is signed and the certificate is issued.

history = Signed decisions
history-signed = Signed
history-by = By
history-outcome = Decision
history-reason = Amended because:
decision-replaced = replaced
decision-replaced-title = This decision was replaced.
decision-replaced-text = A later one counts. This one is kept as it was signed.
signed-decision = Signed decision
signed-decision-text = Everything below is as it stood when it was signed.

changes = What would change it
changes-text = Each line alone would give the outcome above it.
changes-if = if { $change }
changes-more = { $count ->
    [one] 1 more way
   *[other] { $count } more ways
  }
