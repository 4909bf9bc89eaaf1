//! A search as it was asked, resolved against the search parameters of R4.
//!
//! [`parse`](super::parse) makes a [`Search`] from the parameters of a URL; a store finds what it
//! describes; [`matches`](super::matches) tests one resource against a condition without a store.
//! Every comparison of values is a half-open range, so that partial dates and the precision of
//! decimals are worked out once, when the search is read.

use super::Parameter;

/// What to look for, how to order it and what to add.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Search {
    /// The types searched, each once, in the order named; empty for every type.
    pub types: Vec<&'static str>,
    /// All must hold.
    pub filter: Vec<Condition>,
    /// In order of importance; what is equal by all keys follows the order of first writing.
    pub sort: Vec<SortKey>,
    pub includes: Vec<Include>,
    pub result: ResultOptions,
}

/// Something that holds of a resource or does not.
#[derive(Clone, Debug, PartialEq)]
pub enum Condition {
    /// Every one; true when there is none.
    All(Vec<Condition>),
    /// At least one; false when there is none.
    Any(Vec<Condition>),
    Not(Box<Condition>),
    /// It is of this type.
    Type(&'static str),
    /// It has this logical id.
    Id(String),
    /// `_lastUpdated`.
    Updated(DateTest),
    /// It lies in the record of this person (a `Patient` id).
    Person(String),
    /// Each word, normalised, begins a word of its text index (names, identifiers).
    Words(Vec<String>),
    /// `_text` (the narrative alone) and `_content` (every text): each word, normalised, occurs.
    Content {
        words: Vec<String>,
        narrative_only: bool,
    },
    /// A value of the parameter passes the test.
    Value {
        of: Named,
        test: Test,
    },
    /// There is any value of the parameter (`:missing=false`).
    Present(Named),
    /// The parameter, a reference, points to a local resource of this type for which `that`
    /// holds: `subject:Patient.name=amina`.
    Chain {
        of: Named,
        target: &'static str,
        that: Box<Condition>,
    },
    /// A resource of the type `source` for which `that` holds points here by its parameter
    /// `of`: `_has:Observation:patient:code=1234`.
    Has {
        source: &'static str,
        of: Named,
        that: Box<Condition>,
    },
}

/// A search parameter as a type has it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Named {
    /// The type that is searched, also for a parameter that every type has. `Resource` stands
    /// for every type. A test of a parameter holds only of resources of this type.
    pub resource_type: &'static str,
    pub parameter: &'static Parameter,
}

/// A test of one value of a parameter.
#[derive(Clone, Debug, PartialEq)]
pub enum Test {
    Token(TokenTest),
    /// `:text` on a token: a display, a `CodeableConcept.text` or an identifier's type text
    /// begins with this, normalised.
    TokenText(String),
    /// `identifier:of-type=system|code|value`: the type's system (none: any), the type's code,
    /// the value.
    OfType {
        system: Option<String>,
        code: String,
        value: String,
    },
    Text(TextTest),
    Reference(ReferenceTest),
    /// `:identifier` on a reference: `Reference.identifier` has this token.
    ReferenceIdentifier(TokenTest),
    Date(DateTest),
    Number(NumberTest),
    Quantity {
        number: NumberTest,
        unit: UnitTest,
    },
    Uri(UriTest),
    /// One test for each component, all passed by values of one and the same base element; see
    /// [`Parameter::components`].
    Composite(Vec<Test>),
}

/// A code, identifier, flag or contact.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TokenTest {
    pub system: SystemTest,
    /// None for `system|`: any code.
    pub code: Option<String>,
}

/// The system of a token.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum SystemTest {
    /// `code`.
    Any,
    /// `|code`.
    None,
    /// `system|code`.
    Is(String),
}

/// A test of a text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum TextTest {
    /// Normalised (as [`normalise_text`](super::normalise_text) does), the value begins so.
    Begins(String),
    /// Normalised, it stands somewhere in the value.
    Contains(String),
    /// The value is exactly this, letter by letter.
    Exact(String),
    /// Normalised, the value is this (`eq` of a `_filter`).
    Is(String),
    /// Normalised, the value ends so (`ew` of a `_filter`).
    Ends(String),
}

/// Where a reference points.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ReferenceTest {
    /// A resource of this server. The type is always known here: `patient=1` has become an
    /// [`Condition::Any`] over the types that the parameter allows.
    Local { resource_type: String, id: String },
    /// An absolute URL or a canonical, with its version (`|1.0`) if one was asked. Without one
    /// it finds every version, because the index has each canonical also without its version.
    Url(String),
    /// A canonical or URL and everything below it.
    UrlBelow(String),
}

/// How a value compares with the one that was asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Comparison {
    /// The value lies wholly within the asked range.
    Equal,
    /// It does not.
    NotEqual,
    /// Some of the value lies above the asked one.
    Greater,
    /// Some of the value lies below it.
    Less,
    /// `Greater` or `Equal`; of numbers, some of it lies at or above the asked one.
    GreaterOrEqual,
    LessOrEqual,
    /// All of the value lies above.
    StartsAfter,
    /// All of the value lies below.
    EndsBefore,
    /// Both ranges, widened as `ap` asks, touch.
    Approximately,
}

