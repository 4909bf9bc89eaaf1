//! What an evaluation may know besides the record: variables, the time, other resources.

use std::collections::BTreeMap;
use std::fmt;

use jiff::Zoned;
use serde_json::Value;

use super::quantity::UCUM;
use super::temporal::Temporal;
use super::value::{Collection, Item};

/// The most steps that one evaluation takes, unless the context says otherwise. A step is a
/// node of the expression evaluated, an item looked at, or two items compared.
pub const EVALUATION_STEPS_MAX: u64 = 1_000_000;

/// What a reference leads to.
#[derive(Clone, Copy, Debug)]
pub enum Resolved<'a> {
    /// The resource itself.
    Resource(&'a Value),
    /// A resource of the type that the reference names, which was not read. It can be asked
    /// for its type and nothing else.
    TypeOnly,
    /// Nothing; `resolve()` leaves it out.
    Absent,
}

/// Reads the resource that a reference (`Patient/1`, an absolute URL) points to.
pub(super) type Resolver<'a> = dyn Fn(&str) -> Resolved<'a> + 'a;

/// Says whether a code, Coding or CodeableConcept is in the value set with this URL; none
/// when that is not known.
pub(super) type Membership<'a> = dyn Fn(&Item<'_>, &str) -> Option<bool> + 'a;

/// Receives what `trace()` reports: its name and the items.
pub(super) type Trace<'a> = dyn Fn(&str, &[Item<'_>]) + 'a;

/// What an evaluation may know besides its root.
///
/// There is no clock here: without [`Context::at`], `now()`, `today()` and `timeOfDay()` are
/// errors.
pub struct Context<'a> {
    variables: BTreeMap<String, Collection<'a>>,
    pub(super) now: Option<Temporal>,
    pub(super) resolver: Option<Box<Resolver<'a>>>,
    pub(super) membership: Option<Box<Membership<'a>>>,
    pub(super) trace: Option<Box<Trace<'a>>>,
    pub(super) steps_max: u64,
}

impl<'a> Context<'a> {
    /// A context that knows nothing. `%resource`, `%rootResource` and `%context` are the root
    /// of the evaluation unless [`Context::variable`] sets them.
    pub fn new() -> Self {
        Self {
            variables: BTreeMap::new(),
            now: None,
            resolver: None,
            membership: None,
            trace: None,
            steps_max: EVALUATION_STEPS_MAX,
        }
    }

    /// Sets the moment of `now()`, `today()` and `timeOfDay()`, to the millisecond.
    #[must_use]
    pub fn at(mut self, now: &Zoned) -> Self {
        self.now = Some(Temporal::from_clock(now.datetime(), now.offset().seconds()));
        self
    }

    /// Sets `%name`.
    #[must_use]
    pub fn variable(mut self, name: impl Into<String>, value: Collection<'a>) -> Self {
        self.variables.insert(name.into(), value);
        self
    }

    /// Sets `%resource` and `%rootResource` to the resource that holds the element under
    /// evaluation (and, when it is contained, the resource that contains it).
    #[must_use]
    pub fn resource(self, resource: &'a Value, root: &'a Value) -> Self {
        self.variable("resource", vec![Item::new(resource)])
            .variable("rootResource", vec![Item::new(root)])
    }

    /// Sets what `resolve()` asks. References to contained resources are resolved without it.
    #[must_use]
    pub fn resolver(mut self, resolver: impl Fn(&str) -> Resolved<'a> + 'a) -> Self {
        self.resolver = Some(Box::new(resolver));
        self
    }

    /// Lets `resolve()` tell the types of targets from the references, and read nothing:
    /// enough for `subject.where(resolve() is Patient)`.
    #[must_use]
    pub fn reference_types(self) -> Self {
        self.resolver(|_| Resolved::TypeOnly)
    }

    /// Sets what `memberOf()` asks.
    #[must_use]
    pub fn membership(mut self, test: impl Fn(&Item<'_>, &str) -> Option<bool> + 'a) -> Self {
        self.membership = Some(Box::new(test));
        self
    }

    /// Sets where `trace()` reports to.
    #[must_use]
    pub fn trace(mut self, trace: impl Fn(&str, &[Item<'_>]) + 'a) -> Self {
        self.trace = Some(Box::new(trace));
        self
    }

    /// Sets the most steps of one evaluation.
    #[must_use]
    pub fn steps_max(mut self, steps: u64) -> Self {
        self.steps_max = steps;
        self
    }

    /// The value of `%name`, the standard's own included.
    pub(super) fn lookup<'r>(&self, name: &str, root: &Item<'r>) -> Option<Collection<'r>>
    where
        'a: 'r,
    {
        if let Some(value) = self.variables.get(name) {
            return Some(value.clone());
        }
        let text = match name {
            "resource" | "rootResource" | "context" => return Some(vec![root.clone()]),
            "sct" => "http://snomed.info/sct".to_owned(),
            "loinc" => "http://loinc.org".to_owned(),
            "ucum" => UCUM.to_owned(),
            _ => match name.split_once('-')? {
                ("vs", rest) => format!("http://hl7.org/fhir/ValueSet/{rest}"),
                ("ext", rest) => format!("http://hl7.org/fhir/StructureDefinition/{rest}"),
                _ => return None,
            },
        };
        Some(vec![text.into()])
    }
}

impl Default for Context<'_> {
    fn default() -> Self {
        Self::new()
    }
}

impl fmt::Debug for Context<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Context")
            .field("variables", &self.variables)
            .field("now", &self.now)
            .field("steps_max", &self.steps_max)
            .finish_non_exhaustive()
    }
}
