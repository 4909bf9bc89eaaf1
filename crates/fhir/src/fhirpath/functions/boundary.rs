//! `lowBoundary`, `highBoundary` and `precision`.

use rust_decimal::{Decimal, RoundingStrategy};

use super::{Call, Function};
use crate::fhirpath::error::FhirPathError;
use crate::fhirpath::eval::{Evaluation, integer, one_integer, one_value, wrong_type};
use crate::fhirpath::quantity::Quantity;
use crate::fhirpath::temporal::{End, Precision, Temporal, TemporalKind};
use crate::fhirpath::value::{Collection, Item, System};

/// The decimal places of a boundary when none are asked for, and the most there are.
const PLACES_DEFAULT: i32 = 8;
const PLACES_MAX: i32 = 28;

impl<'a> Evaluation<'_, '_, 'a> {
    pub(super) fn boundary(
        &mut self,
        call: Call<'_, 'a>,
        input: &[Item<'a>],
    ) -> Result<Collection<'a>, FhirPathError> {
        let column = call.column;
        let end = match call.function {
            Function::LowBoundary => End::Low,
            Function::HighBoundary => End::High,
            _ => return precision(input, column),
        };
        let digits = self.argument(call, 0)?;
        let digits = one_integer(&digits, "the precision of a boundary", column)?;
        let Some(value) = one_value(input, "a boundary", column)? else { return Ok(Vec::new()) };
        let boundary = match value {
            System::Integer(value) => {
                decimal_boundary(value.into(), end, digits, column)?.map(System::Decimal)
            }
            System::Decimal(value) => {
                decimal_boundary(value, end, digits, column)?.map(System::Decimal)
            }
            System::Quantity(Quantity { value, unit }) => {
                let value = decimal_boundary(value, end, digits, column)?;
                value.map(|value| System::Quantity(Quantity { value, unit }))
            }
            System::Temporal(value) => {
                temporal_boundary(value, end, digits, column)?.map(System::Temporal)
            }
            other => return Err(wrong_type("a boundary", "number, date or time", &other, column)),
        };
        Ok(boundary.map(Item::System).into_iter().collect())
    }
}

fn precision<'a>(input: &[Item<'a>], column: u32) -> Result<Collection<'a>, FhirPathError> {
    let Some(value) = one_value(input, "precision()", column)? else { return Ok(Vec::new()) };
    let digits = match value {
        System::Integer(_) => 0,
        System::Decimal(value) => value.scale() as usize,
        System::Temporal(value) => value.precision().digits(value.kind()) as usize,
        other => return Err(wrong_type("precision()", "number, date or time", &other, column)),
    };
    Ok(vec![integer(digits, column)?])
}

/// Half a unit of the last digit below or above, with `places` decimal places.
///
/// With fewer places than the number has, the boundary is rounded outwards. Where the
/// standard's own examples round it to the nearest instead and the two differ, it is refused.
fn decimal_boundary(
    value: Decimal,
    end: End,
    places: Option<i32>,
    column: u32,
) -> Result<Option<Decimal>, FhirPathError> {
    let places = places.unwrap_or(PLACES_DEFAULT);
    if !(0..=PLACES_MAX).contains(&places) || value.scale() >= PLACES_MAX.unsigned_abs() {
        return Ok(None);
    }
    let places = places.unsigned_abs();
    let half = Decimal::new(5, value.scale() + 1);
    let half = if end == End::Low { -half } else { half };
    let Some(edge) = value.checked_add(half) else {
        return Err(FhirPathError::range(column, "the boundary has more than 28 digits"));
    };
    let outwards = match end {
        End::Low => RoundingStrategy::ToNegativeInfinity,
        End::High => RoundingStrategy::ToPositiveInfinity,
    };
    let mut boundary = edge.round_dp_with_strategy(places, outwards);
    let away_from_zero = (end == End::Low) == edge.is_sign_negative();
    let nearest = edge.round_dp_with_strategy(places, RoundingStrategy::MidpointAwayFromZero);
    if away_from_zero && nearest != boundary {
        let reason = "the official suite contradicts itself on rounding a boundary this far";
        let name = "a boundary with fewer decimal places than the number";
        return Err(FhirPathError::refused(column, name, reason));
    }
    boundary.rescale(places);
    Ok((boundary.scale() == places).then_some(boundary))
}

fn temporal_boundary(
    value: Temporal,
    end: End,
    digits: Option<i32>,
    column: u32,
) -> Result<Option<Temporal>, FhirPathError> {
    let hour_only = value.kind() == TemporalKind::DateTime && value.precision() == Precision::Hour;
    if end == End::High && hour_only && digits != Some(10) {
        let reason = "the standard and its official suite disagree on the minutes";
        let name = "highBoundary() of a DateTime without minutes";
        return Err(FhirPathError::refused(column, name, reason));
    }
    Ok(value.boundary(end, digits))
}
