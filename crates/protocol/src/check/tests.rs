//! Tiny protocols: what is proved of them, and the example that is told when a proof fails.

use std::fmt::Write as _;

use super::*;
use crate::diagnostic::Paint;

const FACTS: &str = include_str!("tests/facts.toml");

const HEAD: &str = r#"
[protocol]
id = "test"
edition = "1"
title = "Test"
jurisdiction = "XX"
from = 2020-01-01
status = "unverified"

[[source]]
id = "book"
title = "Book"
"#;

const PATH: &str = "protocols/xx/test/1/protocol.toml";

/// A table from lines such as `b1: age >= 15 years => B1`; outcomes are those that the rules give.
fn table(id: &str, kind: &str, rules: &str) -> String {
    let rules: Vec<(&str, &str, &str)> = rules
        .lines()
        .map(str::trim)
        .filter(|line| !line.is_empty())
        .map(|line| {
            let (rule, rest) = line.split_once(": ").unwrap();
            let (when, then) = rest.split_once(" => ").unwrap();
            (rule, when, then)
        })
        .collect();
    let mut text = format!("\n[[table]]\nid = \"{id}\"\nkind = \"{kind}\"\ntitle = \"{id}\"\n");
    let mut outcomes: Vec<&str> = rules.iter().map(|(.., then)| *then).collect();
    outcomes.sort_unstable();
    outcomes.dedup();
    for outcome in outcomes {
        write!(text, "\n[[table.outcome]]\nid = \"{outcome}\"\nlabel = \"{outcome}\"\n").unwrap();
    }
    for (rule, when, then) in rules {
        write!(
            text,
            "\n[[table.rule]]\nid = \"{rule}\"\nwhen = \"{when}\"\nthen = \"{then}\"\n\
             because = \"So.\"\nsource = \"book\"\nplace = \"p. 1\"\nstatus = \"unverified\"\n"
        )
        .unwrap();
    }
    text
}

fn one(rules: &str) -> String {
    table("class", "one", rules)
}

fn step(id: &str, when: &str) -> String {
    format!(
        "\n[[step]]\nid = \"{id}\"\nlabel = \"{id}\"\nstation = \"nurse\"\nwhen = \"{when}\"\n\
         asks = [\"fever\"]\nbecause = \"So.\"\nsource = \"book\"\nplace = \"p. 1\"\n\
         status = \"unverified\"\n"
    )
}

/// Check a protocol of these parts beside more of the vocabulary.
fn checked_with(facts: &str, parts: &[String]) -> CheckReport {
    let files = [
        ("facts/facts.toml".to_owned(), format!("{FACTS}{facts}")),
        (PATH.to_owned(), format!("{HEAD}{}", parts.concat())),
    ];
    match Library::load(files) {
        Ok(library) => check(&library),
        Err(told) => {
            panic!("{}", told.iter().map(|told| told.render(Paint::Plain)).collect::<String>())
        }
    }
}

fn checked(parts: &[String]) -> CheckReport {
    checked_with("", parts)
}

fn messages(report: &CheckReport) -> Vec<String> {
    report.diagnostics.iter().map(|told| format!("{}: {}", told.code, told.message)).collect()
}

#[track_caller]
fn proved(rules: &str) {
    let report = checked(&[one(rules)]);
    assert_eq!(messages(&report), Vec::<String>::new());
    assert_eq!((report.tables_complete(), report.tables_unambiguous()), (1, 1));
}

/// The table of one outcome fails in exactly these ways.
#[track_caller]
fn fails(rules: &str, expected: &[&str]) {
    assert_eq!(messages(&checked(&[one(rules)])), expected);
}

#[test]
fn whole_tables_are_proved() {
    proved("a: always => A");
    proved("a: cough => A\nb: not cough => B");
    proved("a: age < 15 years => A\nb: age >= 15 years => B");
    proved(
        "a: age < 2 years or igra = positive => A\nb: age >= 24 months and igra != positive => B",
    );
    proved("a: igra in {positive, borderline} => A\nb: igra in {negative, indeterminate} => B");
    proved("a: cxr is empty => A\nb: cxr has any {cavity, miliary, effusion} => B");
    proved("a: contacts <= 4 => A\nb: contacts >= 5 => B");
    proved("a: contacts = 4 => A\nb: contacts != 4 => B");
    proved(
        "a: at least 2 of (cough, fever, sweats) => A\nb: at least 2 of (not cough, not fever, not sweats) => B",
    );
    proved("a: nil <= 8.0 '[iU]/mL' => A\nb: nil > 8 '[iU]/mL' => B");
}

