use super::*;
use crate::change::what_would_change;
use crate::evaluate::{StepRecords, evaluate};
use crate::explain::explain;
use crate::fixture::{FACTS, HEAD, demo, facts, load, table};

const ARABIC: &str = include_str!("../../../../content/phrases/ar.toml");
const ENGLISH: &str = include_str!("../../../../content/phrases/en.toml");

#[track_caller]
fn check(when: &str, expected: &str) {
    let define =
        "[[define]]\nid = \"ill\"\nwhen = \"cough or fever\"\nlabel = \"the person is ill\"\n";
    let library = load(&(table("t", "one", &[("a", when), ("b", "always")]) + define));
    let demo = demo(&library);
    let reader = Reader::new(&library, demo, "en");
    assert_eq!(reader.condition(&demo.tables[0].rules[0].when), expected, "{when}");
}

#[test]
fn conditions_in_english() {
    check("cough", "“Cough” is yes");
    check("not cough", "“Cough” is no");
    check("not not cough", "“Cough” is yes");
    check("always", "always");
    check("ill", "the person is ill");
    check("not ill", "it is not so that the person is ill");
    check("sex = female", "“Sex” is female");
    check("sex != female", "“Sex” is not female");
    check("not sex != female", "“Sex” is female");
    check("culture in {positive, ntm}", "“Culture” is other mycobacteria or positive");
    check("cxr has cavity", "“Chest X-ray findings” includes cavity");
    check(
        "not cxr has any {cavity, scar}",
        "“Chest X-ray findings” does not include cavity or scar",
    );
    check("cxr has all {cavity, scar}", "“Chest X-ray findings” includes all of cavity and scar");
    check("cxr is empty", "“Chest X-ray findings” is none");
    check("age >= 15 years", "“Age” is 15 years or more");
    check("not age >= 15 years", "“Age” is less than 15 years");
    check("age >= 12 months", "“Age” is 1 year or more");
    check("age < 18 months", "“Age” is less than 18 months");
    check("nil <= 8.0 '[iU]/mL'", "“Nil” is 8 IU/mL or less");
    check("vaccine_days < 1 days", "“Days since the last live vaccine” is less than 1 day");
    check("household != 4", "“People in the household” is not 4");
}

#[test]
fn connectives_are_unambiguous() {
    check("cough and fever and pregnant", "“Cough” is yes, “Fever” is yes and “Pregnant” is yes");
    check(
        "cough and (fever or pregnant)",
        "“Cough” is yes and (“Fever” is yes or “Pregnant” is yes)",
    );
    check("not (cough and fever)", "“Cough” is no or “Fever” is no");
    check(
        "not (cough or fever) and pregnant",
        "(“Cough” is no and “Fever” is no) and “Pregnant” is yes",
    );
    check(
        "at least 2 of (cough, fever, cough and pregnant)",
        "at least 2 of these hold: “Cough” is yes; “Fever” is yes; “Cough” is yes and “Pregnant” is yes",
    );
    check(
        "not at least 2 of (cough, fever)",
        "fewer than 2 of these hold: “Cough” is yes; “Fever” is yes",
    );
}

#[test]
fn rules_tables_and_steps() {
    let step = "[[step]]\nid = \"xray\"\nlabel = \"Chest X-ray\"\nstation = \"x-ray\"\nwhen = \"age >= 15 years\"\n\
                valid_for = \"6 months\"\ntakes = \"56 days\"\nbecause = \"b\"\nsource = \"src\"\n";
    let library = load(&(table("t", "one", &[("a", "cough"), ("b", "not cough")]) + step));
    let demo = demo(&library);
    let reader = Reader::new(&library, demo, "en");
    assert_eq!(
        reader.rule(&demo.tables[0], &demo.tables[0].rules[0]),
        "If “Cough” is yes, then a."
    );
    assert_eq!(
        reader.step(&demo.steps[0]),
        "Chest X-ray is required if “Age” is 15 years or more. The result takes 56 days. A result is valid for 6 months."
    );
    let aloud = reader.table(&demo.tables[0]);
    assert_eq!(aloud.headings, ["Outcome", "When", "Because", "Source", "Status"]);
    assert_eq!(aloud.rows[1], ["b", "“Cough” is no", "Because 1.", "The source, p. 1", "verified"]);
}

