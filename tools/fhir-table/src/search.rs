//! The search parameters whose expressions are plain paths.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write;

use serde_json::Value;

use crate::{items, text};

const HEADER: &str = "\
# resource type <tab> search parameter <tab> kind <tab> paths below the type
# a path: a.b, a:T for the choice a[x] as T, a[m=v] for items whose member m is v, a>T for references to T
";

/// Kinds that the index does not hold.
const LEFT_OUT: [&str; 2] = ["composite", "special"];
/// The store keeps these beside the resource, or they repeat another parameter.
const KEPT_ELSEWHERE: [&str; 3] = ["_id", "_lastUpdated", "phonetic"];
/// These repeat a parameter and its `component-` twin: search for either instead.
const REPEATED: &str = "combo-";

/// Writes one row for each type and parameter.
pub(crate) fn table(parameters: &[Value]) -> String {
    let mut rows: BTreeMap<(&str, &str, &str), BTreeSet<String>> = BTreeMap::new();
    for parameter in parameters {
        let (code, kind) = (text(parameter, "code"), text(parameter, "type"));
        if LEFT_OUT.contains(&kind) || KEPT_ELSEWHERE.contains(&code) || code.starts_with(REPEATED)
        {
            continue;
        }
        for alternative in text(parameter, "expression").split('|') {
            if let Some((of, kind, path)) = path(alternative.trim(), kind)
                && items(parameter, "base").any(|base| base == of)
            {
                rows.entry((of, code, kind)).or_default().insert(path);
            }
        }
    }
    let mut out = String::from(HEADER);
    for ((of, code, kind), paths) in rows {
        let paths: Vec<String> = paths.into_iter().collect();
        let _ = writeln!(out, "{of}\t{code}\t{kind}\t{}", paths.join(" "));
    }
    out
}

/// `(Observation.value as Quantity)` as `Observation`, `value:Quantity`.
fn path<'a>(expression: &'a str, kind: &'a str) -> Option<(&'a str, &'a str, String)> {
    if expression == "Patient.deceased.exists() and Patient.deceased != false" {
        return Some(("Patient", "truth", "deceased".into()));
    }
    if expression == "(Observation.value as CodeableConcept).text" {
        return Some(("Observation", kind, "value:CodeableConcept.text".into()));
    }
    let plain = expression.trim_start_matches('(').trim_end_matches(" as");
    let plain = match plain.strip_suffix(')').and_then(|p| p.split_once(" as ")) {
        Some((path, choice)) => format!("{path}:{choice}"),
        None => plain
            .replace(".where(resolve() is ", ">")
            .replace(".where(", "[")
            .replace(".as(", ":")
            .replace("').", "'].")
            .replace("')", "']")
            .replace(['\'', ')'], ""),
    };
    let (of, _) = expression.trim_start_matches('(').split_once('.')?;
    let below = plain.strip_prefix(of)?.strip_prefix('.')?;
    (!below.contains("[0]")).then(|| (of, kind, below.to_owned()))
}
