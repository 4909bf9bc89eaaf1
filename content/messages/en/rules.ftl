# The rules, as everybody who works by them can read them.

menu-rules = Rules
rules = Rules
rules-text = Every edition of every protocol, with its sources. People are assessed under the edition in force on the exam date.
rules-none = No protocol is installed. Put one under content/protocols and start the program again.
rules-protocols = Protocols
rules-libraries = Shared by several protocols
rules-title = Protocol
rules-country = Destination
rules-populations = For
rules-range = In force for exams
rules-from = from { $from }
rules-from-to = { $from } to { $to }
rules-status = Status
rules-verified = Verified
rules-unchecked = { $count ->
    [one] 1 rule or step not verified
   *[other] { $count } rules or steps not verified
  }
rules-unverified-text = Each is marked below and wherever it decides something.
rules-uses = Uses
rules-authority = Deciding authority
rules-disclosed = Findings that it is told
rules-on-page = On this page
rules-steps = Steps
rules-step = Step
rules-asks = Finds out:
rules-when = When
rules-because = Because
rules-outcome = Outcome
rules-valid-for = valid for { $period }
rules-names = Names used above
rules-names-text = What each phrase in the conditions stands for.
rules-sums = Sums
rules-sources = Sources
sum-least = the least of ({ $parts })
sum-greatest = the greatest of ({ $parts })
