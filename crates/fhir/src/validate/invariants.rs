//! The invariants that R4 states as FHIRPath.

use std::sync::OnceLock;

use super::Code;
use super::walk::Walk;
use crate::fhirpath::{Context, Expression, Item};
use crate::table::{self, Invariant};

/// Judged elsewhere in this folder, with the place and a cure.
const JUDGED_BY_HAND: [&str; 10] =
    ["ele-1", "ext-1", "per-1", "ref-1", "txt-1", "txt-2", "dom-2", "dom-3", "dom-4", "dom-5"];

/// Holds an item against the invariants of its type, of the types it specialises, and of its
/// path. What cannot be evaluated is not judged.
pub(super) fn check<'a>(
    walk: &mut Walk<'a>,
    item: &Item<'a>,
    type_name: &'static str,
    inside: &'static str,
) {
    let types = std::iter::once(type_name).chain(table::supertypes(type_name));
    let path = std::iter::once(inside).filter(|inside| *inside != type_name);
    let mut rules = path.chain(types).flat_map(compiled).peekable();
    if rules.peek().is_none() {
        return;
    }
    let context = match (walk.resource, walk.container) {
        (Some(resource), Some(container)) => Context::new().resource(resource, container),
        _ => Context::new(),
    };
    let context = context.reference_types();
    for (rule, expression) in rules {
        if expression.evaluate_bool(&context, item.clone()) == Ok(Some(false)) {
            walk.error(
                Code::Invariant,
                format!("the rule {} is broken", rule.key),
                format!("keep to: {}", rule.human.trim_end_matches('.')),
            );
        }
    }
}

/// The invariants of a place that are errors and can be evaluated.
fn compiled(place: &str) -> &'static [(&'static Invariant, Expression)] {
    type Rules = table::Names<&'static str, Vec<(&'static Invariant, Expression)>>;
    static RULES: OnceLock<Rules> = OnceLock::new();
    let rules = RULES.get_or_init(|| {
        let mut rules = Rules::default();
        for (place, rule) in table::all_invariants() {
            if rule.is_error
                && !JUDGED_BY_HAND.contains(&rule.key)
                && let Ok(expression) = Expression::compile(rule.expression)
            {
                rules.entry(place).or_default().push((rule, expression));
            }
        }
        rules
    });
    rules.get(place).map_or(&[], Vec::as_slice)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nearly_all_invariants_can_be_evaluated() {
        let refused: Vec<String> = table::all_invariants()
            .filter_map(|(_, rule)| {
                let error = Expression::compile(rule.expression).err()?;
                Some(format!("{}: {error}", rule.key))
            })
            .collect();
        assert!(refused.len() < 5, "{refused:#?}");
    }
}
