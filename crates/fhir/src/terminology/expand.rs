//! Which codes a value set has.

use std::collections::BTreeSet;

use serde_json::Value;

use super::filter::passes;
use super::set::Part;
use super::{CodeSystem, Problem, Terminology, ValueSet};

/// The most codes of one value set.
pub const MEMBERS_MAX: usize = 50_000;

/// How deep value sets may import each other.
const DEPTH_MAX: usize = 16;

/// A code of a value set.
#[derive(Clone, Debug, PartialEq)]
pub struct Member {
    pub system: String,
    pub code: String,
    pub display: Option<String>,
    pub is_abstract: bool,
    pub is_inactive: bool,
    /// As in `ValueSet.expansion.contains.designation`.
    pub designations: Vec<Value>,
}

pub(super) fn contains(
    terminology: &Terminology,
    set: &ValueSet,
    system: &str,
    code: &str,
    depth: usize,
) -> Result<bool, Problem> {
    check_depth(set, depth)?;
    if !any(terminology, &set.includes, system, code, depth)? {
        return Ok(false);
    }
    Ok(!any(terminology, &set.excludes, system, code, depth)?)
}

/// Whether one of the parts has the code. What is not known matters only if none has it.
fn any(
    terminology: &Terminology,
    parts: &[Part],
    system: &str,
    code: &str,
    depth: usize,
) -> Result<bool, Problem> {
    let mut undecided = None;
    for part in parts {
        match holds(terminology, part, system, code, depth) {
            Ok(true) => return Ok(true),
            Ok(false) => {}
            Err(problem) => undecided = Some(problem),
        }
    }
    undecided.map_or(Ok(false), Err)
}

fn holds(
    terminology: &Terminology,
    part: &Part,
    system: &str,
    code: &str,
    depth: usize,
) -> Result<bool, Problem> {
    if part.system.as_deref().is_some_and(|own| own != system) {
        return Ok(false);
    }
    for set in &part.sets {
        let set = terminology.value_set(set)?;
        if !contains(terminology, &set, system, code, depth + 1)? {
            return Ok(false);
        }
    }
    if part.system.is_none() {
        return Ok(!part.sets.is_empty());
    }
    if part.is_withheld {
        return Err(withheld(system));
    }
    if !part.concepts.is_empty() {
        let is_known_without_case =
            terminology.code_system(system).is_ok_and(|known| !known.is_case_sensitive);
        return Ok(part.concepts.iter().any(|it| {
            it.code == code || (is_known_without_case && it.code.eq_ignore_ascii_case(code))
        }));
    }
    let known = of_part(terminology, part, system)?;
    let Some(concept) = known.concept(code) else {
        return if known.is_complete { Ok(false) } else { Err(partly(system)) };
    };
    for filter in &part.filters {
        if !passes(&known, concept, filter)? {
            return Ok(false);
        }
    }
    Ok(true)
}

pub(super) fn members(
    terminology: &Terminology,
    set: &ValueSet,
    depth: usize,
) -> Result<Vec<Member>, Problem> {
    check_depth(set, depth)?;
    let (mut found, mut seen) = (Vec::new(), BTreeSet::new());
    for part in &set.includes {
        for member in of_one(terminology, part, depth)? {
            if any(terminology, &set.excludes, &member.system, &member.code, depth)? {
                continue;
            }
            if seen.insert((member.system.clone(), member.code.clone())) {
                found.push(member);
            }
            if found.len() > MEMBERS_MAX {
                return Err(Problem::TooMany(MEMBERS_MAX));
            }
        }
    }
    Ok(found)
}

fn of_one(terminology: &Terminology, part: &Part, depth: usize) -> Result<Vec<Member>, Problem> {
    let mut own = match &part.system {
        Some(system) => Some(of_system(terminology, part, system)?),
        None => None,
    };
    for set in &part.sets {
        let set = terminology.value_set(set)?;
        let imported = members(terminology, &set, depth + 1)?;
        own = Some(match own {
            None => imported,
            // All parts must hold.
            Some(own) => {
                let keys: BTreeSet<(&str, &str)> =
                    imported.iter().map(|it| (it.system.as_str(), it.code.as_str())).collect();
                let is_both = |it: &Member| keys.contains(&(it.system.as_str(), it.code.as_str()));
                own.into_iter().filter(is_both).collect()
            }
        });
    }
    Ok(own.unwrap_or_default())
}

fn of_system(terminology: &Terminology, part: &Part, system: &str) -> Result<Vec<Member>, Problem> {
    if part.is_withheld {
        return Err(withheld(system));
    }
    if !part.concepts.is_empty() {
        let known = terminology.code_system(system).ok();
        return Ok(part
            .concepts
            .iter()
            .map(|it| {
                let concept = known.as_ref().and_then(|known| known.concept(&it.code));
                let own = concept.and_then(|concept| concept.display.clone());
                Member {
                    system: system.to_owned(),
                    code: it.code.clone(),
                    display: it.display.clone().or(own),
                    is_abstract: concept.is_some_and(|it| it.is_abstract),
                    is_inactive: concept.is_some_and(|it| it.is_inactive),
                    designations: it.designations.clone(),
                }
            })
            .collect());
    }
    let known = of_part(terminology, part, system)?;
    if !known.is_complete {
        return Err(partly(system));
    }
    let mut found = Vec::new();
    'concepts: for concept in &known.concepts {
        for filter in &part.filters {
            if !passes(&known, concept, filter)? {
                continue 'concepts;
            }
        }
        found.push(Member {
            system: system.to_owned(),
            code: concept.code.clone(),
            display: concept.display.clone(),
            is_abstract: concept.is_abstract,
            is_inactive: concept.is_inactive,
            designations: concept.designations.clone(),
        });
    }
    Ok(found)
}

fn of_part(
    terminology: &Terminology,
    part: &Part,
    system: &str,
) -> Result<std::sync::Arc<CodeSystem>, Problem> {
    match &part.version {
        Some(version) => terminology.code_system(&format!("{system}|{version}")),
        None => terminology.code_system(system),
    }
}

fn check_depth(set: &ValueSet, depth: usize) -> Result<(), Problem> {
    if depth < DEPTH_MAX {
        return Ok(());
    }
    Err(Problem::Undecided(format!(
        "the value set {} is made of others more than {DEPTH_MAX} deep, perhaps of itself; mend it",
        set.url
    )))
}

fn withheld(system: &str) -> Problem {
    Problem::Undecided(format!(
        "the value set lists codes of {system}, which are not Manzil's to give away; \
         store the value set on this server"
    ))
}

fn partly(system: &str) -> Problem {
    Problem::Undecided(format!(
        "only a part of the code system {system} is here; store the whole of it on this server"
    ))
}