/// A date, moment or period.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct DateTest {
    pub comparison: Comparison,
    /// Milliseconds since 1970-01-01T00:00:00Z, already widened for `Approximately`.
    pub from: i64,
    /// Excluded.
    pub until: i64,
}

impl DateTest {
    /// Whether a value passes: the half-open range of milliseconds `from..to`.
    ///
    /// ```
    /// use manzil_fhir::search::query::{Comparison, DateTest};
    ///
    /// let in_may = DateTest { comparison: Comparison::Equal, from: 100, until: 200 };
    /// assert!(in_may.holds(120, 121) && !in_may.holds(90, 121));
    /// ```
    pub fn holds(&self, from: i64, to: i64) -> bool {
        let within = self.from <= from && to <= self.until;
        match self.comparison {
            Comparison::Equal => within,
            Comparison::NotEqual => !within,
            Comparison::Greater => to > self.until,
            Comparison::Less => from < self.from,
            Comparison::GreaterOrEqual => to > self.until || within,
            Comparison::LessOrEqual => from < self.from || within,
            Comparison::StartsAfter => from >= self.until,
            Comparison::EndsBefore => to <= self.from,
            Comparison::Approximately => from < self.until && to > self.from,
        }
    }
}

/// A number, in the unit in which it is to be compared.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct NumberTest {
    pub comparison: Comparison,
    /// As asked: what `gt`, `lt`, `ge`, `le`, `sa` and `eb` compare with.
    pub value: f64,
    /// The range that the written precision implies (`100` is 99.5 to 100.5); widened for
    /// `Approximately`.
    pub from: f64,
    pub until: f64,
}

impl NumberTest {
    /// Whether a value passes: `low..=high`, both the same for a plain number.
    ///
    /// ```
    /// use manzil_fhir::search::query::{Comparison, NumberTest};
    ///
    /// let comparison = Comparison::Equal;
    /// let hundred = NumberTest { comparison, value: 100.0, from: 99.5, until: 100.5 };
    /// assert!(hundred.holds(100.4, 100.4) && !hundred.holds(100.5, 100.5));
    /// ```
    pub fn holds(&self, low: f64, high: f64) -> bool {
        let within = self.from <= low && high < self.until;
        match self.comparison {
            Comparison::Equal => within,
            Comparison::NotEqual => !within,
            Comparison::Greater => high > self.value,
            Comparison::Less => low < self.value,
            Comparison::GreaterOrEqual => high >= self.value,
            Comparison::LessOrEqual => low <= self.value,
            Comparison::StartsAfter => low > self.value,
            Comparison::EndsBefore => high < self.value,
            Comparison::Approximately => low < self.until && high >= self.from,
        }
    }
}

/// The unit of a quantity. The numbers beside it are in this unit.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum UnitTest {
    /// `5.4`: whatever the unit, compare the number as written.
    Any,
    /// `5.4||mg`: the code or the printed unit is this, whatever the system.
    Code(String),
    /// `5.4|system`: whatever the code.
    System(String),
    /// `5.4|system|code`, when the unit is not one of UCUM that can be converted.
    Is { system: String, code: String },
    /// A UCUM unit, converted; `code` is the canonical one, for example `g`.
    Canonical(String),
}

/// A URI as a text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum UriTest {
    Is(String),
    /// This one, or one that continues it after a `/`.
    Below(String),
    /// This one, or one that it continues.
    Above(String),
}

/// One key to sort by.
#[derive(Clone, Debug, PartialEq)]
pub struct SortKey {
    pub by: SortBy,
    pub descending: bool,
}

/// What is compared. A resource without a value comes last in either direction; one with
/// several is ordered by its least (ascending) or greatest (descending).
#[derive(Clone, Debug, PartialEq)]
pub enum SortBy {
    Id,
    Updated,
    /// One for each searched type that has a parameter of the name.
    Values(Vec<Named>),
}

/// Resources to add to the matches.
#[derive(Clone, Debug, PartialEq)]
pub struct Include {
    /// `_revinclude`: the resources that point to a match by the parameter, instead of those
    /// that a match points to.
    pub reverse: bool,
    /// Also from what was included.
    pub iterate: bool,
    /// The type whose parameters point. `None` stands for `*`: every type.
    pub source: Option<&'static str>,
    /// None for every reference parameter (`*`).
    pub of: Option<Named>,
    /// Only targets of this type.
    pub target: Option<&'static str>,
}

/// How the answer is to look.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ResultOptions {
    /// `_count`; zero asks for the total alone.
    pub count: Option<usize>,
    pub total: Total,
    pub summary: Summary,
    /// `_elements`: top-level names; empty for everything.
    pub elements: Vec<String>,
    /// What was left out.
    pub ignored: Vec<Ignored>,
    /// The places of the parameters that were used, in the list that was parsed: what the
    /// `self` link repeats.
    pub used: Vec<usize>,
}

/// A part of a search that was left out under lenient handling.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Ignored {
    pub parameter: String,
    pub reason: String,
}

/// `_total`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Total {
    /// Nothing was asked: the server decides.
    #[default]
    Unasked,
    None,
    Estimate,
    Accurate,
}

/// `_summary`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Summary {
    #[default]
    False,
    True,
    Text,
    Data,
    Count,
}