#[test]
fn a_gap_is_told_by_its_smallest_case() {
    let gap = |words: &str| format!("MZ-0231: table \"class\" has no outcome when {words}");
    let cases: &[(&str, &str)] = &[
        ("a: cough => A", "cough is no"),
        ("a: age < 180 months => A\nb: age > 180 months => B", "age is exactly 180 months"),
        ("a: age < 2 years => A\nb: age >= 15 years => B", "age is from 2 years to under 15 years"),
        ("a: nil < 8 '[iU]/mL' => A\nb: nil > 8 '[iU]/mL' => B", "nil is exactly 8 [iU]/mL"),
        (
            "a: nil < 8 '[iU]/mL' => A\nb: nil > 9 '[iU]/mL' => B",
            "nil is from 8 [iU]/mL to 9 [iU]/mL",
        ),
        ("a: contacts < 4 => A\nb: contacts > 4 => B", "contacts is exactly 4"),
        (
            "a: igra = positive => A\nb: igra = negative => B",
            "IGRA result is none of Positive, Negative",
        ),
        ("a: igra != positive => A", "IGRA result is Positive"),
        (
            "a: cxr has any {cavity, miliary} => A\nb: cxr is empty => B",
            "chest X-ray findings has something else and has none of cavity, miliary pattern",
        ),
        ("a: at least 2 of (cough, fever, sweats) => A", "cough is no, fever is no"),
        (
            "a: age < 15 years => A\nb: age >= 15 years and not cxr has cavity => B",
            "age is 15 years or more, chest X-ray findings has cavity",
        ),
    ];
    for (rules, words) in cases {
        let report = checked(&[one(rules)]);
        assert_eq!(messages(&report), [gap(words)], "{rules}");
        assert_eq!(report.tables_complete(), 0);
    }
}

#[test]
fn removing_one_rule_shows_exactly_what_it_covered() {
    let rules = [
        "young: age < 2 years => A",
        "child: age >= 2 years and age < 15 years and igra = positive => B",
        "clear: age >= 2 years and age < 15 years and igra != positive => C",
        "cavity: age >= 15 years and cxr has cavity => B",
        "none: age >= 15 years and not cxr has cavity => C",
    ];
    let shown = [
        "age is under 2 years",
        "age is from 2 years to under 15 years, IGRA result is Positive",
        "age is from 2 years to under 15 years, IGRA result is not Positive",
        "age is 15 years or more, chest X-ray findings has cavity",
        "age is 15 years or more, chest X-ray findings does not have cavity",
    ];
    proved(&rules.join("\n"));
    for (index, words) in shown.iter().enumerate() {
        let mut fewer = rules.to_vec();
        fewer.remove(index);
        fails(
            &fewer.join("\n"),
            &[&format!("MZ-0231: table \"class\" has no outcome when {words}")],
        );
    }
}

#[test]
fn a_gap_names_the_place_the_cure_and_the_nearest_rule() {
    let report =
        checked(&[one("adult: age >= 15 years and cough => A\nchild: age < 15 years => B")]);
    let [told] = report.diagnostics.as_slice() else { panic!("{:?}", messages(&report)) };
    assert_eq!(told.file.path, PATH);
    assert_eq!(told.file.text.lines().nth(told.line - 1), Some("id = \"class\""));
    assert_eq!(
        told.hint.as_deref(),
        Some("add a rule for it, or widen one: when = \"age >= 15 years and not cough\"")
    );
    let notes: Vec<&str> = told.notes.iter().map(|note| note.text.as_str()).collect();
    assert_eq!(notes[..1], ["rule \"adult\" comes nearest: there `cough` fails"]);
}

#[test]
fn overlapping_rules_share_a_case() {
    fails(
        "a: age < 15 years => A\nb: age >= 15 years => B\nc: age >= 15 years and cough => C",
        &["MZ-0232: rules \"b\" and \"c\" both fire when age is 15 years or more, cough is yes"],
    );
    fails(
        "a: age <= 180 months => A\nb: age >= 15 years => B",
        &["MZ-0232: rules \"a\" and \"b\" both fire when age is exactly 180 months"],
    );
    fails(
        "a: always => A\nb: cough or not cough => B",
        &["MZ-0232: rules \"a\" and \"b\" both fire for everybody"],
    );
    fails(
        "a: at least 2 of (cough, fever, sweats) => A\nb: not (cough and fever) => B",
        &[
            "MZ-0232: rules \"a\" and \"b\" both fire when cough is no, fever is yes, night sweats is yes",
        ],
    );
}

#[test]
fn an_overlap_points_at_both_rules() {
    let report = checked(&[one("a: cough => A\nb: not cough => B\nc: cough and fever => C")]);
    let [told] = report.diagnostics.as_slice() else { panic!("{:?}", messages(&report)) };
    let text = |span: crate::Span| told.file.text.get(span.range()).unwrap().to_owned();
    assert!(text(told.span).contains("cough and fever"));
    let (_, first) = told.notes[0].place.clone().unwrap();
    assert!(text(first).contains("cough"));
    assert_eq!(told.hint.as_deref(), Some("let one of them leave out the case: cough and fever"));
}

