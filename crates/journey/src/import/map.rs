//! The column map: which column of a file means what.
//!
//! Nothing is guessed. A column that the map does not name is an error, so that no information
//! is lost in silence; a column that is not wanted is named with `ignore = true`.
//!
//! ```toml
//! [file]
//! delimiter = ";"
//!
//! [defaults]
//! destination = "US"
//! population = "refugee"
//!
//! [columns]
//! "Case No" = { field = "case_number" }
//! "DOB" = { field = "birth_date", format = "dd/mm/yyyy" }
//! "Sex" = { field = "sex", values = { "1" = "male", "2" = "female" } }
//! "Weight" = { field = "fact:weight" }
//! "Remarks" = { ignore = true }
//! ```

use std::collections::BTreeMap;

use serde::Deserialize;

use super::date::DateFormat;
use super::problem::Problem;

/// What a column can hold.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Field {
    CaseNumber,
    PersonNumber,
    Name,
    Family,
    Given,
    Sex,
    BirthDate,
    /// `document` or `stated`; stated when there is no such column.
    BirthKnown,
    /// Completed years on the day in `AgeOn`, or on the exam date.
    Age,
    AgeOn,
    CountryOfBirth,
    /// One or more, separated by spaces or `/`.
    Citizenship,
    Stateless,
    UsualResidence,
    CountryOfDeparture,
    TransitCountries,
    ArrivalMonth,
    Reason,
    LegalStatus,
    JourneyStage,
    Language,
    Interpreter,
    IntendedStayMonths,
    Destination,
    Population,
    ExamDate,
    /// A fact of the vocabulary that is known already.
    Fact(String),
}

const FIELDS: &[(&str, Field)] = &[
    ("case_number", Field::CaseNumber),
    ("person_number", Field::PersonNumber),
    ("name", Field::Name),
    ("family", Field::Family),
    ("given", Field::Given),
    ("sex", Field::Sex),
    ("birth_date", Field::BirthDate),
    ("birth_known", Field::BirthKnown),
    ("age", Field::Age),
    ("age_on", Field::AgeOn),
    ("country_of_birth", Field::CountryOfBirth),
    ("citizenship", Field::Citizenship),
    ("stateless", Field::Stateless),
    ("usual_residence", Field::UsualResidence),
    ("country_of_departure", Field::CountryOfDeparture),
    ("transit_countries", Field::TransitCountries),
    ("arrival_month", Field::ArrivalMonth),
    ("reason", Field::Reason),
    ("legal_status", Field::LegalStatus),
    ("journey_stage", Field::JourneyStage),
    ("language", Field::Language),
    ("interpreter", Field::Interpreter),
    ("intended_stay_months", Field::IntendedStayMonths),
    ("destination", Field::Destination),
    ("population", Field::Population),
    ("exam_date", Field::ExamDate),
];

impl Field {
    pub fn parse(name: &str) -> Option<Self> {
        if let Some(fact) = name.strip_prefix("fact:") {
            return Some(Self::Fact(fact.to_owned()));
        }
        FIELDS.iter().find(|(each, _)| *each == name).map(|(_, field)| field.clone())
    }

    /// The names that a map may use, besides `fact:<id>`.
    pub fn names() -> impl Iterator<Item = &'static str> {
        FIELDS.iter().map(|(name, _)| *name)
    }
}

/// One column's meaning.
#[derive(Clone, Debug)]
pub struct Column {
    pub field: Field,
    pub format: DateFormat,
    /// The sender's codes and what they mean here.
    pub values: BTreeMap<String, String>,
}

/// A whole map.
#[derive(Clone, Debug)]
pub struct ColumnMap {
    pub delimiter: u8,
    /// By heading; none for a column that is ignored on purpose.
    pub columns: BTreeMap<String, Option<Column>>,
    pub defaults: BTreeMap<Field, String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct MapFile {
    #[serde(default)]
    file: FileSection,
    #[serde(default)]
    defaults: BTreeMap<String, String>,
    columns: BTreeMap<String, ColumnSection>,
}

#[derive(Default, Deserialize)]
#[serde(deny_unknown_fields)]
struct FileSection {
    delimiter: Option<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct ColumnSection {
    field: Option<String>,
    format: Option<String>,
    #[serde(default)]
    values: BTreeMap<String, String>,
    #[serde(default)]
    ignore: bool,
}

impl ColumnMap {
    /// The map for files whose headings are the field names themselves.
    pub fn standard() -> Self {
        let column = |field: &Field| Column {
            field: field.clone(),
            format: DateFormat::iso(),
            values: BTreeMap::new(),
        };
        Self {
            delimiter: b',',
            columns: FIELDS
                .iter()
                .map(|(name, field)| ((*name).to_owned(), Some(column(field))))
                .collect(),
            defaults: BTreeMap::new(),
        }
    }

