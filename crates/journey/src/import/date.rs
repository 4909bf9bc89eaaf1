//! Dates as senders write them, never completed by guessing.
//!
//! `00` or `??` for a day or a month means that it is not known; the date that comes out is then
//! partial, as it was in the file.

/// A date pattern: `yyyy`, `mm` or `mmm` (English month names), `dd`, with separators.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DateFormat {
    parts: Vec<Part>,
    separator: char,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Part {
    Year,
    Month,
    MonthName,
    Day,
}

const MONTHS: [&str; 12] =
    ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"];

impl DateFormat {
    /// `yyyy-mm-dd`, and its shorter forms.
    pub fn iso() -> Self {
        Self { parts: vec![Part::Year, Part::Month, Part::Day], separator: '-' }
    }

    /// Reads a pattern such as `dd/mm/yyyy`; none when it is not one.
    pub fn parse(pattern: &str) -> Option<Self> {
        let separator = pattern.chars().find(|each| !each.is_alphabetic())?;
        let parts = pattern
            .split(separator)
            .map(|part| match part.to_ascii_lowercase().as_str() {
                "yyyy" => Some(Part::Year),
                "mm" => Some(Part::Month),
                "mmm" => Some(Part::MonthName),
                "dd" => Some(Part::Day),
                _ => None,
            })
            .collect::<Option<Vec<_>>>()?;
        let has = |wanted: &[Part]| parts.iter().filter(|part| wanted.contains(part)).count();
        let usable = has(&[Part::Year]) == 1
            && has(&[Part::Month, Part::MonthName]) <= 1
            && has(&[Part::Day]) <= 1;
        usable.then_some(Self { parts, separator })
    }

    /// Rewrites a date in this format as a FHIR date (`1990`, `1990-02` or `1990-02-03`).
    ///
    /// Whether the day exists is for the FHIR date itself to say. A bare year is read in every
    /// format.
    ///
    /// # Errors
    ///
    /// The reason, in words.
    pub fn to_fhir(&self, text: &str) -> Result<String, String> {
        let text = text.trim();
        if text.len() == 4 && text.bytes().all(|byte| byte.is_ascii_digit()) {
            return Ok(text.to_owned());
        }
        let pieces: Vec<&str> = text.split(self.separator).map(str::trim).collect();
        let (mut year, mut month, mut day) = (None, None, None);
        if pieces.len() > self.parts.len()
            || (pieces.len() < self.parts.len() && *self != Self::iso())
        {
            return Err(format!("the date is not written as {}", self.pattern()));
        }
        for (part, piece) in self.parts.iter().zip(&pieces) {
            match part {
                Part::Year => year = Some(year_number(piece)?),
                Part::Month => month = number(piece, 2)?,
                Part::MonthName => month = month_named(piece)?,
                Part::Day => day = number(piece, 2)?,
            }
        }
        let year = year.ok_or("the year is missing")?;
        match (month, day) {
            (None, None) => Ok(format!("{year:04}")),
            (Some(month), None) => Ok(format!("{year:04}-{month:02}")),
            (Some(month), Some(day)) => Ok(format!("{year:04}-{month:02}-{day:02}")),
            (None, Some(_)) => Err("the day is given without its month".into()),
        }
    }

    /// The pattern in words.
    pub fn pattern(&self) -> String {
        let names = self.parts.iter().map(|part| match part {
            Part::Year => "yyyy",
            Part::Month => "mm",
            Part::MonthName => "mmm",
            Part::Day => "dd",
        });
        names.collect::<Vec<_>>().join(&self.separator.to_string())
    }
}

/// A year in four digits: two would make somebody a century older or younger.
fn year_number(text: &str) -> Result<u32, String> {
    if text.len() != 4 {
        return Err(format!("the year \"{text}\" does not have four digits"));
    }
    number(text, 4)?.ok_or_else(|| "the year is missing".into())
}

/// A number of at most `digits` digits; none when it is zeroes, question marks or nothing.
fn number(text: &str, digits: usize) -> Result<Option<u32>, String> {
    if text.chars().all(|each| matches!(each, '0' | '?' | 'x' | 'X')) {
        return Ok(None);
    }
    if text.len() > digits || !text.bytes().all(|byte| byte.is_ascii_digit()) {
        return Err(format!("\"{text}\" is no part of a date in this format"));
    }
    text.parse().map(Some).map_err(|_| format!("\"{text}\" is no number"))
}

fn month_named(text: &str) -> Result<Option<u32>, String> {
    let name: String = text.to_lowercase().chars().take(3).collect();
    if name.is_empty() || name.starts_with('?') {
        return Ok(None);
    }
    let place = MONTHS.iter().position(|month| *month == name);
    place.map(|place| Some(place as u32 + 1)).ok_or_else(|| format!("\"{text}\" is no month"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(format: &str, text: &str, expected: &str) {
        let format = DateFormat::parse(format).unwrap();
        assert_eq!(format.to_fhir(text).unwrap_or_else(|reason| format!("! {reason}")), expected);
    }

    #[test]
    fn what_is_not_known_stays_unknown() {
        check("dd/mm/yyyy", "00/00/1990", "1990");
        check("dd/mm/yyyy", "??/02/1990", "1990-02");
        check("dd/mm/yyyy", "1990", "1990");
        check("yyyy-mm-dd", "1990-02", "1990-02");
    }

    #[test]
    fn formats_are_read_as_written() {
        check("dd/mm/yyyy", "3/2/1990", "1990-02-03");
        check("mm/dd/yyyy", "3/2/1990", "1990-03-02");
        check("dd mmm yyyy", "3 Feb 1990", "1990-02-03");
        check("dd mmm yyyy", "03 february 1990", "1990-02-03");
    }

    #[test]
    fn other_formats_are_refused() {
        check("dd/mm/yyyy", "3.2.1990", "! the date is not written as dd/mm/yyyy");
        check("dd/mm/yyyy", "3/2/90", "! the year \"90\" does not have four digits");
        check("dd/mm/yyyy", "3a/2/1990", "! \"3a\" is no part of a date in this format");
        assert_eq!(DateFormat::parse("dd/mm"), None);
    }
}
