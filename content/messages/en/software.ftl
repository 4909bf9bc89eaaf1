# Other software: letting it in on the page of consent, and registering it.

authorize-title = Let other software in?
authorize-text = It asks to act for you in the record. It can do what the table says, as long as your role may do it too.
authorize-answer-to = The answer goes to
authorize-scopes = What it asks for
authorize-what = Records
authorize-whose = Whose
authorize-doing = What it may do
authorize-everything = Everything
authorize-of-person = The person whom you choose
authorize-of-all = Everybody whom you can see
authorize-create = add
authorize-read = read
authorize-update = change
authorize-delete = delete
authorize-search = search
authorize-wall = The purpose that you choose decides what it can see, as it does for you: what is written for care stays out of an assessment.
authorize-offline = It may go on for { $days ->
    [one] one day
   *[other] { $days } days
  } while you are not here.
authorize-find = Whom is it about? Name, number or case number
authorize-person = Person
authorize-purpose = For which purpose?
authorize-allow = Let it in
authorize-deny = Do not let it in
authorize-no-purpose = Choose the purpose.
authorize-no-person = Find the person, then choose them.
authorize-unclear = The software sent a parameter twice. Tell whoever made it.
authorize-unknown = The software is not registered here, or wants the answer at an address that is not registered. Nothing was given to it. Ask an administrator to look at Connected software.
authorize-no-address = The server does not know its public address, so only software on this machine can be let in. Tell the operator.
