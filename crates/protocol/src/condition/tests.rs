use super::*;
use crate::{CodeValue, FactKind, TableKind, Text, Unit};

fn scope() -> Scope {
    let values = |ids: &[&str]| {
        let value = |id: &&str| CodeValue { id: (*id).into(), label: Text::english(*id) };
        ids.iter().map(value).collect::<Vec<_>>()
    };
    let quantity = |unit: &str, max: i64| FactKind::Quantity {
        unit: Unit::new(unit).unwrap(),
        min: Decimal::ZERO,
        max: max.into(),
    };
    let facts = [
        ("cough", FactKind::Boolean),
        ("sex", FactKind::Code { values: values(&["female", "male"]) }),
        ("cxr", FactKind::Codes { values: values(&["cavity", "miliary", "x-ray_normal"]) }),
        ("household", FactKind::Count { min: Decimal::ONE, max: 50.into() }),
        ("nil", quantity("[iU]/mL", 100)),
        ("weight", quantity("kg", 300)),
        ("wait", quantity("d", 10_000)),
        ("age", FactKind::Age),
    ];
    let mut scope = Scope::default();
    for (id, kind) in facts {
        assert!(scope.declare(id.into(), Entry::fact(&id.into(), &kind)));
    }
    assert!(scope.declare("suspect".into(), Entry::define()));
    let unit = Unit::new("[iU]/mL").unwrap();
    assert!(scope.declare("response".into(), Entry::compute(&"response".into(), unit)));
    let outcomes = |id: &str, kind, ids: &[&str]| {
        Entry::outcomes(&id.into(), kind, ids.iter().map(|id| (*id).into()).collect())
    };
    scope.declare("igra".into(), outcomes("igra", TableKind::One, &["positive", "negative"]));
    scope.declare("class".into(), outcomes("class", TableKind::Set, &["A", "B2"]));
    scope
}

fn read(text: &str) -> Result<Condition, Vec<LanguageError>> {
    read_condition(text, &scope(), Origin::whole(0, text))
}

/// Writes a condition with all its parentheses.
fn show(condition: &Condition) -> String {
    let all = |parts: &[Condition], with: &str| {
        format!("({})", parts.iter().map(show).collect::<Vec<_>>().join(with))
    };
    let set = |codes: &BTreeSet<Name>| {
        format!("{{{}}}", codes.iter().map(Name::as_str).collect::<Vec<_>>().join(" "))
    };
    match condition {
        Condition::Always { .. } => "always".into(),
        Condition::Is { fact, .. } => fact.to_string(),
        Condition::Named { define, .. } => format!("[{define}]"),
        Condition::Code { subject, codes, negated, .. } => {
            format!("{} {}{}", subject.name(), if *negated { "!=" } else { "=" }, set(codes))
        }
        Condition::Compare { subject, op, number, .. } => {
            format!("{} {op} {}", subject.name(), crate::number::plain(*number))
        }
        Condition::Has { subject, codes, all, .. } => {
            format!("{} has {} {}", subject.name(), if *all { "all" } else { "any" }, set(codes))
        }
        Condition::IsEmpty { subject, .. } => format!("{} is empty", subject.name()),
        Condition::Not(inner) => format!("not {}", show(inner)),
        Condition::And(parts) => all(parts, " and "),
        Condition::Or(parts) => all(parts, " or "),
        Condition::AtLeast { count, of, .. } => format!("{count} of {}", all(of, ", ")),
    }
}

#[track_caller]
fn check(text: &str, expected: &str) {
    match read(text) {
        Ok(condition) => assert_eq!(show(&condition), expected, "{text}"),
        Err(errors) => panic!("{text}: {errors:?}"),
    }
}

