//! Limits, the missing clock, and the check before evaluation.

use super::*;
use crate::table;

#[test]
fn steps_are_limited() {
    let expression = Expression::compile("1.repeatAll($this)").unwrap();
    let root = json!({});
    let error = expression.evaluate(&Context::new(), &root).unwrap_err();
    assert_eq!(error.code(), "MZ-0128");
    let few = Context::new().steps_max(3);
    let expression = Expression::compile("1 + 1 + 1").unwrap();
    assert_eq!(expression.evaluate(&few, &root).unwrap_err().code(), "MZ-0128");
}

#[test]
fn length_and_depth_are_limited() {
    let deep = |levels: usize| format!("{}1{}", "(".repeat(levels), ")".repeat(levels));
    let wide = |terms: usize| vec!["1"; terms].join(" + ");
    let most = usize::from(EXPRESSION_DEPTH_MAX);
    is(&deep(most - 1), "1");
    is(&wide(most), &most.to_string());
    for expression in [deep(most + 1), wide(most + 1), "-".repeat(100_000), deep(30_000)] {
        let error = Expression::compile(&expression).unwrap_err();
        assert_eq!(error.code(), "MZ-0128");
    }
    let calls = |levels| format!("1{}{}", ".select($this".repeat(levels), ")".repeat(levels));
    is(&calls(most - 1), "1");
    is(&calls(most), "MZ-0128");
}

#[test]
fn there_is_no_clock_of_its_own() {
    let expression = Expression::compile("now()").unwrap();
    let root = json!({});
    assert_eq!(expression.evaluate(&Context::new(), &root).unwrap_err().code(), "MZ-0124");
}

fn is_checked(root: &str, expression: &str, expected: &str) {
    let found = Expression::compile(expression).unwrap().check(root);
    assert_eq!(found.map_or_else(|error| error.code(), |()| "right"), expected, "{expression}");
}

#[test]
fn paths_are_checked_against_types() {
    is_checked("Patient", "Patient.name.given", "right");
    is_checked("Patient", "name.givn", "MZ-0129");
    is_checked("Patient", "Encounter.id", "MZ-0129");
    is_checked("Patient", "contact.name.where(family = 'x').period.start", "right");
    is_checked("Patient", "contact.name.where(familie = 'x')", "MZ-0129");
    is_checked("Patient", "name.where(family)", "MZ-0125");
    is_checked("Patient", "deceased.ofType(boolean)", "right");
    is_checked("Patient", "deceasedBoolean", "MZ-0129");
    is_checked("Observation", "(value as Period).unit", "MZ-0129");
    is_checked("Observation", "value.unit", "right");
    is_checked("Observation", "component.referenceRange.low.value > 1", "right");
    is_checked("Bundle", "entry.resource.ofType(Patient).name.family", "right");
    is_checked("Bundle", "entry.resource.anything", "right");
    is_checked("Questionnaire", "repeat(item).linkId", "right");
    is_checked("Patient.contact", "relationship.coding.code", "right");
    is_checked("Nothing", "id", "MZ-0123");
    is_checked("Patient", "iif(active, name.first(), contact.name).family", "right");
}

#[test]
fn order_is_checked() {
    for (expression, right) in [
        ("children().first()", false),
        ("descendants().where(true)[0]", false),
        ("children().sort().first()", true),
        ("name.first()", true),
        ("children().count()", true),
    ] {
        let found = Expression::compile(expression).unwrap().check_order();
        assert_eq!(found.is_ok(), right, "{expression}");
    }
}

/// R4 states cid-0 on a `name` that ChargeItemDefinition got only in R5. The check finds this
/// mistake of the standard, and no other.
#[test]
fn the_check_raises_no_false_alarm_about_the_invariants_of_r4() {
    let mut alarms = Vec::new();
    for (place, rule) in table::all_invariants() {
        let Ok(expression) = Expression::compile(rule.expression) else { continue };
        if expression.check(place).is_err() {
            alarms.push(rule.key);
        }
    }
    assert_eq!(alarms, ["cid-0"]);
}

#[test]
fn the_invariants_of_r4_are_compiled() {
    let refused = table::all_invariants().filter_map(|(place, rule)| {
        let error = Expression::compile(rule.expression).err()?;
        Some(format!("{place} {}: {error}", rule.key))
    });
    assert_eq!(refused.collect::<Vec<_>>(), [""; 0]);
}

/// Every beginning and every ending of these, and of each with a letter changed, is answered
/// or refused, never a panic.
#[test]
fn broken_expressions_are_refused_in_order() {
    let patient = patient();
    for expression in [
        "Patient.name.where(given[0] = 'Rana' and use in ('official' | 'usual')).family & 'é'",
        "birthDate + 3 months > @1980-05-04T10:30:00.5+05:30 or now() < @T10:30.timeOf()",
        "(1.50 'kg' * 2 / 3 'm/s2' ~ -4.0).iif($this is Quantity, %`vs-x`.matches('^a.*'), {})",
        "name.given.aggregate(iif($total.empty(), $this, $total + $this), '').substring(1, 2)",
    ] {
        let chars: Vec<char> = expression.chars().collect();
        for at in 0..chars.len() {
            let mut changed = chars.clone();
            changed[at] = "('@%$`é.9|".chars().nth(at % 9).unwrap();
            for part in [&chars[..at], &chars[at..], &changed] {
                let part: String = part.iter().collect();
                answer(&patient, &part);
            }
        }
    }
}
