//! The codes of the required value sets that can be listed.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write;

use serde_json::Value;

use crate::{items, text};

/// Longer lists (all units, all languages) are left to a terminology service.
const CODES_MAX: usize = 700;

const HEADER: &str = "# value set <tab> code system <tab> codes\n";

/// Writes each value set in `wanted` (URLs) whose codes can all be listed.
pub(crate) fn table(terminology: &[Value], wanted: &BTreeSet<&str>) -> String {
    let by_url: BTreeMap<&str, &Value> =
        terminology.iter().map(|resource| (text(resource, "url"), resource)).collect();
    let mut out = String::from(HEADER);
    for url in wanted {
        let Some(sets) = by_url.get(url).and_then(|set| expand(set, &by_url, 0)) else { continue };
        if sets.values().map(BTreeSet::len).sum::<usize>() > CODES_MAX {
            continue;
        }
        let name = url.rsplit('/').next().unwrap_or_default();
        for (system, codes) in sets {
            let codes: Vec<&str> = codes.into_iter().collect();
            let _ = writeln!(out, "{name}\t{system}\t{}", codes.join(" "));
        }
    }
    out
}

type Codes<'a> = BTreeMap<&'a str, BTreeSet<&'a str>>;

/// All codes of a value set by system, or none when they cannot be listed exactly.
fn expand<'a>(
    set: &'a Value,
    by_url: &BTreeMap<&'a str, &'a Value>,
    depth: u8,
) -> Option<Codes<'a>> {
    let compose = set.get("compose").filter(|_| depth < 8)?;
    let mut all = Codes::new();
    for include in items(compose, "include") {
        for (system, codes) in part(include, by_url, depth)? {
            all.entry(system).or_default().extend(codes);
        }
    }
    for exclude in items(compose, "exclude") {
        for (system, codes) in part(exclude, by_url, depth)? {
            all.entry(system).or_default().retain(|code| !codes.contains(code));
        }
    }
    let listable = all.values().flatten().all(|code| !code.contains(char::is_whitespace));
    (listable && !all.is_empty()).then_some(all)
}

fn part<'a>(
    include: &'a Value,
    by_url: &BTreeMap<&'a str, &'a Value>,
    depth: u8,
) -> Option<Codes<'a>> {
    let system = text(include, "system");
    let mut others = items(include, "valueSet").filter_map(Value::as_str);
    if let Some(other) = others.next() {
        // More than one part here would mean an intersection.
        let alone = system.is_empty() && others.next().is_none();
        let other = by_url.get(other.split('|').next()?)?;
        return expand(other, by_url, depth + 1).filter(|_| alone);
    }
    let listed: BTreeSet<&str> = items(include, "concept").map(|c| text(c, "code")).collect();
    let codes = match (listed.is_empty(), include.get("filter")) {
        (false, None) => listed,
        (true, None) => whole_system(by_url.get(system)?)?,
        (_, Some(_)) => filtered(by_url.get(system)?, include)?,
    };
    Some(Codes::from([(system, codes)]))
}

fn whole_system(system: &Value) -> Option<BTreeSet<&str>> {
    let complete = text(system, "content") == "complete";
    let mut codes = BTreeSet::new();
    collect(system, &mut codes);
    (complete && !codes.is_empty()).then_some(codes)
}

/// Only `concept is-a X`, with the hierarchy written by nesting or by `subsumedBy`.
fn filtered<'a>(system: &'a Value, include: &'a Value) -> Option<BTreeSet<&'a str>> {
    let mut filters = items(include, "filter");
    let filter = filters.next()?;
    let plain = text(filter, "property") == "concept" && text(filter, "op") == "is-a";
    if filters.next().is_some() || !plain || text(system, "content") != "complete" {
        return None;
    }
    let mut codes = BTreeSet::from([text(filter, "value")]);
    loop {
        let before = codes.len();
        descend(system, &mut codes);
        if codes.len() == before {
            return Some(codes);
        }
    }
}

fn descend<'a>(parent: &'a Value, codes: &mut BTreeSet<&'a str>) {
    for concept in items(parent, "concept") {
        let by_property = items(concept, "property").any(|property| {
            text(property, "code") == "subsumedBy" && codes.contains(text(property, "valueCode"))
        });
        if by_property {
            codes.insert(text(concept, "code"));
        }
        if codes.contains(text(concept, "code")) {
            collect(concept, codes);
        }
        descend(concept, codes);
    }
}

fn collect<'a>(parent: &'a Value, codes: &mut BTreeSet<&'a str>) {
    for concept in items(parent, "concept") {
        codes.insert(text(concept, "code"));
        collect(concept, codes);
    }
}
