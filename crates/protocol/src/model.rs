//! What a protocol is once it has been read: every name resolved, every type checked.
//!
//! Start with [`Protocol`]. Each item keeps the [`Span`](crate::Span) where it was written.

mod case;
mod fact;
mod protocol;
mod step;
mod table;
mod text;

pub use case::{Case, Expected, ExpectedStep};
pub use fact::{As, Binding, Changes, CodeValue, Fact, FactKind, Never, Pick};
pub use protocol::{
    Certificate, Citation, CountsFrom, Disclosure, Protocol, ProtocolRef, Source, Status,
};
pub use step::{Form, FormItem, Station, Step, Wait};
pub use table::{Compute, Define, Effect, Exclusion, Outcome, Rule, Sum, Table, TableKind};
pub use text::{Name, Text};