fn in_two_languages() -> Library {
    Library::load([
        ("facts/demo.toml".to_owned(), FACTS.to_owned()),
        ("phrases/en.toml".to_owned(), ENGLISH.to_owned()),
        ("phrases/ar.toml".to_owned(), ARABIC.to_owned()),
        (
            "protocols/us/demo/1/protocol.toml".to_owned(),
            HEAD.to_owned()
                + &table("t", "one", &[("a", "age >= 5 years"), ("b", "age < 5 years")]),
        ),
    ])
    .unwrap()
}

#[test]
fn arabic_keeps_what_is_filled_in_together() {
    let library = in_two_languages();
    let demo = demo(&library);
    let reader = Reader::new(&library, demo, "ar-EG");
    assert_eq!(reader.phrases().direction(), Direction::RightToLeft);
    assert!(reader.phrases().is_draft());
    let said = reader.condition(&demo.tables[0].rules[0].when);
    assert!(said.contains("5 سنوات"), "{said}");
    let isolates = |c: char| said.matches(c).count();
    assert!(isolates('\u{2068}') > 0);
    assert_eq!(isolates('\u{2068}'), isolates('\u{2069}'));
}

#[test]
fn a_language_without_phrases_is_english() {
    let library = in_two_languages();
    assert_eq!(library.phrases("sw").language(), "en");
    assert!(Phrases::english().words.len() > 80);
}

#[test]
fn phrases_are_checked() {
    let load = |text: &str| Library::load([("phrases/ar.toml".to_owned(), text.to_owned())]);
    let told = |text: String| {
        let told = load(&text).err().unwrap_or_default();
        told.iter().map(crate::Diagnostic::line).collect::<Vec<_>>().join("\n")
    };
    assert_eq!(told(ARABIC.to_owned()), "");
    assert!(told(ARABIC.replace("is_yes =", "is_jes =")).contains("did you mean `is_yes`?"));
    assert!(told(ARABIC.replace("is_yes =", "is_jes =")).contains("there is no phrase `is_yes`"));
    assert!(
        told(ARABIC.replace("{fact}: نعم", "{fakt}: نعم"))
            .contains("nothing is filled in for {fakt}")
    );
    assert!(
        told(ARABIC.replace("language = \"ar\"", "language = \"fa\""))
            .contains("named after another language")
    );
}

#[test]
fn changes_in_words() {
    let library = load(&table(
        "t",
        "one",
        &[
            ("a", "age >= 15 years or cxr has cavity"),
            ("b", "not (age >= 15 years or cxr has cavity)"),
        ],
    ));
    let demo = demo(&library);
    let said = |known: &str| {
        let changes = what_would_change(&library, demo, &facts(&library, known), "t");
        Reader::new(&library, demo, "en").changes(&demo.tables[0], &changes)
    };
    assert_eq!(
        said("age=9_years cxr="),
        ["a, if “Chest X-ray findings” included cavity", "a, if “Age” were 15 years or more",]
    );
    assert_eq!(
        said("age=9_years"),
        [
            "b, if “Chest X-ray findings” were none (not known yet)",
            "b, if “Chest X-ray findings” were miliary (not known yet)",
            "a, if “Chest X-ray findings” were cavity (not known yet)",
            "a, if “Age” were 15 years or more",
        ]
    );
}

#[test]
fn an_explanation_says_it_all() {
    let library =
        load(&table("t", "one", &[("a", "cough and fever"), ("b", "not (cough and fever)")]));
    let explained = |known: &str| {
        let facts = facts(&library, known);
        let exam = jiff::civil::date(2023, 5, 1);
        let evaluation =
            evaluate(&library, demo(&library), &facts, exam, &StepRecords::new(), exam);
        explain(&library, demo(&library), &facts, &evaluation, "en")
    };
    let expected = format!(
        "\
Demonstration
Decided under {} for the exam of 2023-05-01

t: not known yet
  it could be “a” or “b”
  still missing: “Fever”

What would change it (t)
  - b, if “Cough” were no
  - b, if “Fever” were no (not known yet)
  - a, if “Fever” were yes (not known yet)

Not known yet, in the order in which to ask
  - Fever

Facts
  - Cough: yes
",
        demo(&library).stamp()
    );
    assert_eq!(explained("cough=yes"), expected);
    let known = explained("cough=no");
    for part in [
        "t: b\n",
        "If “Cough” is no or “Fever” is no, then b.",
        "Because: Because 1.",
        "Source: The source, p. 1 [verified]",
    ] {
        assert!(known.contains(part), "{part}\n{known}");
    }
}
