//! Rules as data: the protocol language, its loader, its evaluator and its words.
//!
//! A protocol says what a person needs, decides what the findings mean and gives its reasons.
//! `docs/protocol-language.md` is the whole language on one page.
//!
//! Start with [`Library::load`], which reads every file and either hands back protocols whose
//! every name, type and unit has been resolved, or all that is wrong with them. Then
//! [`evaluate`] decides one person under one protocol. Nothing here does I/O or reads a clock.

pub mod aloud;
pub mod bind;
pub mod case;
mod cells;
pub mod change;
pub mod check;
pub mod codes;
pub mod condition;
pub mod diagnostic;
pub mod evaluate;
pub mod explain;
#[cfg(test)]
mod fixture;
pub mod interval;
pub mod library;
pub mod limits;
mod load;
pub mod model;
mod nearest;
pub mod number;
pub mod prove;
pub mod span;
pub mod value;

pub use condition::{Comparison, Condition, Subject};
pub use diagnostic::{Diagnostic, Paint};
pub use evaluate::{Evaluation, contradiction, evaluate};
pub use library::Library;
pub use model::{
    Case, Certificate, Changes, Citation, CodeValue, Compute, Define, Disclosure, Effect, Expected,
    ExpectedStep, Fact, FactKind, Form, FormItem, Never, Outcome, Protocol, ProtocolRef, Rule,
    Source, Station, Status, Step, Sum, Table, TableKind, Wait,
};
pub use model::{Name, Text};
pub use number::{Decimal, Period, Unit};
pub use span::{SourceFile, Sources, Span};
pub use value::{Evidence, Facts, Given, Known, Value, ValueError};
