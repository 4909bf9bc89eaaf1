//! The functions: their names and arguments here, their work in the files below.

mod boundary;
mod collection;
mod convert;
mod fhir;
mod math;
mod text;
mod tree;
mod when;

use super::ast::Node;
use super::error::{ErrorKind, FhirPathError};
use super::eval::{Evaluation, Scope};
use super::value::{Collection, Item};

/// A function, with its arguments counted when it is compiled.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Function {
    Abs,
    Aggregate,
    All,
    AllFalse,
    AllTrue,
    AnyFalse,
    AnyTrue,
    Ceiling,
    Children,
    Coalesce,
    Combine,
    Comparable,
    ConformsTo,
    Contains,
    ConvertsTo(Target),
    Count,
    DateOf,
    Decode,
    DefineVariable,
    Descendants,
    Distinct,
    Empty,
    Encode,
    EndsWith,
    Escape,
    Exclude,
    Exists,
    Exp,
    Extension,
    First,
    Floor,
    GetValue,
    HasValue,
    HighBoundary,
    HtmlChecks,
    Iif,
    IndexOf,
    Intersect,
    IsDistinct,
    Join,
    Last,
    LastIndexOf,
    Length,
    Ln,
    Log,
    LowBoundary,
    Lower,
    Matches,
    MatchesFull,
    MemberOf,
    Not,
    Now,
    Part(Part),
    Power,
    Precision,
    Repeat,
    RepeatAll,
    Replace,
    ReplaceMatches,
    Resolve,
    Round,
    Select,
    Single,
    Skip,
    Sort,
    Split,
    Sqrt,
    StartsWith,
    SubsetOf,
    Substring,
    SupersetOf,
    Tail,
    Take,
    TimeOf,
    TimeOfDay,
    To(Target),
    ToChars,
    Today,
    Trace,
    Trim,
    Truncate,
    Type,
    Unescape,
    Union,
    Upper,
    Where,
}

/// The type that a conversion makes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Target {
    Boolean,
    Integer,
    Decimal,
    String,
    Date,
    DateTime,
    Time,
    Quantity,
}

/// A part of a date or time.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Part {
    Year,
    Month,
    Day,
    Hour,
    Minute,
    Second,
    Millisecond,
    Offset,
}

