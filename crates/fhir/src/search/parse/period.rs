//! Dates as they are asked for.

use std::ops::Range;

use super::super::extract::milliseconds;
use super::super::query::{Comparison, DateTest};
use super::error::{SearchError, wrong_value};
use super::number;

/// The test that a date value such as `ge2020-02` stands for. A time without offset is read as
/// UTC; seconds may be left out. `now` as in [`Setting`](super::Setting::now).
///
/// # Errors
///
/// An unknown prefix, and what is not a date.
pub fn date_test(parameter: &str, text: &str, now: i64) -> Result<DateTest, SearchError> {
    let (comparison, rest) = number::prefix(parameter, text)?;
    date_of(parameter, rest, comparison, now)
}

pub(super) fn date_of(
    parameter: &str,
    text: &str,
    comparison: Comparison,
    now: i64,
) -> Result<DateTest, SearchError> {
    let Some(Range { start, end }) = range(text) else {
        let reason = format!("has a value that is not a date: {text}");
        let cure = "write a date such as 2020, 2020-02, 2020-02-28 or 2020-02-28T10:00:00Z";
        return Err(wrong_value(parameter, reason, cure));
    };
    let wider = match comparison {
        Comparison::Approximately => (now.abs_diff(i64::midpoint(start, end)) / 10) as i64,
        _ => 0,
    };
    let (from, until) = (start.saturating_sub(wider), end.saturating_add(wider));
    Ok(DateTest { comparison, from, until })
}

/// The milliseconds of a date as asked; a blank before the offset is a plus that was decoded.
pub(super) fn range(text: &str) -> Option<Range<i64>> {
    let Some((date, time)) = text.split_once('T') else { return milliseconds(text) };
    let zone = time.find(['Z', '+', '-', ' ']).unwrap_or(time.len());
    let (clock, zone) = time.split_at_checked(zone)?;
    let zone = match zone {
        "" => "Z".to_owned(),
        zone => zone.replace(' ', "+"),
    };
    if clock.len() == "10:00".len() {
        let start = milliseconds(&format!("{date}T{clock}:00{zone}"))?.start;
        return Some(start..start.checked_add(60_000)?);
    }
    milliseconds(&format!("{date}T{clock}{zone}"))
}

/// The test that any moment of the value is one of the asked date (`po` of a `_filter`).
pub(super) fn overlap(parameter: &str, text: &str) -> Result<DateTest, SearchError> {
    let test = date_of(parameter, text, Comparison::Equal, 0)?;
    Ok(DateTest { comparison: Comparison::Approximately, ..test })
}
