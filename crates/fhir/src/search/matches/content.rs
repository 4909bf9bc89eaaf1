//! Words anywhere in a resource.

use std::collections::BTreeSet;

use serde_json::Value;

use super::super::words;
use crate::Resource;

/// Whether every word occurs: in the narrative alone, or in any text of the resource.
pub(super) fn has_words(resource: &Resource, wanted: &[String], narrative_only: bool) -> bool {
    let mut found = BTreeSet::new();
    let narrative = resource.value().get("text").and_then(|text| text.get("div"));
    if let Some(narrative) = narrative.and_then(Value::as_str) {
        found.extend(words(&without_tags(narrative)));
    }
    if !narrative_only {
        collect(resource.value(), &mut found);
    }
    wanted.iter().all(|word| found.contains(word))
}

/// The text between the tags, with a blank for each.
fn without_tags(html: &str) -> String {
    let mut inside = false;
    let letters = html.chars().map(|letter| {
        let was_inside = inside;
        inside = match letter {
            '<' => true,
            '>' => false,
            _ => inside,
        };
        if was_inside || inside { ' ' } else { letter }
    });
    letters.collect()
}

fn collect(value: &Value, found: &mut BTreeSet<String>) {
    match value {
        Value::String(text) => found.extend(words(text)),
        Value::Array(items) => items.iter().for_each(|item| collect(item, found)),
        Value::Object(members) => {
            for (name, member) in members {
                if name != "div" {
                    collect(member, found);
                }
            }
        }
        _ => {}
    }
}