/// Name, function, fewest and most arguments.
const FUNCTIONS: &[(&str, Function, usize, usize)] = &[
    ("abs", Function::Abs, 0, 0),
    ("aggregate", Function::Aggregate, 1, 2),
    ("all", Function::All, 1, 1),
    ("allFalse", Function::AllFalse, 0, 0),
    ("allTrue", Function::AllTrue, 0, 0),
    ("anyFalse", Function::AnyFalse, 0, 0),
    ("anyTrue", Function::AnyTrue, 0, 0),
    ("ceiling", Function::Ceiling, 0, 0),
    ("children", Function::Children, 0, 0),
    ("coalesce", Function::Coalesce, 1, 64),
    ("combine", Function::Combine, 1, 2),
    ("comparable", Function::Comparable, 1, 1),
    ("conformsTo", Function::ConformsTo, 1, 1),
    ("contains", Function::Contains, 1, 1),
    ("convertsToBoolean", Function::ConvertsTo(Target::Boolean), 0, 0),
    ("convertsToDate", Function::ConvertsTo(Target::Date), 0, 0),
    ("convertsToDateTime", Function::ConvertsTo(Target::DateTime), 0, 0),
    ("convertsToDecimal", Function::ConvertsTo(Target::Decimal), 0, 0),
    ("convertsToInteger", Function::ConvertsTo(Target::Integer), 0, 0),
    ("convertsToQuantity", Function::ConvertsTo(Target::Quantity), 0, 1),
    ("convertsToString", Function::ConvertsTo(Target::String), 0, 0),
    ("convertsToTime", Function::ConvertsTo(Target::Time), 0, 0),
    ("count", Function::Count, 0, 0),
    ("dateOf", Function::DateOf, 0, 0),
    ("dayOf", Function::Part(Part::Day), 0, 0),
    ("decode", Function::Decode, 1, 1),
    ("defineVariable", Function::DefineVariable, 1, 2),
    ("descendants", Function::Descendants, 0, 0),
    ("distinct", Function::Distinct, 0, 0),
    ("empty", Function::Empty, 0, 0),
    ("encode", Function::Encode, 1, 1),
    ("endsWith", Function::EndsWith, 1, 1),
    ("escape", Function::Escape, 1, 1),
    ("exclude", Function::Exclude, 1, 1),
    ("exists", Function::Exists, 0, 1),
    ("exp", Function::Exp, 0, 0),
    ("extension", Function::Extension, 1, 1),
    ("first", Function::First, 0, 0),
    ("floor", Function::Floor, 0, 0),
    ("getValue", Function::GetValue, 0, 0),
    ("hasValue", Function::HasValue, 0, 0),
    ("highBoundary", Function::HighBoundary, 0, 1),
    ("hourOf", Function::Part(Part::Hour), 0, 0),
    ("htmlChecks", Function::HtmlChecks, 0, 0),
    ("iif", Function::Iif, 2, 3),
    ("indexOf", Function::IndexOf, 1, 1),
    ("intersect", Function::Intersect, 1, 1),
    ("isDistinct", Function::IsDistinct, 0, 0),
    ("join", Function::Join, 0, 1),
    ("last", Function::Last, 0, 0),
    ("lastIndexOf", Function::LastIndexOf, 1, 1),
    ("length", Function::Length, 0, 0),
    ("ln", Function::Ln, 0, 0),
    ("log", Function::Log, 1, 1),
    ("lowBoundary", Function::LowBoundary, 0, 1),
    ("lower", Function::Lower, 0, 0),
    ("matches", Function::Matches, 1, 1),
    ("matchesFull", Function::MatchesFull, 1, 1),
    ("memberOf", Function::MemberOf, 1, 1),
    ("millisecondOf", Function::Part(Part::Millisecond), 0, 0),
    ("minuteOf", Function::Part(Part::Minute), 0, 0),
    ("monthOf", Function::Part(Part::Month), 0, 0),
    ("not", Function::Not, 0, 0),
    ("now", Function::Now, 0, 0),
    ("power", Function::Power, 1, 1),
    ("precision", Function::Precision, 0, 0),
    ("repeat", Function::Repeat, 1, 1),
    ("repeatAll", Function::RepeatAll, 1, 1),
    ("replace", Function::Replace, 2, 2),
    ("replaceMatches", Function::ReplaceMatches, 2, 2),
    ("resolve", Function::Resolve, 0, 0),
    ("round", Function::Round, 0, 1),
    ("secondOf", Function::Part(Part::Second), 0, 0),
    ("select", Function::Select, 1, 1),
    ("single", Function::Single, 0, 0),
    ("skip", Function::Skip, 1, 1),
    ("sort", Function::Sort, 0, 16),
    ("split", Function::Split, 1, 1),
    ("sqrt", Function::Sqrt, 0, 0),
    ("startsWith", Function::StartsWith, 1, 1),
    ("subsetOf", Function::SubsetOf, 1, 1),
    ("substring", Function::Substring, 1, 2),
    ("supersetOf", Function::SupersetOf, 1, 1),
    ("tail", Function::Tail, 0, 0),
    ("take", Function::Take, 1, 1),
    ("timeOf", Function::TimeOf, 0, 0),
    ("timeOfDay", Function::TimeOfDay, 0, 0),
    ("timezoneOffsetOf", Function::Part(Part::Offset), 0, 0),
    ("toBoolean", Function::To(Target::Boolean), 0, 0),
    ("toChars", Function::ToChars, 0, 0),
    ("toDate", Function::To(Target::Date), 0, 0),
    ("toDateTime", Function::To(Target::DateTime), 0, 0),
    ("toDecimal", Function::To(Target::Decimal), 0, 0),
    ("toInteger", Function::To(Target::Integer), 0, 0),
    ("toQuantity", Function::To(Target::Quantity), 0, 1),
    ("toString", Function::To(Target::String), 0, 0),
    ("toTime", Function::To(Target::Time), 0, 0),
    ("today", Function::Today, 0, 0),
    ("trace", Function::Trace, 1, 2),
    ("trim", Function::Trim, 0, 0),
    ("truncate", Function::Truncate, 0, 0),
    ("type", Function::Type, 0, 0),
    ("unescape", Function::Unescape, 1, 1),
    ("union", Function::Union, 1, 1),
    ("upper", Function::Upper, 0, 0),
    ("where", Function::Where, 1, 1),
    ("yearOf", Function::Part(Part::Year), 0, 0),
];

/// Functions that exist elsewhere and are refused, with the reason.
const REFUSED: &[(&str, &str)] = &[
    ("avg", "it is a draft; write aggregate() instead"),
    ("checkModifiers", "it is not defined for data outside a profile"),
    ("convertsToLong", "64-bit integers are not part of FHIR R4"),
    ("difference", "it is a draft"),
    ("duration", "it is a draft"),
    ("elementDefinition", "it needs profiles, which expressions do not have"),
    ("expand", "it needs a terminology server"),
    ("hasTemplateIdOf", "it belongs to CDA"),
    ("lookup", "it needs a terminology server"),
    ("pathname", "it is a draft"),
    ("slice", "it needs profiles, which expressions do not have"),
    ("subsumedBy", "it needs a terminology server"),
    ("subsumes", "it needs a terminology server"),
    ("sum", "it is a draft; write aggregate() instead"),
    ("toLong", "64-bit integers are not part of FHIR R4"),
    ("translate", "it needs a terminology server"),
    ("validateCS", "it needs a terminology server"),
    ("validateVS", "it needs a terminology server"),
    ("weight", "it needs a terminology server"),
    ("max", "it is a draft; write aggregate() instead"),
    ("min", "it is a draft; write aggregate() instead"),
    ("ordinal", "it needs a terminology server"),
];