#[test]
fn rules_with_the_same_outcome_may_overlap() {
    proved("a: cough => A\nb: fever => A\nc: not cough and not fever => B");
}

#[test]
fn sets_may_overlap_but_for_excluded_pairs() {
    let rules = "a: cough => A\nb: fever => B\nc: not cough and not fever => C";
    let text = table("class", "set", rules);
    let report = checked(std::slice::from_ref(&text));
    assert_eq!(messages(&report), Vec::<String>::new());
    let excluding = |pairs: &str| {
        text.replace("kind = \"set\"", &format!("kind = \"set\"\nexcludes = {pairs}"))
    };
    let report = checked(&[excluding("[[\"A\", \"C\"], [\"B\", \"C\"]]")]);
    assert_eq!((messages(&report).len(), report.exclusive_pairs()), (0, 2));
    let report = checked(&[excluding("[[\"A\", \"B\"], [\"B\", \"C\"]]")]);
    assert_eq!(
        messages(&report),
        ["MZ-0235: rules \"a\" and \"b\" both fire when cough is yes, fever is yes"]
    );
    assert_eq!(report.exclusive_pairs(), 1);
}

#[test]
fn rules_that_cannot_fire_are_told_with_the_reason() {
    fails(
        "a: always => A\nb: cough and age < 2 years and age >= 15 years => A",
        &[
            "MZ-0233: rule \"b\" of table \"class\" can never fire: `age < 2 years` and `age >= 15 years` \
           cannot be together",
        ],
    );
    fails(
        "a: always => A\nb: contacts > 30 => A",
        &["MZ-0233: rule \"b\" of table \"class\" can never fire: `contacts > 30` cannot be"],
    );
}

#[test]
fn only_when_limits_what_can_be() {
    proved("a: pregnant => A\nb: sex = female and not pregnant => B\nc: sex = male => C");
    let report = checked(&[one("a: always => A\nb: pregnant and sex = male => A")]);
    assert_eq!(
        messages(&report),
        [
            "MZ-0233: rule \"b\" of table \"class\" can never fire: `pregnant` and `sex = male` cannot be together"
        ]
    );
    let note = &report.diagnostics[0].notes[0];
    assert_eq!(note.text, "\"pregnant\" is no, or empty, where `only_when` is false");
    assert!(note.place.is_some());
}

#[test]
fn combinations_that_cannot_be_are_left_out() {
    let never = "\n[[never]]\nwhen = \"age < 10 years and pregnant\"\n";
    let rules = "a: pregnant and age >= 10 years => A\nb: not pregnant => B";
    let report = checked_with(never, &[one(rules)]);
    assert_eq!(messages(&report), Vec::<String>::new());
    let report = checked(&[one(rules)]);
    assert_eq!(
        messages(&report),
        ["MZ-0231: table \"class\" has no outcome when age is under 10 years, pregnant is yes"]
    );
    let step = step("check", "pregnant and age < 10 years");
    let report = checked_with(never, &[one("a: always => A"), step]);
    assert_eq!(
        messages(&report),
        [
            "MZ-0233: step \"check\" can never be required: `pregnant` and `age < 10 years` cannot be together"
        ]
    );
    assert_eq!(report.diagnostics[0].notes[0].text, "this combination cannot be");
}

#[test]
fn limits_that_leave_nobody_are_told_first() {
    let nevers = "\n[[never]]\nwhen = \"cough\"\n\n[[never]]\nwhen = \"fever\"\n\n[[never]]\nwhen = \"not cough and not fever\"\n";
    let report = checked_with(nevers, &[one("a: cough => A")]);
    assert_eq!(
        messages(&report),
        ["MZ-0236: these limits together leave no combination of facts that can be"]
    );
    assert_eq!(report.diagnostics[0].notes.len(), 2);
}

