//! The code systems, value sets and concept maps that R4 publishes.
//!
//! What HL7 wrote is carried; what others own is not. A code system whose copyright names
//! somebody else is left out, and so is a list of codes from a system of somebody else, unless
//! it is one of [`FREE`]. The place of such a list is marked, so that nobody takes it for empty.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write;

use serde_json::Value;

use crate::{items, text};

const SYSTEMS_HEADER: &str = "\
# > url <tab> version <tab> name <tab> c complete, f fragment or e example; s or i for case sensitive or not, when said
# one tab for each level of the hierarchy, then: code <tab> display (= for the code itself) <tab> a abstract, d deprecated, r retired <tab> further parents, with |
";

const SETS_HEADER: &str = "\
# > url <tab> version <tab> name
# + included or - excluded <tab> code system <tab> its version; below it the parts that must all hold:
#   = <tab> code <tab> display: one of the codes; ? <tab> property <tab> operator <tab> value: a filter; @ <tab> url: a value set; ! a list that is not carried
";

const MAPS_HEADER: &str = "\
# > url <tab> version <tab> name <tab> source value set <tab> target value set
# + <tab> source system <tab> target system, then: code <tab> equivalence <tab> target code <tab> comment
";

/// Systems of others whose codes everybody may list: media types, languages, countries, URIs.
const FREE: [&str; 4] =
    ["urn:ietf:bcp:13", "urn:ietf:bcp:47", "urn:ietf:rfc:3986", "urn:iso:std:iso:3166"];

/// UCUM is free to use, but not to be carried away whole: short lists only.
const UCUM: &str = "http://unitsofmeasure.org";
const UCUM_CODES_MAX: usize = 100;

/// How the copyright of what is HL7's own begins.
const OWN_COPYRIGHTS: [&str; 3] = ["HL7", "This is an example set.", "This is an extensible set."];

/// Writes the code systems that are HL7's own.
pub(crate) fn systems(terminology: &[Value]) -> String {
    let mut out = String::from(SYSTEMS_HEADER);
    for system in sorted(terminology, "CodeSystem").filter(|system| is_carried(system)) {
        let content = text(system, "content").get(..1).unwrap_or_default();
        let case = match system.get("caseSensitive").and_then(Value::as_bool) {
            Some(true) => "s",
            Some(false) => "i",
            None => "",
        };
        let name = text(system, "name");
        let version = text(system, "version");
        let _ = writeln!(out, ">{}\t{version}\t{name}\t{content}{case}", text(system, "url"));
        let mut further = BTreeMap::new();
        further_parents(system, &mut further);
        concepts(system, 0, &further, &mut out);
    }
    out
}

fn is_carried(system: &Value) -> bool {
    let copyright = text(system, "copyright");
    let own = copyright.is_empty() || OWN_COPYRIGHTS.iter().any(|own| copyright.starts_with(own));
    let listed = matches!(text(system, "content"), "complete" | "fragment" | "example");
    own && listed && is_of_hl7(text(system, "url"))
}

fn is_of_hl7(system: &str) -> bool {
    let ours = ["http://hl7.org/fhir/", "http://terminology.hl7.org/CodeSystem/"];
    ours.iter().any(|ours| system.starts_with(ours)) && !system.contains("/sid/")
}

/// The children that a concept names instead of nesting them.
fn further_parents<'a>(parent: &'a Value, further: &mut BTreeMap<&'a str, BTreeSet<&'a str>>) {
    for concept in items(parent, "concept") {
        for property in items(concept, "property").filter(|p| text(p, "code") == "child") {
            let parents = further.entry(text(property, "valueCode")).or_default();
            parents.insert(text(concept, "code"));
        }
        further_parents(concept, further);
    }
}

fn concepts(
    parent: &Value,
    depth: usize,
    further: &BTreeMap<&str, BTreeSet<&str>>,
    out: &mut String,
) {
    for concept in items(parent, "concept") {
        let code = text(concept, "code");
        let display = one_line(text(concept, "display"));
        let display = if display == code { "=" } else { &display };
        let parents: Vec<&str> = further.get(code).into_iter().flatten().copied().collect();
        let line = format!("{code}\t{display}\t{}\t{}", flags(concept), parents.join("|"));
        let _ = writeln!(out, "{}{}", "\t".repeat(depth), line.trim_end());
        concepts(concept, depth + 1, further, out);
    }
}

