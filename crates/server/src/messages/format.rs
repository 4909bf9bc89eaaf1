//! Dates, times and numbers for a reader.
//!
//! Digits are Western in every language, because a clinical value must be read the same way by
//! everybody. Months are named, because 03/05 is two different days in two countries.

use jiff::Timestamp;
use jiff::civil::Date;

use super::{Argument, Translator, key};

const MONTHS: [&str; 12] = [
    key("month-1"),
    key("month-2"),
    key("month-3"),
    key("month-4"),
    key("month-5"),
    key("month-6"),
    key("month-7"),
    key("month-8"),
    key("month-9"),
    key("month-10"),
    key("month-11"),
    key("month-12"),
];

impl Translator {
    /// A whole date: `3 May 2023`.
    pub fn date(&self, date: Date) -> String {
        let month = self.month(date.month());
        let (day, year) = (date.day().to_string(), date.year().to_string());
        self.plain(key("date-day"), &[("day", &day), ("month", &month), ("year", &year)])
    }

    /// A FHIR date as precise as it is known: `3 May 2023`, `May 2023` or `2023`. What is not a
    /// date is shown as it was written.
    pub fn partial_date(&self, text: &str) -> String {
        let day = text.split('T').next().unwrap_or(text);
        if let Ok(date) = day.parse::<Date>() {
            return self.date(date);
        }
        let Some((year, month)) = day.split_once('-') else { return text.to_owned() };
        match month.parse::<i8>() {
            Ok(number @ 1..=12) => {
                let month = self.month(number);
                self.plain(key("date-month"), &[("month", &month), ("year", &year)])
            }
            _ => text.to_owned(),
        }
    }

    /// A moment, in the clinic's time zone: `3 May 2023, 14:05`.
    pub fn time(&self, at: Timestamp) -> String {
        let zoned = at.to_zoned(self.zone.clone());
        let clock = format!("{:02}:{:02}", zoned.hour(), zoned.minute());
        let date = self.date(zoned.date());
        self.plain(key("date-time"), &[("date", &date), ("time", &clock)])
    }

    /// A count with thousands separated: `48,943`.
    pub fn number(&self, number: u64) -> String {
        let digits = number.to_string();
        let mut grouped = String::new();
        for (place, digit) in digits.chars().enumerate() {
            if place > 0 && (digits.len() - place).is_multiple_of(3) {
                grouped.push(',');
            }
            grouped.push(digit);
        }
        grouped
    }

    fn month(&self, number: i8) -> String {
        let index = usize::try_from(number).unwrap_or(0).saturating_sub(1);
        MONTHS.get(index).map_or_else(String::new, |key| self.get(key))
    }

    /// Without isolation marks: the parts of a date belong together.
    fn plain(&self, key: &str, args: &[(&str, &dyn Argument)]) -> String {
        self.with(key, args).replace(['\u{2068}', '\u{2069}'], "")
    }
}
