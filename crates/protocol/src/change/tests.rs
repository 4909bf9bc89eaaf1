use super::*;
use crate::fixture::{demo, facts, load, table};

/// Writes one way per line: `outcomes <- fact: target`, with `?` for facts not known yet.
fn show(changes: &[OutcomeChange]) -> Vec<String> {
    let names =
        |names: &BTreeSet<Name>| names.iter().map(Name::as_str).collect::<Vec<_>>().join("+");
    let bound = |bound: &Option<Bound>, closed: &str, open: &str| {
        bound.map_or(String::new(), |bound| {
            format!(
                "{}{}",
                if bound.included { closed } else { open },
                crate::number::plain(bound.number)
            )
        })
    };
    let target = |change: &FactChange| {
        let to = match &change.to {
            Target::Boolean(value) => value.to_string(),
            Target::Code(codes) | Target::Codes(codes) => names(codes),
            Target::With(code) => format!("with {code}"),
            Target::Without(code) => format!("without {code}"),
            Target::Number { from, to } => {
                format!("{} {}", bound(from, ">=", ">"), bound(to, "<=", "<")).trim().to_owned()
            }
        };
        format!("{}{}: {to}", change.fact, if change.known { "" } else { "?" })
    };
    let mut lines = Vec::new();
    for group in changes {
        for way in &group.ways {
            let way: Vec<String> = way.changes.iter().map(target).collect();
            lines.push(format!("{} <- {}", names(&group.outcomes), way.join(" and ")));
        }
    }
    lines
}

#[track_caller]
fn check(rules: &[(&str, &str)], known: &str, expected: &[&str]) {
    let library = load(&table("t", "one", rules));
    let facts = facts(&library, known);
    assert_eq!(
        show(&what_would_change(&library, demo(&library), &facts, "t")),
        expected,
        "{known}"
    );
}

#[test]
fn single_facts() {
    check(&[("a", "cough"), ("b", "not cough")], "cough=yes", &["b <- cough: false"]);
    check(&[("a", "cough"), ("b", "not cough")], "", &["a <- cough?: true", "b <- cough?: false"]);
    check(
        &[("a", "culture = positive"), ("b", "culture != positive")],
        "culture=positive",
        &["b <- culture: negative+ntm"],
    );
    check(
        &[("a", "cxr has any {cavity, miliary}"), ("b", "not cxr has any {cavity, miliary}")],
        "cxr=",
        &["a <- cxr: with cavity", "a <- cxr: with miliary"],
    );
    check(
        &[("a", "cxr is empty"), ("b", "not cxr is empty")],
        "cxr=cavity",
        &["a <- cxr: without cavity"],
    );
    check(&[("a", "cxr is empty"), ("b", "not cxr is empty")], "cxr=cavity,scar", &["a <- cxr: "]);
}

#[test]
fn numbers_by_their_cells() {
    let rules = [
        ("child", "age < 2 years"),
        ("young", "age >= 2 years and age < 15 years"),
        ("adult", "age >= 15 years"),
    ];
    check(&rules, "age=9_years", &["child <- age: <24", "adult <- age: >=180"]);
    check(
        &[("a", "household > 4"), ("b", "household <= 4")],
        "household=3",
        &["a <- household: >=5"],
    );
    check(&[("a", "nil > 8 '[iU]/mL'"), ("b", "nil <= 8 '[iU]/mL'")], "nil=1", &["a <- nil: >8"]);
    check(
        &[("a", "nil = 8 '[iU]/mL'"), ("b", "nil != 8 '[iU]/mL'")],
        "nil=8",
        &["b <- nil: <8", "b <- nil: >8"],
    );
}

#[test]
fn sums_are_solved_for_each_fact() {
    let body = format!(
        "[[compute]]\nid = \"response\"\nvalue = \"max(tb1, 2 * nil) - nil\"\nunit = \"[iU]/mL\"\nlabel = \"r\"\n{}",
        table(
            "t",
            "one",
            &[("pos", "response >= 0.35 '[iU]/mL'"), ("neg", "response < 0.35 '[iU]/mL'")]
        )
    );
    let library = load(&body);
    let facts = facts(&library, "tb1=0.2 nil=0.1");
    let changes = what_would_change(&library, demo(&library), &facts, "t");
    assert_eq!(show(&changes), ["pos <- nil: >=0.35", "pos <- tb1: >=0.45"]);
}

#[test]
fn findings_come_before_time_and_time_before_what_never_changes() {
    let rules = [
        ("a", "sex = male or age >= 15 years or cough"),
        ("b", "not (sex = male or age >= 15 years or cough)"),
    ];
    check(
        &rules,
        "sex=female age=9_years cough=no",
        &["a <- cough: true", "a <- age: >=180", "a <- sex: male"],
    );
}

#[test]
fn pairs_when_no_single_fact_is_enough() {
    let rules = [("a", "cough and fever"), ("b", "not (cough and fever)")];
    check(&rules, "cough=no fever=no", &["a <- cough: true and fever: true"]);
    check(&rules, "cough=yes fever=no", &["a <- fever: true"]);
}

#[test]
fn through_other_tables() {
    let body = format!(
        "{}{}",
        table("class", "one", &[("B2", "igra = positive"), ("none", "igra = negative")]),
        table("igra", "one", &[("positive", "fever"), ("negative", "not fever")])
    );
    let library = load(&body);
    let changes = what_would_change(
        &library,
        demo(&library),
        &facts(&library, "fever=yes cough=no"),
        "class",
    );
    assert_eq!(show(&changes), ["none <- fever: false"]);
    assert!(what_would_change(&library, demo(&library), &Facts::new(), "nothing").is_empty());
}

#[test]
fn a_fact_that_does_not_apply_changes_nothing() {
    let rules = [("a", "pregnant"), ("b", "not pregnant")];
    check(&rules, "sex=male pregnant=no", &["a <- pregnant: true and sex: female"]);
}
