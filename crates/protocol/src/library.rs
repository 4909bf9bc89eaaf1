//! Everything that has been read: facts, protocols, reference tables and phrases.

use std::collections::BTreeMap;
use std::sync::Arc;

use jiff::civil::Date;

use crate::aloud::Phrases;
use crate::bind::Bound;
use crate::diagnostic::Diagnostic;
use crate::evaluate::plan::Plan;
use crate::{Fact, Name, Never, Protocol, Sources, Span};

/// All facts and protocols, read and resolved. Made by [`Library::load`].
#[derive(Clone, Debug, Default)]
pub struct Library {
    pub(crate) sources: Sources,
    /// In the order of the files and of their places in them.
    pub(crate) facts: Vec<Arc<Fact>>,
    pub(crate) fact_places: BTreeMap<Name, usize>,
    pub(crate) nevers: Vec<Never>,
    pub(crate) protocols: Vec<Arc<Protocol>>,
    pub(crate) references: BTreeMap<Name, Reference>,
    /// By language.
    pub(crate) phrases: BTreeMap<String, Phrases>,
    /// The compiled bindings, by fact.
    pub(crate) bounds: BTreeMap<Name, Arc<Bound>>,
    /// The compiled protocols, in their order.
    pub(crate) plans: Vec<Arc<Plan>>,
    /// The compiled combinations that cannot be.
    pub(crate) never_plan: Arc<Plan>,
}

/// A table in which codes are looked up, such as the incidence of a disease by country.
#[derive(Clone, Debug)]
pub struct Reference {
    pub id: Name,
    pub title: String,
    /// Where its values come from.
    pub source: String,
    pub status: crate::Status,
    pub values: BTreeMap<String, String>,
    pub span: Span,
}

impl Library {
    /// Reads and checks every file. `docs/protocol-language.md` says what belongs where; a file's
    /// part is told by its path: `facts/*.toml`, `reference/*.toml`,
    /// `phrases/*.toml`,
    /// `protocols/**/protocol.toml` and the folders `forms` and `cases` beside it. Files that
    /// are not TOML and other folders are passed over.
    ///
    /// # Errors
    /// Everything that is wrong, by file and place.
    pub fn load(
        files: impl IntoIterator<Item = (String, String)>,
    ) -> Result<Self, Vec<Diagnostic>> {
        crate::load::load(Sources::new(files))
    }

    /// The files as they were read.
    pub fn sources(&self) -> &Sources {
        &self.sources
    }

    /// The vocabulary, in the order of the files.
    pub fn facts(&self) -> &[Arc<Fact>] {
        &self.facts
    }

    /// The fact with this id.
    pub fn fact(&self, id: &str) -> Option<&Fact> {
        self.fact_places.get(id).and_then(|place| self.facts.get(*place)).map(AsRef::as_ref)
    }

    /// Combinations of facts that cannot be.
    pub fn nevers(&self) -> &[Never] {
        &self.nevers
    }

    /// All protocols and libraries, by id and then by the date from which they are in force.
    pub fn protocols(&self) -> &[Arc<Protocol>] {
        &self.protocols
    }

    /// One edition.
    pub fn protocol(&self, id: &str, edition: &str) -> Option<&Protocol> {
        self.protocols
            .iter()
            .find(|protocol| protocol.id == *id && protocol.edition == *edition)
            .map(AsRef::as_ref)
    }

    /// The edition in force on an exam date. Editions of one id do not overlap.
    pub fn edition_on(&self, id: &str, exam: Date) -> Option<&Protocol> {
        self.protocols
            .iter()
            .find(|protocol| protocol.id == *id && !protocol.library && protocol.in_force_on(exam))
            .map(AsRef::as_ref)
    }

    /// All protocols in force on an exam date, libraries left out.
    pub fn in_force_on(&self, exam: Date) -> impl Iterator<Item = &Protocol> {
        self.protocols
            .iter()
            .map(AsRef::as_ref)
            .filter(move |protocol| !protocol.library && protocol.in_force_on(exam))
    }

    /// The table in which codes are looked up.
    pub fn reference(&self, id: &str) -> Option<&Reference> {
        self.references.get(id)
    }

    /// The compiled binding of a fact that has one.
    pub(crate) fn bound(&self, fact: &str) -> Option<&Bound> {
        self.bounds.get(fact).map(AsRef::as_ref)
    }

    /// Compiles every protocol, once all is read.
    pub(crate) fn compile(&mut self) {
        let plan = |protocol: &Arc<Protocol>| Arc::new(Plan::of(self, Some(protocol)));
        let plans = self.protocols.iter().map(plan).collect();
        self.never_plan = Arc::new(Plan::of(self, None));
        self.plans = plans;
    }

    /// The compiled form of a protocol; of one that is not this library's own, made anew.
    pub(crate) fn plan(&self, protocol: &Protocol) -> Arc<Plan> {
        let own = self.protocols.iter().position(|own| std::ptr::eq(own.as_ref(), protocol));
        let found = own.and_then(|at| self.plans.get(at));
        found.map_or_else(|| Arc::new(Plan::of(self, Some(protocol))), Arc::clone)
    }

    /// The words of a language (`ar-EG` falls back to `ar`), else English.
    pub fn phrases(&self, language: &str) -> &Phrases {
        let base = language.split('-').next().unwrap_or(language);
        self.phrases
            .get(language)
            .or_else(|| self.phrases.get(base))
            .or_else(|| self.phrases.get("en"))
            .unwrap_or_else(|| Phrases::english())
    }

    /// A diagnostic at a span of this library.
    pub fn diagnostic(
        &self,
        code: &'static str,
        span: Span,
        message: impl Into<String>,
    ) -> Diagnostic {
        Diagnostic::new(&self.sources, code, span, message)
    }
}
