//! One row of a caseload, understood.

use std::collections::BTreeMap;

use jiff::civil::Date;
use manzil_fhir::date::{AgeUnit, BirthDate, PartialDate, StatedAge};
use manzil_protocol::Library;

use super::map::{Column, ColumnMap, Field};
use super::problem::Problem;
use super::table::{Table, TableRow};
use crate::country::Country;
use crate::person::{MigrationVariables, Sex};
use crate::result::Finding;

/// Oldest age that is believed, in years.
const AGE_YEARS_MAX: u16 = 125;

/// What one row says. Nothing in it has been compared with the store yet.
#[derive(Clone, Debug, PartialEq)]
pub struct CaseRow {
    pub line: u64,
    pub case_number: Option<String>,
    pub person_number: Option<String>,
    pub name: String,
    pub family: Option<String>,
    pub given: Option<String>,
    pub sex: Option<Sex>,
    pub birth: Option<BirthDate>,
    pub language: Option<String>,
    pub migration: MigrationVariables,
    pub destination: Country,
    pub population: String,
    pub exam: Date,
    /// Whether the file said so; otherwise the exam is on the day of the import.
    pub exam_stated: bool,
    /// Facts that the sender knows already, as written, with their column.
    pub facts: Vec<(String, String)>,
}

/// Understands every row of a table.
///
/// `today` is the day of the import: an exam date that the file and the map leave out is
/// today's, and nobody is born after the exam.
///
/// # Errors
///
/// Every problem of every row, so that one round of mending is enough.
pub fn read(
    table: &Table,
    map: &ColumnMap,
    library: &Library,
    today: Date,
) -> Result<Vec<CaseRow>, Vec<Problem>> {
    let columns = columns(table, map)?;
    let mut rows = Vec::new();
    let mut problems = Vec::new();
    for row in &table.rows {
        let mut reader = RowReader::new(row, &columns, map);
        let understood = reader.read(today);
        reader.check_facts(library);
        match understood {
            Some(row) if reader.problems.is_empty() => rows.push(row),
            _ => problems.append(&mut reader.problems),
        }
    }
    problems.extend(numbers_used_twice(&rows));
    if problems.iter().any(Problem::is_error) { Err(problems) } else { Ok(rows) }
}

struct MappedColumn {
    place: usize,
    heading: String,
    column: Column,
}

fn columns(table: &Table, map: &ColumnMap) -> Result<Vec<MappedColumn>, Vec<Problem>> {
    let mut mapped: Vec<MappedColumn> = Vec::new();
    let mut problems = Vec::new();
    for (place, heading) in table.header.iter().enumerate() {
        match map.column(heading) {
            Some(None) => {}
            Some(Some(column)) if mapped.iter().any(|each| each.column.field == column.field) => {
                problems.push(
                    Problem::error("MZ-0511", 1, heading, "")
                        .because("another column means the same")
                        .cure("ignore one of the two in the column map"),
                );
            }
            Some(Some(column)) => {
                mapped.push(MappedColumn { place, heading: heading.clone(), column });
            }
            None => problems.push(
                Problem::error("MZ-0512", 1, heading, "")
                    .because("the column map does not say what this column means")
                    .cure(
                        "add it to the map, or say ignore = true, so that nothing is lost unseen",
                    ),
            ),
        }
    }
    if problems.is_empty() { Ok(mapped) } else { Err(problems) }
}

struct RowReader<'a> {
    line: u64,
    /// Heading and meaningful text, by field.
    cells: BTreeMap<Field, Cell<'a>>,
    problems: Vec<Problem>,
}

#[derive(Clone)]
struct Cell<'a> {
    heading: &'a str,
    text: String,
    column: Option<&'a Column>,
}

impl<'a> RowReader<'a> {
    fn new(row: &'a TableRow, columns: &'a [MappedColumn], map: &'a ColumnMap) -> Self {
        let mut cells = BTreeMap::new();
        for (field, text) in &map.defaults {
            cells.insert(
                field.clone(),
                Cell { heading: "defaults", text: text.clone(), column: None },
            );
        }
        for mapped in columns {
            let written = row.cells.get(mapped.place).map_or("", String::as_str);
            let text = mapped.column.values.get(written).map_or(written, String::as_str);
            if !text.is_empty() {
                let cell = Cell {
                    heading: &mapped.heading,
                    text: text.to_owned(),
                    column: Some(&mapped.column),
                };
                cells.insert(mapped.column.field.clone(), cell);
            }
        }
        Self { line: row.line, cells, problems: Vec::new() }
    }

