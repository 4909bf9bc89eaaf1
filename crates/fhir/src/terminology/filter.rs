//! The filters of a value set. Source: <https://hl7.org/fhir/R4/valueset-filter-operator.html>.

use regex::Regex;
use serde_json::Value;

use super::set::Filter;
use super::{CodeSystem, Concept, Problem, text};

/// Whether a concept passes a filter.
///
/// # Errors
///
/// A filter by something that the code system does not say here.
pub(super) fn passes(
    system: &CodeSystem,
    concept: &Concept,
    filter: &Filter,
) -> Result<bool, Problem> {
    let (code, value) = (concept.code.as_str(), filter.value.as_str());
    let above = || system.ancestors(code).unwrap_or_default();
    let below = || system.descendants(code).unwrap_or_default();
    let is = |own: &str| system.place(own).is_some() && system.place(own) == system.place(value);
    let listed = || value.split(',').map(str::trim);
    let is_hierarchy = matches!(filter.property.as_str(), "concept" | "code");
    let passes = match (filter.operator.as_str(), is_hierarchy) {
        ("is-a", true) => above().into_iter().any(is),
        ("descendent-of", true) => !is(code) && above().into_iter().any(is),
        ("is-not-a", true) => !above().into_iter().any(is),
        ("generalizes", true) => below().into_iter().any(is),
        ("=", true) => is(code),
        ("in", true) => listed().any(|it| it == code),
        ("not-in", true) => !listed().any(|it| it == code),
        ("regex", true) => whole(value)?.is_match(code),
        (operator, false) => return of_property(system, concept, filter, operator),
        (other, true) => return Err(unknown(other, &filter.property)),
    };
    Ok(passes)
}

fn of_property(
    system: &CodeSystem,
    concept: &Concept,
    filter: &Filter,
    operator: &str,
) -> Result<bool, Problem> {
    let own = values(system, concept, &filter.property);
    if own.is_empty() && !is_declared(system, &filter.property) {
        // Nothing here says that the property is not simply left out.
        return Err(unknown(operator, &filter.property));
    }
    let value = filter.value.as_str();
    let listed = || value.split(',').map(str::trim);
    let passes = match operator {
        "=" => own.iter().any(|it| it == value),
        "in" => own.iter().any(|it| listed().any(|value| it == value)),
        "not-in" => !own.iter().any(|it| listed().any(|value| it == value)),
        "exists" => own.is_empty() != (value == "true"),
        "regex" => {
            let pattern = whole(value)?;
            own.iter().any(|it| pattern.is_match(it))
        }
        other => return Err(unknown(other, &filter.property)),
    };
    Ok(passes)
}

fn is_declared(system: &CodeSystem, property: &str) -> bool {
    matches!(property, "display" | "parent" | "child")
        || system
            .concepts
            .iter()
            .any(|it| it.properties.iter().any(|it| text(it, "code") == Some(property)))
}

fn values(system: &CodeSystem, concept: &Concept, property: &str) -> Vec<String> {
    match property {
        "display" => concept.display.clone().into_iter().collect(),
        "parent" => system.parents(&concept.code).into_iter().map(str::to_owned).collect(),
        "child" => system.children(&concept.code).into_iter().map(str::to_owned).collect(),
        _ => {
            let own = concept.properties.iter().filter(|it| text(it, "code") == Some(property));
            own.filter_map(|it| {
                let value = it.as_object()?.iter().find(|(name, _)| name.starts_with("value"))?.1;
                Some(match value {
                    Value::String(text) => text.clone(),
                    Value::Object(coding) => coding.get("code")?.as_str()?.to_owned(),
                    other => other.to_string(),
                })
            })
            .collect()
        }
    }
}

/// R4: the pattern must fit the whole text.
fn whole(pattern: &str) -> Result<Regex, Problem> {
    let wrong = |_| Problem::Undecided(format!("the filter has no readable pattern: {pattern}"));
    Regex::new(&format!("^(?:{pattern})$")).map_err(wrong)
}

fn unknown(operator: &str, property: &str) -> Problem {
    Problem::Undecided(format!(
        "a value set filters by {property} {operator}, which is not known here; list its codes"
    ))
}