#[test]
fn a_table_may_rest_on_another_tables_result() {
    let triage = table(
        "triage",
        "one",
        "sick: cough or fever => sick\nwell: not cough and not fever => well",
    );
    // Complete only because `triage` is never sick without cough or fever.
    let next = one(
        "a: triage = well => A\nb: triage = sick and cough => B\nc: triage = sick and fever and not cough => C",
    );
    let report = checked(&[triage.clone(), next]);
    assert_eq!(messages(&report), Vec::<String>::new());
    assert_eq!((report.tables_complete(), report.rules()), (2, 5));
    // A gap that the other table's rules allow is told in the terms of this table.
    let next = one("a: triage = well => A\nb: triage = sick and cough => B");
    let report = checked(&[triage.clone(), next]);
    assert_eq!(
        messages(&report),
        ["MZ-0231: table \"class\" has no outcome when cough is no, triage is sick"]
    );
    // A rule that the other table makes impossible.
    let next = one("a: always => A\nb: triage = well and cough => A");
    let report = checked(&[triage, next]);
    assert_eq!(
        messages(&report),
        [
            "MZ-0233: rule \"b\" of table \"class\" can never fire: `triage = well` and `cough` cannot be together"
        ]
    );
    assert_eq!(
        report.diagnostics[0].notes[0].text,
        "table \"triage\" does not give that result there"
    );
}

#[test]
fn a_chain_of_sets_is_unfolded_as_far_as_needed() {
    let first =
        table("first", "set", "a: cough => A\nb: fever => B\nc: not cough and not fever => C");
    let second = table(
        "second",
        "one",
        "x: first has C => X\ny: not first has C and first has A => Y\nz: not first has C and not first has A => Z",
    );
    // `second = Z` means fever without cough, so that B is there.
    let third = one("p: second = X => P\nq: second = Y => Q\nr: second = Z and first has B => R");
    let report = checked(&[first, second, third]);
    assert_eq!(messages(&report), Vec::<String>::new());
    assert_eq!(report.tables_complete(), 3);
}

#[test]
fn a_gap_does_not_hide_itself_or_spread() {
    let first = table("first", "one", "a: cough => A\nb: fever and not cough => B");
    let second = one("x: first = A => X\ny: first = B => Y");
    assert_eq!(
        messages(&checked(&[first, second])),
        ["MZ-0231: table \"first\" has no outcome when cough is no, fever is no"]
    );
}

#[test]
fn defines_are_expanded() {
    let define =
        "\n[[define]]\nid = \"ill\"\nwhen = \"cough or fever\"\nlabel = \"ill\"\n".to_owned();
    let report = checked(&[define.clone(), one("a: ill => A\nb: not cough and not fever => B")]);
    assert_eq!(messages(&report), Vec::<String>::new());
    let report = checked(&[define, one("a: ill => A\nb: not cough => B")]);
    assert_eq!(
        messages(&report),
        ["MZ-0232: rules \"a\" and \"b\" both fire when cough is no, fever is yes"]
    );
}

#[test]
fn sums_are_held_against_their_facts() {
    let compute = |id: &str, value: &str| {
        format!(
            "\n[[compute]]\nid = \"{id}\"\nvalue = \"{value}\"\nunit = \"[iU]/mL\"\nlabel = \"{id}\"\n"
        )
    };
    let response = compute("response", "max(tb1, tb2) - nil");
    let quarter = compute("quarter", "max(tb1, tb2) - 1.25 * nil");
    // More than a quarter above nil is above nil: the rules leave only that out.
    let rules =
        "a: quarter >= 0 '[iU]/mL' and response >= 0 '[iU]/mL' => A\nb: quarter < 0 '[iU]/mL' => B";
    let report = checked(&[response.clone(), quarter.clone(), one(rules)]);
    assert_eq!(messages(&report), Vec::<String>::new());
    // The other way round there is a gap.
    let rules =
        "a: quarter >= 0 '[iU]/mL' => A\nb: quarter < 0 '[iU]/mL' and response < 0 '[iU]/mL' => B";
    let report = checked(&[response.clone(), quarter, one(rules)]);
    assert_eq!(
        messages(&report),
        [
            "MZ-0231: table \"class\" has no outcome when response is 0 [iU]/mL or more, quarter is under 0 [iU]/mL"
        ]
    );
    // A response of 50 needs an antigen of 50.
    let rules = "a: response >= 50 '[iU]/mL' and tb1 < 50 '[iU]/mL' and tb2 < 50 '[iU]/mL' => A\nb: always => A";
    let report = checked(&[response, one(rules)]);
    assert_eq!(report.diagnostics.len(), 1);
    assert!(
        report.diagnostics[0].message.starts_with("rule \"a\" of table \"class\" can never fire")
    );
    assert!(report.diagnostics[0].notes[0].text.starts_with("the sums cannot have these values"));
}

#[test]
fn steps_and_spaces_are_counted() {
    let report = checked(&[
        one("a: cough => A\nb: not cough and fever => B\nc: not cough and not fever => C"),
        step("s", "cough"),
    ]);
    assert_eq!((report.steps, report.rules(), report.protocols), (1, 3, 1));
    assert_eq!(report.tables[0].axes, 2);
    assert!((report.combinations() - 4.0).abs() < f64::EPSILON);
    assert!(report.is_proved());
}