    fn read(&mut self, today: Date) -> Option<CaseRow> {
        let stated = self.full_date(&Field::ExamDate);
        let exam = stated.unwrap_or(today);
        let birth = self.birth(exam);
        let migration = self.migration();
        let destination = self.destination();
        let name = self.name();
        let language = self.language();
        let sex =
            self.coded(&Field::Sex, "MZ-0521", "write male, female, other or unknown", Sex::parse);
        let population = self.population();
        Some(CaseRow {
            line: self.line,
            case_number: self.text(&Field::CaseNumber),
            person_number: self.text(&Field::PersonNumber),
            name: name?,
            family: self.text(&Field::Family),
            given: self.text(&Field::Given),
            sex,
            birth,
            language,
            migration,
            destination: destination?,
            population: population?,
            exam,
            exam_stated: stated.is_some(),
            facts: self.facts(),
        })
    }

    fn text(&self, field: &Field) -> Option<String> {
        self.cells.get(field).map(|cell| cell.text.clone())
    }

    fn complain(&mut self, code: &'static str, field: &Field, reason: &str, cure: &str) {
        let (heading, text) =
            self.cells.get(field).map_or(("", ""), |cell| (cell.heading, cell.text.as_str()));
        let problem = Problem::error(code, self.line, heading, text).because(reason).cure(cure);
        self.problems.push(problem);
    }

    /// The cell as something that has a closed set of values.
    fn coded<T>(
        &mut self,
        field: &Field,
        code: &'static str,
        cure: &str,
        parse: impl Fn(&str) -> Option<T>,
    ) -> Option<T> {
        let text = self.text(field)?;
        let found = parse(&text);
        if found.is_none() {
            self.complain(code, field, "this value is not known", cure);
        }
        found
    }

    fn name(&mut self) -> Option<String> {
        let parts: Vec<String> =
            [Field::Given, Field::Family].iter().filter_map(|field| self.text(field)).collect();
        let name = self.text(&Field::Name).unwrap_or_else(|| parts.join(" "));
        if name.is_empty() {
            let cure = "give the name as the person writes it; a pseudonym is allowed";
            self.problems.push(
                Problem::error("MZ-0520", self.line, "name", "")
                    .because("the name is missing")
                    .cure(cure),
            );
            return None;
        }
        Some(name)
    }

    fn language(&mut self) -> Option<String> {
        self.coded(
            &Field::Language,
            "MZ-0527",
            "write a language code such as ar, prs or sw",
            |text| {
                let fits = (2..=35).contains(&text.len())
                    && text.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-');
                fits.then(|| text.to_owned())
            },
        )
    }

    fn destination(&mut self) -> Option<Country> {
        if !self.cells.contains_key(&Field::Destination) {
            self.problems.push(
                Problem::error("MZ-0522", self.line, "destination", "")
                    .because("the destination is missing")
                    .cure("add a destination column, or a default in the column map"),
            );
            return None;
        }
        self.country(&Field::Destination)
    }

    fn population(&mut self) -> Option<String> {
        let found = self.text(&Field::Population);
        if found.is_none() {
            self.problems.push(
                Problem::error("MZ-0523", self.line, "population", "")
                    .because("the population (refugee, immigrant, student …) is missing")
                    .cure("add a population column, or a default in the column map"),
            );
        }
        found.map(|text| text.to_lowercase())
    }

    fn country(&mut self, field: &Field) -> Option<Country> {
        let cure = match self.text(field).as_deref() {
            Some("UK" | "uk") => "the ISO code of the United Kingdom is GB",
            _ => "write the ISO 3166-1 code in two letters, such as KE",
        };
        self.coded(field, "MZ-0524", cure, Country::parse)
    }

    fn countries(&mut self, field: &Field) -> Vec<Country> {
        let Some(text) = self.text(field) else { return Vec::new() };
        let mut found = Vec::new();
        for code in text.split([' ', '/', ';', ',']).filter(|code| !code.is_empty()) {
            match Country::parse(code) {
                Some(country) => found.push(country),
                None => self.complain(
                    "MZ-0524",
                    field,
                    &format!("{code} is no country code"),
                    "write ISO 3166-1 codes in two letters, separated by spaces",
                ),
            }
        }
        found
    }

    fn yes_no(&mut self, field: &Field) -> Option<bool> {
        self.coded(field, "MZ-0525", "write yes or no", |text| {
            match text.to_ascii_lowercase().as_str() {
                "yes" | "y" | "true" | "1" => Some(true),
                "no" | "n" | "false" | "0" => Some(false),
                _ => None,
            }
        })
    }

    fn partial_date(&mut self, field: &Field) -> Option<PartialDate> {
        let cell = self.cells.get(field)?.clone();
        let iso = super::date::DateFormat::iso();
        let format = cell.column.map_or(&iso, |column| &column.format);
        let read = format
            .to_fhir(&cell.text)
            .and_then(|text| text.parse::<PartialDate>().map_err(|error| error.reason));
        match read {
            Ok(date) => Some(date),
            Err(reason) => {
                let cure = format!(
                    "write the date as {}; leave out what is not known, or write 00 for it",
                    format.pattern()
                );
                self.complain("MZ-0526", field, &reason, &cure);
                None
            }
        }
    }