/// The function with this name.
pub(super) fn named(name: &str, column: u32) -> Result<Function, FhirPathError> {
    if let Some((_, function, ..)) = FUNCTIONS.iter().find(|(known, ..)| *known == name) {
        return Ok(*function);
    }
    if let Some((_, reason)) = REFUSED.iter().find(|(known, _)| *known == name) {
        return Err(FhirPathError::refused(column, name, reason));
    }
    let known = FUNCTIONS.iter().find(|(known, ..)| known.eq_ignore_ascii_case(name));
    let cure = match known {
        Some((known, ..)) => format!("write {known}()"),
        None => "use a function of FHIRPath 2.0 or of FHIR R4".into(),
    };
    let reason = format!("there is no function `{name}`");
    Err(FhirPathError::new(ErrorKind::Function, column, reason, cure))
}

/// Refuses a wrong number of arguments.
pub(super) fn check_arguments(
    function: Function,
    name: &str,
    arguments: &[Node],
    column: u32,
) -> Result<(), FhirPathError> {
    let found = FUNCTIONS.iter().find(|(_, known, ..)| *known == function);
    let (least, most) = found.map_or((0, 0), |(_, _, least, most)| (*least, *most));
    if !(least..=most).contains(&arguments.len()) {
        let wanted = if least == most { least.to_string() } else { format!("{least} to {most}") };
        let reason = format!("{name}() takes {wanted} arguments and got {}", arguments.len());
        let cure = "give it the arguments that it takes";
        return Err(FhirPathError::new(ErrorKind::Function, column, reason, cure));
    }
    Ok(())
}

/// Refuses the variables that stand for services.
pub(super) fn check_external(name: &str, column: u32) -> Result<(), FhirPathError> {
    let reason = match name {
        "terminologies" | "server" => "it needs a server",
        "factory" => "values are read here, never made",
        _ => return Ok(()),
    };
    Err(FhirPathError::refused(column, format!("%{name}"), reason))
}

/// A call that is being evaluated.
#[derive(Clone, Copy, Debug)]
pub(super) struct Call<'s, 'a> {
    pub(super) function: Function,
    pub(super) arguments: &'a [Node],
    /// Where the call was written; arguments that are not repeated per item see it.
    pub(super) scope: Scope<'s, 'a>,
    pub(super) column: u32,
}

impl<'a> Evaluation<'_, '_, 'a> {
    pub(super) fn call(
        &mut self,
        call: Call<'_, 'a>,
        input: Collection<'a>,
    ) -> Result<Collection<'a>, FhirPathError> {
        use Function as F;
        match call.function {
            F::Empty
            | F::Exists
            | F::Count
            | F::All
            | F::AllTrue
            | F::AllFalse
            | F::AnyTrue
            | F::AnyFalse
            | F::Not
            | F::Distinct
            | F::IsDistinct
            | F::SubsetOf
            | F::SupersetOf
            | F::First
            | F::Last
            | F::Tail
            | F::Skip
            | F::Take
            | F::Single
            | F::Union
            | F::Combine
            | F::Intersect
            | F::Exclude
            | F::Coalesce => self.collection(call, input),
            F::Where
            | F::Select
            | F::Repeat
            | F::RepeatAll
            | F::Aggregate
            | F::Iif
            | F::Sort
            | F::Trace
            | F::DefineVariable
            | F::Children
            | F::Descendants => self.tree(call, input),
            _ => self.call_on_one(call, &input),
        }
    }

    /// Functions of one value, or nearly so.
    fn call_on_one(
        &mut self,
        call: Call<'_, 'a>,
        input: &[Item<'a>],
    ) -> Result<Collection<'a>, FhirPathError> {
        use Function as F;
        match call.function {
            F::To(_) | F::ConvertsTo(_) | F::Type => self.convert(call, input),
            F::Abs
            | F::Ceiling
            | F::Floor
            | F::Truncate
            | F::Round
            | F::Exp
            | F::Ln
            | F::Log
            | F::Power
            | F::Sqrt
            | F::Comparable => self.math(call, input),
            F::LowBoundary | F::HighBoundary | F::Precision => self.boundary(call, input),
            F::Now | F::Today | F::TimeOfDay | F::Part(_) | F::DateOf | F::TimeOf => {
                self.when(call, input)
            }
            F::Extension
            | F::HasValue
            | F::GetValue
            | F::Resolve
            | F::MemberOf
            | F::ConformsTo
            | F::HtmlChecks => self.fhir(call, input),
            _ => self.text(call, input),
        }
    }
}