    /// Reads a map written in TOML.
    ///
    /// # Errors
    ///
    /// A [`Problem`] whose line is that of the map, not of the caseload.
    pub fn parse(text: &str) -> Result<Self, Problem> {
        let file: MapFile = toml::from_str(text).map_err(|error| {
            let line = error.span().map_or(0, |span| line_of(text, span.start));
            map_problem(
                line,
                "",
                "",
                error.message().to_owned(),
                "write the column map as in docs/import.md",
            )
        })?;
        let delimiter = match file.file.delimiter.as_deref() {
            None => b',',
            Some("tab" | "\t") => b'\t',
            Some(text) if text.len() == 1 => text.bytes().next().unwrap_or(b','),
            Some(text) => {
                return Err(map_problem(
                    0,
                    "delimiter",
                    text,
                    "the delimiter is one character".into(),
                    "write \",\", \";\", \"|\" or \"tab\"",
                ));
            }
        };
        let mut columns = BTreeMap::new();
        for (heading, section) in file.columns {
            let column = read_column(&heading, section)?;
            columns.insert(heading, column);
        }
        let mut defaults = BTreeMap::new();
        for (name, value) in file.defaults {
            defaults.insert(field_named("defaults", &name)?, value);
        }
        Ok(Self { delimiter, columns, defaults })
    }

    /// The column that a heading stands for.
    ///
    /// A `fact:<id>` heading needs no map of its own.
    pub fn column(&self, heading: &str) -> Option<Option<Column>> {
        if let Some(found) = self.columns.get(heading) {
            return Some(found.clone());
        }
        let fact = heading.strip_prefix("fact:")?;
        Some(Some(Column {
            field: Field::Fact(fact.to_owned()),
            format: DateFormat::iso(),
            values: BTreeMap::new(),
        }))
    }
}

fn read_column(heading: &str, section: ColumnSection) -> Result<Option<Column>, Problem> {
    if section.ignore {
        return Ok(None);
    }
    let Some(name) = section.field else {
        return Err(map_problem(
            0,
            heading,
            "",
            "the column has neither a field nor ignore".into(),
            "say what it means, or ignore = true",
        ));
    };
    let format = match section.format {
        None => DateFormat::iso(),
        Some(text) => DateFormat::parse(&text).ok_or_else(|| {
            map_problem(
                0,
                heading,
                &text,
                "this is no date format".into(),
                "use yyyy, mm, mmm and dd with separators, as in dd/mm/yyyy",
            )
        })?,
    };
    Ok(Some(Column { field: field_named(heading, &name)?, format, values: section.values }))
}

fn field_named(place: &str, name: &str) -> Result<Field, Problem> {
    Field::parse(name).ok_or_else(|| {
        let known = Field::names().collect::<Vec<_>>().join(", ");
        map_problem(
            0,
            place,
            name,
            "there is no such field".into(),
            &format!("use one of {known}, or fact:<id>"),
        )
    })
}

fn map_problem(line: u64, column: &str, value: &str, reason: String, cure: &str) -> Problem {
    Problem::error("MZ-0510", line, column, value)
        .because(format!("column map: {reason}"))
        .cure(cure)
}

fn line_of(text: &str, offset: usize) -> u64 {
    let before = text.as_bytes().iter().take(offset);
    1 + before.filter(|byte| **byte == b'\n').count() as u64
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_map_says_what_each_column_means() {
        let map = ColumnMap::parse(
            "[columns]\n\"DOB\" = { field = \"birth_date\", format = \"dd/mm/yyyy\" }\n\"X\" = { ignore = true }\n",
        )
        .unwrap();
        assert_eq!(map.column("DOB").unwrap().unwrap().field, Field::BirthDate);
        assert!(map.column("X").unwrap().is_none());
        assert!(map.column("Y").is_none());
        assert_eq!(map.column("fact:weight").unwrap().unwrap().field, Field::Fact("weight".into()));
    }

    #[test]
    fn a_bad_map_names_its_line_or_column() {
        assert_eq!(ColumnMap::parse("[columns]\nA = 3\n").unwrap_err().line, 2);
        let problem = ColumnMap::parse("[columns]\nA = { field = \"dob\" }\n").unwrap_err();
        assert!(problem.to_string().contains("birth_date"), "{problem}");
    }
}