    fn full_date(&mut self, field: &Field) -> Option<Date> {
        let date = self.partial_date(field)?;
        let day = date.day();
        if day.is_none() {
            self.complain("MZ-0526", field, "the day is missing", "give year, month and day");
        }
        day
    }

    fn birth(&mut self, exam: Date) -> Option<BirthDate> {
        let birth = match self.partial_date(&Field::BirthDate) {
            Some(date) if self.text(&Field::BirthKnown).as_deref() == Some("document") => {
                BirthDate::Document(date)
            }
            Some(date) => BirthDate::Stated(date),
            None => BirthDate::Estimated {
                age: self.age()?,
                on: self.full_date(&Field::AgeOn).unwrap_or(exam),
            },
        };
        if birth.range().start > exam {
            let reason = format!("the birth is after the exam on {exam}");
            self.complain("MZ-0528", &Field::BirthDate, &reason, "check both dates");
            return None;
        }
        if exam.year() - birth.range().end.year() > AGE_YEARS_MAX as i16 {
            let reason = format!("this would make the person older than {AGE_YEARS_MAX} years");
            self.complain("MZ-0528", &Field::BirthDate, &reason, "check the year");
            return None;
        }
        Some(birth)
    }

    fn age(&mut self) -> Option<StatedAge> {
        self.coded(&Field::Age, "MZ-0529", "write completed years (34), or months as 18m", |text| {
            let (digits, unit) = match text.strip_suffix(['m', 'M']) {
                Some(digits) => (digits, AgeUnit::Months),
                None => (text, AgeUnit::Years),
            };
            let completed: u16 = digits.trim().parse().ok()?;
            let limit = if unit == AgeUnit::Months { AGE_YEARS_MAX * 12 } else { AGE_YEARS_MAX };
            (completed <= limit).then_some(StatedAge { completed, unit })
        })
    }

    fn migration(&mut self) -> MigrationVariables {
        MigrationVariables {
            country_of_birth: self.country(&Field::CountryOfBirth),
            citizenships: self.countries(&Field::Citizenship),
            stateless: self.yes_no(&Field::Stateless),
            usual_residence: self.country(&Field::UsualResidence),
            country_of_departure: self.country(&Field::CountryOfDeparture),
            transit_countries: self.countries(&Field::TransitCountries),
            arrival: self.partial_date(&Field::ArrivalMonth).map(|date| {
                date.month().map_or_else(
                    || format!("{:04}", date.year()),
                    |month| format!("{:04}-{month:02}", date.year()),
                )
            }),
            reason: self.text(&Field::Reason),
            legal_status: self.text(&Field::LegalStatus),
            journey_stage: self.text(&Field::JourneyStage),
            interpreter_needed: self.yes_no(&Field::Interpreter),
            intended_stay_months: self.coded(
                &Field::IntendedStayMonths,
                "MZ-0530",
                "write a whole number of months",
                |text| text.parse().ok(),
            ),
        }
    }

    /// Facts are read again when they are recorded; here only what is wrong with them is told,
    /// together with everything else that is wrong with the row.
    fn check_facts(&mut self, library: &Library) {
        for (fact, text) in self.facts() {
            if let Err(error) = Finding::parse(library, &fact, &text) {
                let cell = self.cells.get(&Field::Fact(fact));
                let heading = cell.map_or("", |cell| cell.heading);
                let problem = Problem::error("MZ-0534", self.line, heading, &text)
                    .because(error.reason)
                    .cure(error.cure);
                self.problems.push(problem);
            }
        }
    }

    fn facts(&self) -> Vec<(String, String)> {
        let facts = self.cells.iter().filter_map(|(field, cell)| match field {
            Field::Fact(id) => Some((id.clone(), cell.text.clone())),
            _ => None,
        });
        facts.collect()
    }
}

/// One number for two people in a file is a mistake of the sender, never a second visit.
fn numbers_used_twice(rows: &[CaseRow]) -> Vec<Problem> {
    let mut seen: BTreeMap<&str, u64> = BTreeMap::new();
    let mut problems = Vec::new();
    for row in rows {
        let Some(number) = row.person_number.as_deref() else { continue };
        if let Some(line) = seen.insert(number, row.line) {
            problems.push(
                Problem::error("MZ-0531", row.line, "person_number", number)
                    .because(format!("line {line} has the same person number"))
                    .cure("give each person one number, and each person one row"),
            );
        }
    }
    problems
}

#[cfg(test)]
mod tests;
