//! Laws that hold for every condition and everything that may be known.

use std::sync::OnceLock;

use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::subsequence;

use super::oracle::reason::Reasoner;
use super::*;
use crate::change::{Bound, Target, Way, what_would_change};
use crate::condition::{Entry, Origin, Scope, read_condition};
use crate::fixture::{FACTS, HEAD, demo, load, table};
use crate::{Comparison, Condition, Decimal, Subject, Value};

fn library() -> &'static Library {
    static LIBRARY: OnceLock<Library> = OnceLock::new();
    LIBRARY
        .get_or_init(|| Library::load([("facts/demo.toml".to_owned(), FACTS.to_owned())]).unwrap())
}

fn scope() -> Scope {
    let mut scope = Scope::default();
    for fact in library().facts() {
        scope.declare(fact.id.clone(), Entry::fact(&fact.id, &fact.kind));
    }
    scope
}

/// Any condition over the demonstration facts, as text.
fn conditions() -> impl Strategy<Value = String> {
    let comparison =
        prop_oneof![Just("<"), Just("<="), Just(">"), Just(">="), Just("="), Just("!=")];
    let leaf = prop_oneof![
        Just("always".to_owned()),
        prop_oneof![Just("cough"), Just("fever"), Just("pregnant")].prop_map(str::to_owned),
        prop_oneof![Just("sex = female"), Just("sex != male"), Just("culture in {positive, ntm}")]
            .prop_map(str::to_owned),
        prop_oneof![
            Just("cxr has cavity"),
            Just("cxr has any {cavity, miliary}"),
            Just("cxr has all {cavity, scar}"),
            Just("cxr is empty")
        ]
        .prop_map(str::to_owned),
        (comparison.clone(), 1..8_u32).prop_map(|(op, n)| format!("household {op} {n}")),
        (comparison.clone(), 0..8_u32).prop_map(|(op, n)| format!("nil {op} {n}.5 '[iU]/mL'")),
        (comparison, 0..40_u32).prop_map(|(op, n)| format!("age {op} {n} months")),
    ];
    leaf.prop_recursive(4, 24, 4, |inner| {
        prop_oneof![
            inner.clone().prop_map(|a| format!("not ({a})")),
            vec(inner.clone(), 2..4).prop_map(|of| format!("({})", of.join(") and ("))),
            vec(inner.clone(), 2..4).prop_map(|of| format!("({})", of.join(") or ("))),
            vec(inner, 2..4).prop_flat_map(|of| {
                (1..=of.len()).prop_map(move |n| format!("at least {n} of ({})", of.join(", ")))
            }),
        ]
    })
}

/// A value for every fact.
fn everything() -> impl Strategy<Value = Facts> {
    let flags = vec(any::<bool>(), 3);
    let codes = (0..2_usize, 0..3_usize, subsequence(vec!["cavity", "miliary", "scar"], 0..=3));
    let numbers = (1..9_u32, 0..9_u32, 0..45_u32);
    (flags, codes, numbers).prop_map(|(flags, (sex, culture, cxr), (household, nil, age))| {
        let mut facts = Facts::new();
        for (fact, value) in ["cough", "fever", "pregnant"].into_iter().zip(flags) {
            facts.set(fact, Value::Boolean(value));
        }
        facts.set("sex", Value::Code(["female", "male"][sex].into()));
        facts.set("culture", Value::Code(["positive", "negative", "ntm"][culture].into()));
        facts.set("cxr", Value::Codes(cxr.into_iter().map(Into::into).collect()));
        facts.set("household", Value::exactly(household.into()));
        facts.set("nil", Value::exactly(Decimal::from(nil) + Decimal::new(5, 1)));
        facts.set("age", Value::exactly(age.into()));
        facts
    })
}