fn flags(concept: &Value) -> String {
    let mut flags = String::new();
    for property in items(concept, "property") {
        let code = text(property, "code");
        let truth = property.get("valueBoolean") == Some(&Value::Bool(true));
        match (code, text(property, "valueCode")) {
            ("notSelectable" | "abstract", _) if truth => flags.push('a'),
            ("status", "deprecated") => flags.push('d'),
            ("status", "retired") => flags.push('r'),
            _ => {}
        }
    }
    flags
}

/// Writes all value sets, without the lists that are not to be carried.
pub(crate) fn sets(terminology: &[Value]) -> String {
    let left_out: BTreeSet<&str> = sorted(terminology, "CodeSystem")
        .filter(|system| !is_carried(system))
        .map(|system| text(system, "url"))
        .collect();
    let mut out = String::from(SETS_HEADER);
    for set in sorted(terminology, "ValueSet") {
        let (url, version, name) = (text(set, "url"), text(set, "version"), text(set, "name"));
        let _ = writeln!(out, ">{url}\t{version}\t{name}");
        let Some(compose) = set.get("compose") else { continue };
        for (sign, parts) in [('+', "include"), ('-', "exclude")] {
            for part in items(compose, parts) {
                write_part(part, sign, &left_out, &mut out);
            }
        }
    }
    out
}

fn write_part(part: &Value, sign: char, left_out: &BTreeSet<&str>, out: &mut String) {
    let (system, version) = (text(part, "system"), text(part, "version"));
    let _ = writeln!(out, "{}", format!("{sign}\t{system}\t{version}").trim_end());
    let listed: Vec<&Value> = items(part, "concept").collect();
    let may_list = (is_of_hl7(system) && !left_out.contains(system))
        || FREE.contains(&system)
        || (system == UCUM && listed.len() <= UCUM_CODES_MAX);
    let withheld = !listed.is_empty() && !may_list;
    if withheld || system.starts_with('#') {
        let _ = writeln!(out, "!");
    } else {
        for concept in listed {
            let line =
                format!("=\t{}\t{}", text(concept, "code"), one_line(text(concept, "display")));
            let _ = writeln!(out, "{}", line.trim_end());
        }
    }
    for filter in items(part, "filter") {
        let (property, op) = (text(filter, "property"), text(filter, "op"));
        let _ = writeln!(out, "?\t{property}\t{op}\t{}", text(filter, "value"));
    }
    for set in items(part, "valueSet").filter_map(Value::as_str) {
        let _ = writeln!(out, "@\t{set}");
    }
}

/// Writes the concept maps between systems of HL7 that are no examples.
pub(crate) fn maps(terminology: &[Value]) -> String {
    let mut out = String::from(MAPS_HEADER);
    let published = sorted(terminology, "ConceptMap").filter(|map| {
        let systems_are_own = items(map, "group")
            .all(|group| is_of_hl7(text(group, "source")) && is_of_hl7(text(group, "target")));
        text(map, "id").starts_with("cm-") && systems_are_own
    });
    for map in published {
        let (url, version, name) = (text(map, "url"), text(map, "version"), text(map, "name"));
        let (source, target) = (text(map, "sourceCanonical"), text(map, "targetCanonical"));
        let _ = writeln!(out, ">{url}\t{version}\t{name}\t{source}\t{target}");
        for group in items(map, "group") {
            let _ = writeln!(out, "+\t{}\t{}", text(group, "source"), text(group, "target"));
            for element in items(group, "element") {
                for target in items(element, "target") {
                    let (code, equivalence) = (text(element, "code"), text(target, "equivalence"));
                    let comment = one_line(text(target, "comment"));
                    let line =
                        format!("{code}\t{equivalence}\t{}\t{comment}", text(target, "code"));
                    let _ = writeln!(out, "{}", line.trim_end());
                }
            }
        }
    }
    out
}

fn sorted<'a>(terminology: &'a [Value], kind: &'a str) -> impl Iterator<Item = &'a Value> {
    let of_kind = terminology.iter().filter(move |resource| text(resource, "resourceType") == kind);
    let by_url: BTreeMap<&str, &Value> = of_kind.map(|r| (text(r, "url"), r)).collect();
    by_url.into_values()
}

fn one_line(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}