/// Expects one error each, written `column: part of its message`.
#[track_caller]
fn refuse(text: &str, expected: &[&str]) {
    let errors = read(text).expect_err(text);
    let told: Vec<String> =
        errors.iter().map(|e| format!("{}: {}; {}", e.span.start + 1, e.reason, e.cure)).collect();
    assert_eq!(told.len(), expected.len(), "{text}: {told:#?}");
    for (told, expected) in told.iter().zip(expected) {
        let (column, words) = expected.split_once(": ").unwrap();
        assert!(told.starts_with(&format!("{column}: ")), "{text}: {told}");
        assert!(told.contains(words), "{text}: {told}");
    }
}

#[test]
fn grammar() {
    check("always", "always");
    check("cough", "cough");
    check("not cough", "not cough");
    check("not not cough", "not not cough");
    check("cough and suspect or cough", "((cough and [suspect]) or cough)");
    check("cough or suspect and cough", "(cough or ([suspect] and cough))");
    check("(cough or suspect) and cough", "((cough or [suspect]) and cough)");
    check("not cough and suspect", "(not cough and [suspect])");
    check("not (cough and suspect)", "not (cough and [suspect])");
    check("  cough\n  and suspect  ", "(cough and [suspect])");
    check(
        "at least 2 of (cough, suspect or cough, sex = male)",
        "2 of (cough, ([suspect] or cough), sex ={male})",
    );
}

#[test]
fn codes() {
    check("sex = female", "sex ={female}");
    check("sex != female", "sex !={female}");
    check("sex in {female, male}", "sex ={female male}");
    check("igra = positive", "igra ={positive}");
    check("cxr has cavity", "cxr has any {cavity}");
    check("cxr has any {cavity, miliary}", "cxr has any {cavity miliary}");
    check("cxr has all {cavity, miliary}", "cxr has all {cavity miliary}");
    check("cxr has x-ray_normal", "cxr has any {x-ray_normal}");
    check("class has B2 and cxr is empty", "(class has any {B2} and cxr is empty)");
}

#[test]
fn numbers() {
    check("household >= 4", "household >= 4");
    check("nil <= 8.0 '[iU]/mL'", "nil <= 8");
    check("nil > 350 '[iU]/L'", "nil > 0.35");
    check("response >= 0.35 '[iU]/mL'", "response >= 0.35");
    check("weight < 2500 g", "weight < 2.5");
    check("wait >= 4 weeks", "wait >= 28");
    check("age >= 15 years", "age >= 180");
    check("age < 6 months", "age < 6");
    check("age <= 6 months", "age <= 6");
    check("age = 6 months", "age = 6");
}

#[test]
fn mistakes_in_grammar_say_where_and_how() {
    refuse("", &["1: a fact, a define, a compute or a table is missing at the end"]);
    refuse("cough and", &["9: is missing at the end"]);
    refuse("cough cough", &["7: the condition should end here, not `cough`"]);
    refuse("(cough", &["6: `)` is missing"]);
    refuse("cough && suspect", &["7: write `and`"]);
    refuse("cough || suspect", &["7: write `or`"]);
    refuse("sex == male", &["5: write `=`"]);
    refuse("age ≥ 15 years", &["5: write `>=`"]);
    refuse("!cough", &["1: write `not`"]);
    refuse("cough AND suspect", &["7: keywords are written in small letters: `and`"]);
    refuse("sex = \"male\"", &["7: codes are written without quotes"]);
    refuse("nil < 8 '[iU]", &["9: closing quote"]);
    refuse("nil < 8 [iU]/mL", &["9: not part of the language"]);
    refuse("age >= .5 years", &["8: before and after the point"]);
    refuse("at least two of (cough)", &["10: a whole number should stand here"]);
    refuse("at least 0 of (cough)", &["10: from 1 to 1"]);
    refuse("at least 3 of (cough, cough)", &["10: from 1 to 2"]);
    refuse("sex in {}", &["9: a code should stand here"]);
    refuse("cxr is unknown", &["8: `empty` should stand here, not `unknown`"]);
}

