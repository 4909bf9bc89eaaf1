//! FHIRPath 2.0 over FHIR R4.
//!
//! [`Expression::compile`] reads an expression once; [`Expression::evaluate`] answers it for a
//! record, as often as needed. An expression can be checked against a type before there is
//! any record, with [`Expression::check`].
//!
//! ```
//! use manzil_fhir::fhirpath::{Context, Expression};
//! use manzil_fhir::Resource;
//!
//! let patient = Resource::parse(r#"{"resourceType":"Patient","birthDate":"1980-05"}"#)?;
//! let born_before = Expression::compile("Patient.birthDate < @1981-01-01")?;
//! assert_eq!(born_before.evaluate_bool(&Context::new(), patient.value())?, Some(true));
//!
//! // A date that may lie on either side gives no answer.
//! let may_day = Expression::compile("birthDate < @1980-05-02")?;
//! assert_eq!(may_day.evaluate_bool(&Context::new(), patient.value())?, None);
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! An answer is right or is refused: a function that is not supported is an error by name,
//! and so is a point on which the standard and its official suite disagree. There is no clock
//! and no I/O here; the [`Context`] brings the time and whatever lies outside the record.
//!
//! The standard: <http://hl7.org/fhirpath/N1>, and <https://hl7.org/fhir/R4/fhirpath.html> for
//! what FHIR adds. Read `parser` first, then `eval`.

mod ast;
mod check;
mod compare;
mod context;
mod error;
mod eval;
mod functions;
mod lexer;
mod model;
mod operate;
mod parser;
mod patterns;
pub(crate) mod quantity;
mod temporal;
pub(crate) mod ucum;
pub(crate) mod value;

use std::fmt;

use ast::Node;
pub use context::{Context, EVALUATION_STEPS_MAX, Resolved};
pub use error::{ErrorKind, FhirPathError};
use eval::Evaluation;
pub use parser::{EXPRESSION_BYTES_MAX, EXPRESSION_DEPTH_MAX};
use patterns::Patterns;
pub use quantity::{CalendarUnit, Quantity, Unit};
pub use temporal::{Precision, Temporal, TemporalKind};
pub use value::{Collection, Element, Item, System, TypeInfo};

/// A compiled expression.
#[derive(Clone)]
pub struct Expression {
    source: String,
    root: Node,
    patterns: Patterns,
}

impl Expression {
    /// Reads an expression.
    ///
    /// # Errors
    ///
    /// What is not FHIRPath, names an unknown function or type, or uses what is not supported.
    pub fn compile(source: &str) -> Result<Self, FhirPathError> {
        let root = parser::parse(source)?;
        let patterns = Patterns::of(&root)?;
        Ok(Self { source: source.to_owned(), root, patterns })
    }

    /// The expression as it was written.
    pub fn source(&self) -> &str {
        &self.source
    }

    /// Checks every path against the elements of R4, from a root of the given type
    /// or path (`Patient`, `Patient.contact`), and conditions against Boolean. A path that the checker cannot follow is
    /// taken to be right.
    ///
    /// # Errors
    ///
    /// A path that no value of its type can have, and a condition that is never a Boolean.
    pub fn check(&self, root_type: &str) -> Result<(), FhirPathError> {
        check::types(&self.root, root_type)
    }

    /// Checks that nothing depends on the order of `children()`, `descendants()` and
    /// `repeat()`, which is not defined.
    ///
    /// # Errors
    ///
    /// An indexer, `first()`, `skip()` and the like on such items.
    pub fn check_order(&self) -> Result<(), FhirPathError> {
        check::order(&self.root)
    }

    /// The items that the expression finds from a root: `&Value`, or [`Item::typed`] for an
    /// element.
    ///
    /// # Errors
    ///
    /// Content or operands of the wrong type, more than one item where one is wanted, a limit,
    /// and what is not supported.
    pub fn evaluate<'a, 'v: 'a>(
        &'a self,
        context: &Context<'v>,
        root: impl Into<Item<'a>>,
    ) -> Result<Collection<'a>, FhirPathError> {
        Evaluation::new(context, &self.patterns, root.into()).run(&self.root)
    }

    /// The expression as a condition: none when the answer is unknown (an empty result).
    /// A single item that is not a Boolean counts as true, as the standard says.
    ///
    /// # Errors
    ///
    /// As [`Expression::evaluate`], and a result of more than one item.
    pub fn evaluate_bool<'a, 'v: 'a>(
        &'a self,
        context: &Context<'v>,
        root: impl Into<Item<'a>>,
    ) -> Result<Option<bool>, FhirPathError> {
        eval::truth(&self.evaluate(context, root)?, self.root.column)
    }
}

impl fmt::Debug for Expression {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Expression").field(&self.source).finish()
    }
}

impl fmt::Display for Expression {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.source)
    }
}

impl PartialEq for Expression {
    fn eq(&self, other: &Self) -> bool {
        self.source == other.source
    }
}

#[cfg(test)]
mod tests;