/// What is left of the facts when some are forgotten; an age may be left as a range.
fn partly(facts: &Facts, keep: &[bool], blur: u32) -> Facts {
    let mut left = Facts::new();
    for ((fact, known), keep) in facts.iter().zip(keep) {
        match &known.value {
            Value::Number { lo, hi } if fact.as_str() == "age" && !keep => {
                let blurred = Decimal::from(blur);
                left.set(
                    fact.clone(),
                    Value::Number { lo: (*lo - blurred).max(Decimal::ZERO), hi: *hi + blurred },
                );
            }
            value if *keep => left.set(fact.clone(), value.clone()),
            _ => {}
        }
    }
    left
}

fn truth(condition: &Condition, facts: &Facts) -> Truth {
    Reasoner::new(library(), None, facts).truth(condition)
}

/// Two-valued logic, written a second time and as plainly as possible.
fn plainly(condition: &Condition, facts: &Facts) -> bool {
    let code = |subject: &Subject| match facts.value(subject.name()) {
        Some(Value::Code(code)) => code.clone(),
        _ => panic!("{subject:?}"),
    };
    let codes = |subject: &Subject| match facts.value(subject.name()) {
        Some(Value::Codes(codes)) => codes.clone(),
        _ => panic!("{subject:?}"),
    };
    match condition {
        Condition::Always { .. } => true,
        Condition::Is { fact, .. } => {
            let applies = *fact != "pregnant" || code(&Subject::Fact("sex".into())) == "female";
            applies && facts.value(fact) == Some(&Value::Boolean(true))
        }
        Condition::Code { subject, codes, negated, .. } => {
            codes.contains(&code(subject)) != *negated
        }
        Condition::Has { subject, codes: wanted, all, .. } => {
            let has = codes(subject);
            if *all {
                wanted.iter().all(|w| has.contains(w))
            } else {
                wanted.iter().any(|w| has.contains(w))
            }
        }
        Condition::IsEmpty { subject, .. } => codes(subject).is_empty(),
        Condition::Compare { subject, op, number, .. } => {
            let Some(Value::Number { lo, .. }) = facts.value(subject.name()) else { panic!() };
            match op {
                Comparison::Less => lo < number,
                Comparison::AtMost => lo <= number,
                Comparison::Greater => lo > number,
                Comparison::AtLeast => lo >= number,
                Comparison::Equal => lo == number,
                Comparison::NotEqual => lo != number,
            }
        }
        Condition::Named { .. } => panic!("no defines here"),
        Condition::Not(inner) => !plainly(inner, facts),
        Condition::And(parts) => parts.iter().all(|part| plainly(part, facts)),
        Condition::Or(parts) => parts.iter().any(|part| plainly(part, facts)),
        Condition::AtLeast { count, of, .. } => {
            of.iter().filter(|part| plainly(part, facts)).count() >= *count as usize
        }
    }
}

