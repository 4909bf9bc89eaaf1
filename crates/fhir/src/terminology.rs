//! Code systems, value sets and concept maps: what a code means, whether a value set has it, and
//! what it is elsewhere.
//!
//! Start with [`operation`], which answers the operations of R4, or with [`Terminology`], which
//! answers the same questions in Rust and those of a search. Both look into a [`Source`] of stored
//! resources first and then into what [R4 publishes](shipped) itself.
//!
//! What is not known is an error that says so, never a wrong `false`: a value set may name a code
//! system of somebody else whose codes are not here.
//!
//! ```
//! use manzil_fhir::terminology::{Nothing, Terminology};
//!
//! let terminology = Terminology::new(&Nothing);
//! let set = terminology.value_set("http://hl7.org/fhir/ValueSet/administrative-gender")?;
//! assert!(terminology.contains(&set, "http://hl7.org/fhir/administrative-gender", "other")?);
//! assert!(!terminology.contains(&set, "http://hl7.org/fhir/administrative-gender", "man")?);
//! # Ok::<(), manzil_fhir::terminology::Problem>(())
//! ```
//!
//! Source of the rules: <https://hl7.org/fhir/R4/valueset.html#compose> and
//! <https://hl7.org/fhir/R4/terminology-service.html>.

mod expand;
mod filter;
mod map;
pub mod operation;
mod set;
pub mod shipped;
mod system;

#[cfg(test)]
mod tests;

use std::fmt;
use std::sync::Arc;

use serde_json::Value;
use thiserror::Error;

pub use expand::{MEMBERS_MAX, Member};
pub use map::{ConceptMap, Match};
pub use set::ValueSet;
pub use system::{CodeSystem, Concept};

use crate::search::{Code, Codes};

/// The types of resources that a terminology is made of.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Kind {
    CodeSystem,
    ValueSet,
    ConceptMap,
}

/// Where resources are looked up that R4 does not publish.
pub trait Source: fmt::Debug {
    /// The current resource with this canonical URL and, if one is named, this business version.
    fn find(&self, kind: Kind, url: &str, version: Option<&str>) -> Option<Arc<Value>>;

    /// The concept maps from a code system, by their sources.
    fn maps_from(&self, system: &str) -> Vec<Arc<Value>>;
}

/// A source that has nothing.
#[derive(Clone, Copy, Debug, Default)]
pub struct Nothing;

/// Why a question about codes is not answered.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum Problem {
    #[error("MZ-0180: {0} is missing; add it")]
    Missing(&'static str),
    #[error("MZ-0181: {0}")]
    Wrong(String),
    #[error("MZ-0182: the {0} {1} is not known here; store it on this server first")]
    Unknown(&'static str, String),
    #[error("MZ-0183: the code system {system} has no code {code}; check its spelling")]
    NoCode { system: String, code: String },
    #[error("MZ-0184: {0}")]
    Undecided(String),
    #[error("MZ-0185: there are more than {0} codes; ask with a filter or for a smaller value set")]
    TooMany(usize),
}

/// Answers questions about codes.
#[derive(Clone, Copy, Debug)]
pub struct Terminology<'a> {
    source: &'a dyn Source,
}

impl Kind {
    /// The name of the resource type.
    pub fn resource_type(self) -> &'static str {
        match self {
            Self::CodeSystem => "CodeSystem",
            Self::ValueSet => "ValueSet",
            Self::ConceptMap => "ConceptMap",
        }
    }
}

impl Source for Nothing {
    fn find(&self, _: Kind, _: &str, _: Option<&str>) -> Option<Arc<Value>> {
        None
    }

    fn maps_from(&self, _: &str) -> Vec<Arc<Value>> {
        Vec::new()
    }
}

impl<'a> Terminology<'a> {
    pub fn new(source: &'a dyn Source) -> Self {
        Self { source }
    }

    /// The code system with a canonical URL, `url` or `url|version`.
    ///
    /// # Errors
    ///
    /// [`Problem::Unknown`].
    pub fn code_system(&self, canonical: &str) -> Result<Arc<CodeSystem>, Problem> {
        let (url, version) = split(canonical);
        if let Some(stored) = self.source.find(Kind::CodeSystem, url, version) {
            return Ok(Arc::new(CodeSystem::of(&stored)));
        }
        let shipped = shipped::code_system(url).filter(|it| fits(version, it.version.as_deref()));
        shipped.ok_or_else(|| Problem::Unknown("code system", canonical.to_owned()))
    }

