//! The current moment, and the parts of dates and times.

use rust_decimal::Decimal;

use super::{Call, Function, Part};
use crate::fhirpath::error::{ErrorKind, FhirPathError};
use crate::fhirpath::eval::{Evaluation, one, plain};
use crate::fhirpath::temporal::{Precision, Temporal, TemporalKind};
use crate::fhirpath::value::{Collection, Item, System};

impl<'a> Evaluation<'_, '_, 'a> {
    pub(super) fn when(
        &mut self,
        call: Call<'_, 'a>,
        input: &[Item<'a>],
    ) -> Result<Collection<'a>, FhirPathError> {
        let now = || {
            self.context.now.ok_or_else(|| {
                let reason = "the current time was not given";
                let cure = "give the context a moment, with Context::at";
                FhirPathError::new(ErrorKind::Variable, call.column, reason, cure)
            })
        };
        let found = match call.function {
            Function::Now => Some(System::Temporal(now()?)),
            Function::Today => now()?.to_date().map(System::Temporal),
            Function::TimeOfDay => now()?.to_time().map(System::Temporal),
            function => {
                let item = one(input, "a part of a date", call.column)?;
                match item.map(|item| plain(item, call.column)).transpose()?.flatten() {
                    Some(System::Temporal(value)) => of(function, value),
                    _ => None,
                }
            }
        };
        Ok(found.map(Item::System).into_iter().collect())
    }
}

fn of<'a>(function: Function, value: Temporal) -> Option<System<'a>> {
    match function {
        Function::DateOf => value.to_date().map(System::Temporal),
        Function::TimeOf => value.to_time().map(System::Temporal),
        Function::Part(Part::Offset) => {
            let offset = value.offset_minutes()?;
            let hours = Decimal::from(offset).checked_div(Decimal::from(60))?;
            Some(System::Decimal(hours.normalize()))
        }
        Function::Part(part) => component(part, value).map(System::Integer),
        _ => None,
    }
}

fn component(part: Part, value: Temporal) -> Option<i32> {
    let (date, time) = (value.civil().date(), value.civil().time());
    let (needs, number): (_, i32) = match part {
        Part::Year => (Precision::Year, date.year().into()),
        Part::Month => (Precision::Month, date.month().into()),
        Part::Day => (Precision::Day, date.day().into()),
        Part::Hour => (Precision::Hour, time.hour().into()),
        Part::Minute => (Precision::Minute, time.minute().into()),
        Part::Second => (Precision::Second, time.second().into()),
        Part::Millisecond => (Precision::Fraction(1), time.subsec_nanosecond() / 1_000_000),
        Part::Offset => return None,
    };
    let is_time = value.kind() == TemporalKind::Time;
    let has_part = value.precision() >= needs && !(is_time && needs <= Precision::Day);
    has_part.then_some(number)
}
