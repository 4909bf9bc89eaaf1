//! Tiny protocols for tests.

use crate::{Diagnostic, Facts, Library, Protocol, Value};

/// Facts that every test protocol may use.
pub(crate) const FACTS: &str = r#"
[[fact]]
id = "cough"
type = "boolean"
label = "Cough"

[[fact]]
id = "fever"
type = "boolean"
label = "Fever"

[[fact]]
id = "sex"
type = "code"
values = [{ id = "female", label = "female" }, { id = "male", label = "male" }]
label = "Sex"
changes = "never"

[[fact]]
id = "pregnant"
type = "boolean"
label = "Pregnant"
only_when = "sex = female"

[[fact]]
id = "cxr"
type = "codes"
values = [{ id = "cavity", label = "cavity" }, { id = "miliary", label = "miliary" }, { id = "scar", label = "scar" }]
label = "Chest X-ray findings"

[[fact]]
id = "culture"
type = "code"
values = [{ id = "positive", label = "positive" }, { id = "negative", label = "negative" }, { id = "ntm", label = "other mycobacteria" }]
label = "Culture"

[[fact]]
id = "nil"
type = "quantity"
unit = "[iU]/mL"
min = 0
max = 100
label = "Nil"

[[fact]]
id = "tb1"
type = "quantity"
unit = "[iU]/mL"
min = 0
max = 100
label = "TB1"

[[fact]]
id = "household"
type = "count"
min = 1
max = 30
label = "People in the household"

[[fact]]
id = "vaccine_days"
type = "quantity"
unit = "d"
min = 0
max = 40000
label = "Days since the last live vaccine"
changes = "time"

[[fact]]
id = "age"
type = "age"
label = "Age"
changes = "time"
"#;

/// The head and source of a test protocol.
pub(crate) const HEAD: &str = r#"
[protocol]
id = "demo"
edition = "1"
title = "Demonstration"
jurisdiction = "US"
from = 2020-01-01

[[source]]
id = "src"
title = "The source"
"#;

/// Loads [`FACTS`] and a protocol with this body under [`HEAD`], and further files.
pub(crate) fn try_load(body: &str, more: &[(&str, &str)]) -> Result<Library, Vec<Diagnostic>> {
    let mut files = vec![
        ("facts/demo.toml".to_owned(), FACTS.to_owned()),
        ("protocols/us/demo/1/protocol.toml".to_owned(), format!("{HEAD}{body}")),
    ];
    files.extend(more.iter().map(|(path, text)| ((*path).to_owned(), (*text).to_owned())));
    Library::load(files)
}

/// As [`try_load`], for what must load.
#[track_caller]
pub(crate) fn load(body: &str) -> Library {
    match try_load(body, &[]) {
        Ok(library) => library,
        Err(told) => panic!("{}", told.iter().map(Diagnostic::line).collect::<Vec<_>>().join("\n")),
    }
}

/// The protocol that [`load`] made.
pub(crate) fn demo(library: &Library) -> &Protocol {
    library.protocol("demo", "1").unwrap()
}

/// A table of one outcome from rules `outcome: condition`.
pub(crate) fn table(id: &str, kind: &str, rules: &[(&str, &str)]) -> String {
    let mut text = format!("[[table]]\nid = \"{id}\"\nkind = \"{kind}\"\ntitle = \"{id}\"\n");
    let mut seen: Vec<&str> = Vec::new();
    for (outcome, _) in rules {
        if !seen.contains(outcome) {
            seen.push(outcome);
            text.extend(["[[table.outcome]]\nid = \"", outcome, "\"\nlabel = \"", outcome, "\"\n"]);
        }
    }
    let rules = rules.iter().enumerate().map(|(index, (outcome, when))| {
        format!(
            "[[table.rule]]\nid = \"r{index}\"\nwhen = \"{when}\"\nthen = \"{outcome}\"\n\
             because = \"Because {index}.\"\nsource = \"src\"\nplace = \"p. {index}\"\n\
             status = \"verified\"\n"
        )
    });
    text + &rules.collect::<Vec<_>>().concat()
}

/// Facts from `fact=value` words; spaces in a value are written `_`, commas separate codes.
#[track_caller]
pub(crate) fn facts(library: &Library, written: &str) -> Facts {
    let mut facts = Facts::new();
    for word in written.split_whitespace() {
        let (name, value) = word.split_once('=').unwrap();
        let fact = library.fact(name).unwrap();
        facts.set(name, Value::parse(fact, &value.replace('_', " ")).unwrap());
    }
    facts
}
