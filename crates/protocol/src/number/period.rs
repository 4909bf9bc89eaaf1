//! Spans of calendar time: "6 months", "56 days".

use std::fmt;

use jiff::{Span, civil::Date};
use serde::{Deserialize, Serialize};

/// A span of calendar time in whole months or days.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Period {
    pub months: u32,
    pub days: u32,
}

/// Longest period that can be written, in its own unit.
const PERIOD_AMOUNT_MAX: u32 = 60_000;

impl Period {
    /// Reads `6 months`, `1 year`, `8 weeks` or `56 days`.
    ///
    /// # Errors
    /// A reason with its cure.
    pub fn parse(text: &str) -> Result<Self, String> {
        const CURE: &str = "write a whole number and a unit, such as \"6 months\" or \"56 days\"";
        let (amount, unit) = text.trim().split_once(' ').ok_or(CURE)?;
        let amount: u32 = amount.parse().map_err(|_| CURE)?;
        if amount == 0 || amount > PERIOD_AMOUNT_MAX {
            return Err(format!("a period is from 1 to {PERIOD_AMOUNT_MAX}"));
        }
        match unit.trim() {
            "year" | "years" => Ok(Self { months: amount * 12, days: 0 }),
            "month" | "months" => Ok(Self { months: amount, days: 0 }),
            "week" | "weeks" => Ok(Self { months: 0, days: amount * 7 }),
            "day" | "days" => Ok(Self { months: 0, days: amount }),
            _ => Err(CURE.into()),
        }
    }

    /// The date this long after `date`. Months end on the last day where there is no such day.
    /// None when the calendar ends before.
    pub fn after(self, date: Date) -> Option<Date> {
        date.checked_add(self.span()?).ok()
    }

    /// The date this long before `date`. None when the calendar begins after.
    pub fn before(self, date: Date) -> Option<Date> {
        date.checked_sub(self.span()?).ok()
    }

    fn span(self) -> Option<Span> {
        Span::new().try_months(self.months).ok()?.try_days(self.days).ok()
    }
}

impl fmt::Display for Period {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let part = |amount: u32, unit: &str| {
            if amount == 1 { format!("1 {unit}") } else { format!("{amount} {unit}s") }
        };
        match (self.months, self.days) {
            (months, 0) if months > 0 && months % 12 == 0 => {
                formatter.write_str(&part(months / 12, "year"))
            }
            (months, 0) => formatter.write_str(&part(months, "month")),
            (0, days) => formatter.write_str(&part(days, "day")),
            (months, days) => {
                write!(formatter, "{} {}", part(months, "month"), part(days, "day"))
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use jiff::civil::date;

    #[test]
    fn reads_and_adds_periods() {
        let check = |text: &str, from: Date, to: Date| {
            assert_eq!(Period::parse(text).unwrap().after(from).unwrap(), to, "{text}");
        };
        check("6 months", date(2023, 8, 31), date(2024, 2, 29));
        check("56 days", date(2023, 1, 1), date(2023, 2, 26));
        check("8 weeks", date(2023, 1, 1), date(2023, 2, 26));
        check("1 year", date(2024, 2, 29), date(2025, 2, 28));
        assert_eq!(Period::parse("2 years").unwrap().to_string(), "2 years");
        assert_eq!(Period::parse("18 months").unwrap().to_string(), "18 months");
    }

    #[test]
    fn refuses_what_is_no_period() {
        for text in
            ["", "6", "months", "0 days", "1.5 years", "-1 days", "6 moons", "99999999 days"]
        {
            assert!(Period::parse(text).is_err(), "{text}");
        }
    }

    #[test]
    fn the_calendar_ends() {
        assert_eq!(Period::parse("60000 years").unwrap().after(date(2023, 1, 1)), None);
    }
}