    /// The value set with a canonical URL, `url` or `url|version`. The implicit value set of all
    /// codes of a code system is one as well: `<code system>?vs` is SNOMED's way and not known.
    ///
    /// # Errors
    ///
    /// [`Problem::Unknown`].
    pub fn value_set(&self, canonical: &str) -> Result<Arc<ValueSet>, Problem> {
        let (url, version) = split(canonical);
        if let Some(stored) = self.source.find(Kind::ValueSet, url, version) {
            return Ok(Arc::new(ValueSet::of(&stored)));
        }
        let shipped = shipped::value_set(url).filter(|it| fits(version, it.version.as_deref()));
        if let Some(set) = shipped {
            return Ok(set);
        }
        // R4, CodeSystem.valueSet: a code system may name the value set of all its codes.
        let unknown = || Problem::Unknown("value set", canonical.to_owned());
        shipped::system_of_all(url)
            .map(|system| Arc::new(ValueSet::all_of(system)))
            .ok_or_else(unknown)
    }

    /// The concept map with a canonical URL, `url` or `url|version`.
    ///
    /// # Errors
    ///
    /// [`Problem::Unknown`].
    pub fn concept_map(&self, canonical: &str) -> Result<Arc<ConceptMap>, Problem> {
        let (url, version) = split(canonical);
        if let Some(stored) = self.source.find(Kind::ConceptMap, url, version) {
            return Ok(Arc::new(ConceptMap::of(&stored)));
        }
        let shipped = shipped::concept_map(url).filter(|it| fits(version, it.version.as_deref()));
        shipped.ok_or_else(|| Problem::Unknown("concept map", canonical.to_owned()))
    }

    /// Every concept map that maps codes of this system.
    pub fn maps_from(&self, system: &str) -> Vec<Arc<ConceptMap>> {
        let stored = self.source.maps_from(system);
        let stored = stored.iter().map(|it| Arc::new(ConceptMap::of(it)));
        stored.chain(shipped::maps_from(system)).collect()
    }

    /// Whether a value set has a code.
    ///
    /// # Errors
    ///
    /// When it depends on something that is not known here.
    pub fn contains(&self, set: &ValueSet, system: &str, code: &str) -> Result<bool, Problem> {
        expand::contains(self, set, system, code, 0)
    }

    /// All members of a value set, in its order, each once.
    ///
    /// # Errors
    ///
    /// When it names codes that are not known here, or more than [`MEMBERS_MAX`].
    pub fn members(&self, set: &ValueSet) -> Result<Vec<Member>, Problem> {
        expand::members(self, set, 0)
    }
}

impl Codes for Terminology<'_> {
    fn members(&self, value_set_url: &str) -> Option<Vec<Code>> {
        let set = self.value_set(value_set_url).ok()?;
        let members = Terminology::members(self, &set).ok()?;
        Some(members.into_iter().map(|it| (Some(it.system), it.code)).collect())
    }

    fn descendants(&self, system: &str, code: &str) -> Option<Vec<Code>> {
        let known = self.code_system(system).ok()?;
        let below = known.descendants(code)?;
        Some(below.into_iter().map(|code| (Some(system.to_owned()), code.to_owned())).collect())
    }

    fn ancestors(&self, system: &str, code: &str) -> Option<Vec<Code>> {
        let known = self.code_system(system).ok()?;
        let above = known.ancestors(code)?;
        Some(above.into_iter().map(|code| (Some(system.to_owned()), code.to_owned())).collect())
    }
}

/// The URL and the version of a canonical reference.
pub(crate) fn split(canonical: &str) -> (&str, Option<&str>) {
    match canonical.split_once('|') {
        Some((url, version)) => (url, Some(version).filter(|it| !it.is_empty())),
        None => (canonical, None),
    }
}

fn fits(asked: Option<&str>, own: Option<&str>) -> bool {
    asked.is_none_or(|asked| own == Some(asked))
}

fn text<'a>(value: &'a Value, name: &str) -> Option<&'a str> {
    value.get(name)?.as_str()
}

fn items<'a>(value: &'a Value, name: &str) -> impl Iterator<Item = &'a Value> {
    value.get(name).and_then(Value::as_array).into_iter().flatten()
}