proptest! {
    #[test]
    fn with_everything_known_it_is_plain_logic(text in conditions(), facts in everything()) {
        let condition = read_condition(&text, &scope(), Origin::whole(0, &text)).unwrap();
        prop_assert_eq!(truth(&condition, &facts), Truth::from(plainly(&condition, &facts)), "{}", text);
    }

    #[test]
    fn what_is_known_stays_so(
        text in conditions(),
        facts in everything(),
        keep in vec(any::<bool>(), 9),
        blur in 0..30_u32,
    ) {
        let condition = read_condition(&text, &scope(), Origin::whole(0, &text)).unwrap();
        let before = truth(&condition, &partly(&facts, &keep, blur));
        if before.is_known() {
            prop_assert_eq!(truth(&condition, &facts), before, "{}", text);
        }
    }

    #[test]
    fn no_text_is_too_strange(text in ".{0,60}", more in "[a-z0-9 ()<>=!{},.'_-]{0,60}") {
        for text in [&text, &more] {
            let _ = read_condition(text, &scope(), Origin::whole(0, text));
            for fact in library().facts() {
                let _ = Value::parse(fact, text);
            }
            let _ = Library::load([("facts/a.toml".to_owned(), text.clone())]);
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    /// Whoever asks the missing facts, one after the other, always arrives, and at what plain
    /// logic says; and no fact that is asked is known already.
    #[test]
    fn asking_what_is_missing_decides(text in conditions(), facts in everything()) {
        let body = table("t", "one", &[("yes", &text), ("no", &format!("not ({text})"))]);
        let library = load(&body);
        let protocol = demo(&library);
        let date = jiff::civil::date(2023, 5, 1);
        let mut known = Facts::new();
        let mut asked = 0;
        loop {
            let evaluation = evaluate(&library, protocol, &known, date, &StepRecords::new(), date);
            match &evaluation.table("t").unwrap().result {
                TableResult::Known(outcomes) => {
                    let condition = &protocol.tables[0].rules[0].when;
                    let expected = if plainly(condition, &facts) { "yes" } else { "no" };
                    prop_assert!(outcomes.iter().map(Name::as_str).eq([expected]), "{}", text);
                    break;
                }
                TableResult::Unknown { missing, .. } => {
                    let next = missing.first();
                    prop_assert!(next.is_some_and(|next| !known.knows(next)), "{} {:?}", text, missing);
                    let next = next.unwrap();
                    known.set(next.clone(), facts.value(next).unwrap().clone());
                    asked += 1;
                    prop_assert!(asked <= 9);
                }
            }
        }
    }
}

/// Compiled and plain evaluation give the same answers, with everything missing in the same order.
fn agree(library: &Library, protocol: &Protocol, facts: &Facts) -> Result<(), TestCaseError> {
    let plainly = oracle::answers(library, protocol, facts);
    let date = jiff::civil::date(2023, 5, 1);
    let evaluation = evaluate(library, protocol, facts, date, &StepRecords::new(), date);
    let tables = evaluation.tables.iter().map(|table| {
        let rules = table.rules.iter().map(|rule| rule.truth).collect();
        (table.id.clone(), (table.result.clone(), rules))
    });
    let steps = evaluation
        .steps
        .iter()
        .map(|step| (step.step.clone(), (step.required, step.missing.clone())));
    let compiled = oracle::Answers {
        tables: tables.collect(),
        steps: steps.collect(),
        contradictions: evaluation.contradictions.len(),
    };
    prop_assert_eq!(&compiled, &plainly);
    let first = |never: Option<&Never>| never.map(|never| never.span);
    prop_assert_eq!(
        first(contradiction(library, facts)),
        first(oracle::contradiction(library, facts))
    );
    for (id, (result, _)) in &plainly.tables {
        let decided = decide(library, protocol, facts, id).unwrap();
        prop_assert!(result.known().into_iter().flatten().eq(decided.iter()));
        // What is said to change a table does so. Of a fact in a sum only one number of each
        // stretch is tried, while another fact in the sum is not known.
        let summed = |way: &&Way| way.changes.iter().any(|it| ["nil", "tb1"].contains(&&*it.fact));
        for change in what_would_change(library, protocol, facts, id) {
            for way in change.ways.iter().filter(|way| !summed(way)) {
                let changed = follow(facts, way);
                let plainly = oracle::answers(library, protocol, &changed);
                let (result, _) = plainly.tables.get(id).unwrap();
                prop_assert_eq!(result.known(), Some(&change.outcomes));
                prop_assert_eq!(plainly.contradictions, 0);
            }
        }
    }
    Ok(())
}

/// The facts after a way of changes.
fn follow(facts: &Facts, way: &Way) -> Facts {
    let mut changed = facts.clone();
    for change in &way.changes {
        let now = || match facts.value(&change.fact) {
            Some(Value::Codes(codes)) => codes.clone(),
            other => panic!("{other:?}"),
        };
        let value = match &change.to {
            Target::Boolean(value) => Value::Boolean(*value),
            Target::Code(codes) => Value::Code(codes.first().unwrap().clone()),
            Target::With(code) => Value::Codes(now().into_iter().chain([code.clone()]).collect()),
            Target::Without(code) => {
                Value::Codes(now().into_iter().filter(|other| other != code).collect())
            }
            Target::Codes(codes) => Value::Codes(codes.clone()),
            Target::Number { from, to } => {
                let inside = |bound: &Bound, inwards: Decimal| {
                    if bound.included { bound.number } else { bound.number + inwards }
                };
                let number = match (from, to) {
                    (Some(from), _) => inside(from, Decimal::ONE),
                    (None, Some(to)) => inside(to, -Decimal::ONE),
                    // Whatever it turns out to be settles the table.
                    (None, None) => Decimal::ONE,
                };
                Value::exactly(number)
            }
        };
        changed.set(change.fact.clone(), value);
    }
    changed
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(192))]

    /// Over tables that were proved and tables whose rules contradict each other or leave gaps,
    /// tables that read tables, sets with exclusions, steps and combinations that cannot be.
    #[test]
    fn the_compiled_form_agrees_with_the_plain_one(
        texts in vec(conditions(), 4),
        impossible in conditions(),
        facts in everything(),
        keep in vec(any::<bool>(), 9),
        blur in 0..20_u32,
        known in 0..2_usize,
    ) {
        let [a, b, c, d] = texts.as_slice() else { panic!() };
        let not = format!("not ({a})");
        let body = [
            table("t", "one", &[("yes", a), ("no", &not)]),
            table("loose", "one", &[("x", a), ("y", b), ("z", c)]),
            table("several", "set", &[("x", a), ("y", b), ("z", &not), ("y", d)])
                .replace("title", "excludes = [[\"x\", \"y\"]]\ntitle"),
            table(
                "on",
                "one",
                &[
                    ("p", &format!("several has x and loose in {{x, y}} or {d}")),
                    ("q", "several has all {y, z} or t = no and not several is empty"),
                    ("r", "loose != z and reach > 1.5 '[iU]/mL'"),
                ],
            ),
            "[[compute]]\nid = \"reach\"\nvalue = \"max(nil, tb1, 2 '[iU]/mL') - 0.5 * nil\"\nunit = \"[iU]/mL\"\nlabel = \"r\"\n".to_owned(),
            format!("[[define]]\nid = \"named\"\nwhen = \"{b}\"\nlabel = \"n\"\n"),
            "[[step]]\nid = \"s\"\nlabel = \"s\"\nstation = \"nurse\"\nwhen = \"named or on = p\"\nbecause = \"b\"\nsource = \"src\"\n".to_owned(),
        ]
        .concat();
        let never = format!("{FACTS}\n[[never]]\nwhen = \"{impossible}\"\n");
        let library = Library::load([
            ("facts/demo.toml".to_owned(), never),
            ("protocols/us/demo/1/protocol.toml".to_owned(), format!("{HEAD}{body}")),
        ]);
        let library = library.unwrap();
        let facts = match known {
            0 => partly(&facts, &keep, blur),
            _ => facts,
        };
        agree(&library, demo(&library), &facts)?;
    }
}

const ALL: [Truth; 3] = [Truth::False, Truth::Unknown, Truth::True];

#[test]
fn the_connectives_obey_kleene() {
    for a in ALL {
        assert_eq!(a.not().not(), a);
        assert_eq!(a.and(a), a);
        assert_eq!(a.or(a), a);
        assert_eq!(a.and(Truth::False), Truth::False);
        assert_eq!(a.or(Truth::True), Truth::True);
        assert_eq!(a.and(Truth::True), a);
        assert_eq!(a.or(Truth::False), a);
        for b in ALL {
            assert_eq!(a.and(b), b.and(a));
            assert_eq!(a.or(b), b.or(a));
            assert_eq!(a.and(b).not(), a.not().or(b.not()));
            assert_eq!(a.or(b).not(), a.not().and(b.not()));
            assert_eq!(a.and(a.or(b)), a);
            for c in ALL {
                assert_eq!(a.and(b.and(c)), a.and(b).and(c));
                assert_eq!(a.and(b.or(c)), a.and(b).or(a.and(c)));
                assert_eq!(a.or(b.and(c)), a.or(b).and(a.or(c)));
            }
        }
    }
}
