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

menu-software = Connected software
software-text = Software that may ask to be let in, and the most that it is ever given.
software-new = Register software
software-secret = Its secret, shown this once:
software-app = Whoever lets it in
software-acts-as = Acts as
software-where = Return addresses or keys
software-switch = On or off
software-enable = Enable
software-disable = Disable
software-id = Client id
software-id-hint = Small letters a to z, digits, points and hyphens.
software-name = Name
software-kind = What is it?
software-kind-public = An app without a secret, on a phone or in a browser
software-kind-secret = An app on a server, with a secret that is made here
software-kind-keys = An app on a server that signs with its own key
software-kind-backend = A program that acts on its own, with its own key
software-redirects = Return addresses
software-redirects-hint = For apps. One on each line, exactly as the app sends them.
software-keys = Public keys
software-keys-hint = For what signs: a JSON Web Key Set with RSA or P-384 keys.
software-role = Role of a program that acts on its own
software-scopes = Scopes
software-scopes-hint = With a space between, such as patient/Observation.rs.
software-purposes = Purposes
software-id-wrong = Choose another client id: small letters a to z, digits, points and hyphens, that no other software has.
software-name-wrong = Write a name of at most 200 characters.
software-keys-wrong = Paste the public keys as a JSON Web Key Set: RSA of 2048 to 4096 bits or P-384, each with a kid, none of them private.
software-kind-wrong = Say what it is, and give what that needs: a return address (https, or http on this machine) for an app, a role for a program on its own.
software-scopes-wrong = Write at least one scope about records, such as patient/Observation.rs.
software-purposes-wrong = Choose the purposes: exactly one for a program that acts on its own.
