//! Days, moments and periods.

use std::ops::Range;

use serde_json::Value;

use super::super::{IndexValue, each};
use crate::date::DateTime;

/// date, dateTime, instant, Period, Timing. Of a Timing only the outer limits count.
pub(super) fn dates(value: &Value, add: &mut dyn FnMut(IndexValue)) {
    let range = match value {
        Value::String(text) => milliseconds(text),
        Value::Object(members) if members.contains_key("repeat") => timing(value),
        Value::Object(members) if members.contains_key("event") => timing(value),
        _ => period(value),
    };
    if let Some(Range { start: from, end: to }) = range
        && from < to
    {
        add(IndexValue::Date { from, to });
    }
}

/// An open side is unbounded; a side that cannot be read says nothing.
fn period(value: &Value) -> Option<Range<i64>> {
    let side = |name: &str| value.get(name).and_then(Value::as_str);
    let start = side("start").map_or(Some(i64::MIN), |text| Some(milliseconds(text)?.start))?;
    let end = side("end").map_or(Some(i64::MAX), |text| Some(milliseconds(text)?.end))?;
    ((start, end) != (i64::MIN, i64::MAX)).then_some(start..end)
}

fn timing(value: &Value) -> Option<Range<i64>> {
    let bounds = value.get("repeat").and_then(|repeat| repeat.get("boundsPeriod"));
    let mut outer: Option<Range<i64>> = bounds.and_then(period);
    each(value.get("event"), &mut |event| {
        let Some(event) = event.as_str().and_then(milliseconds) else { return };
        outer = Some(match &outer {
            Some(outer) => outer.start.min(event.start)..outer.end.max(event.end),
            None => event,
        });
    });
    outer
}

/// The milliseconds that cover a date as it was written, the end excluded, read as UTC where no
/// offset is given.
pub(in crate::search) fn milliseconds(text: &str) -> Option<Range<i64>> {
    text.parse::<DateTime>().ok().map(|date| date.range().utc_milliseconds())
}