#[test]
fn names_and_types_are_checked_everywhere_at_once() {
    refuse("caugh and suspekt", &["1: did you mean `cough`?", "11: did you mean `suspect`?"]);
    refuse("zebra", &["1: nothing is called `zebra`"]);
    refuse("sex = femal", &["7: did you mean `female`?"]);
    refuse("sex = other", &["7: `sex` can be female, male"]);
    refuse("sex in {male, male}", &["15: stands here twice"]);
    refuse("sex", &["1: write `sex = female`"]);
    refuse("cough = yes", &["1: write `cough` or `not cough`"]);
    refuse("cxr = cavity", &["1: write `cxr has cavity`"]);
    refuse("sex has male", &["1: write `sex = female`"]);
    refuse("cough >= 3", &["1: `cough` is yes or no"]);
    refuse("household", &["1: write `household >= 1`"]);
    refuse("age", &["1: write `age >= 1 months`"]);
    refuse("igra has positive", &["1: write `igra = positive`"]);
}

#[test]
fn numbers_need_their_unit_and_sense() {
    refuse("nil < 8", &["7: has no unit; write `8 '[iU]/mL'`"]);
    refuse("nil < 8 kg", &["9: does not convert exactly"]);
    refuse("nil < 8 'mg/mL'", &["9: does not convert exactly"]);
    refuse("household > 3 kg", &["15: plain number without a unit"]);
    refuse("household > 3.5", &["13: whole number"]);
    refuse("age >= 15", &["8: has no unit; write `15 months`"]);
    refuse("age >= 30 days", &["11: does not convert exactly"]);
    refuse("age >= 151 years", &["8: lies between 0 and 1800 mo"]);
    refuse("weight < 700 kg", &["10: lies between 0 and 300 kg"]);
    refuse("weight < 3 stone", &["12: `stone` is not a unit"]);
    refuse("nil < 0.0000000001 '[iU]/mL'", &["7: digits after the point"]);
}

#[test]
fn an_age_in_years_is_never_ambiguous() {
    refuse("age <= 14 years", &["8: write `age < 15 years`"]);
    refuse("age > 14 years", &["7: write `age >= 15 years`"]);
    refuse("age = 9 years", &["7: write `age >= 9 years and age < 10 years`"]);
}

#[test]
fn depth_and_length_are_bounded() {
    let deep = format!("{}cough{}", "(".repeat(200), ")".repeat(200));
    assert_eq!(read(&deep).unwrap_err()[0].code, "MZ-0207");
    let nots = format!("{}cough", "not ".repeat(200));
    assert_eq!(read(&nots).unwrap_err()[0].code, "MZ-0207");
    let long = "cough or ".repeat(1_000) + "cough";
    assert_eq!(read(&long).unwrap_err()[0].code, "MZ-0207");
}

#[test]
fn sums() {
    let unit = Unit::new("[iU]/mL").unwrap();
    let read = |text: &str| read_sum(text, &scope(), &unit, Origin::whole(0, text));
    for text in [
        "max(nil, response) - nil",
        "nil * 2 + 0.35 '[iU]/mL'",
        "2 * 3 * (nil + nil)",
        "min(nil, 8 '[iU]/mL', 0)",
        "-2 * nil",
        "nil-response",
    ] {
        assert!(read(text).is_ok(), "{text}: {:?}", read(text));
    }
    for (text, column, words) in [
        ("nil + 3", 7, "has no unit"),
        ("nil * nil", 7, "cannot be multiplied"),
        ("nil + weight", 7, "does not convert exactly"),
        ("nil + cough", 7, "not a number"),
        ("nil + nill", 7, "did you mean `nil`?"),
        ("nil nil", 5, "the sum should end here"),
        ("max()", 5, "should stand here"),
        ("nil +", 5, "missing"),
        ("nil / 2", 5, "slash"),
    ] {
        let error = read(text).expect_err(text).remove(0);
        assert_eq!(error.span.start + 1, column, "{text}: {error}");
        assert!(error.to_string().contains(words), "{text}: {error}");
    }
    let deep = format!("{}nil{}", "(".repeat(200), ")".repeat(200));
    assert_eq!(read(&deep).unwrap_err()[0].code, "MZ-0207");
}
