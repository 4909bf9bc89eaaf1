//! What importing a caseload would change.
//!
//! A person is recognised by the sender's number, or, when the file has none, by a number made
//! from what the row says; never by name alone. People who only look alike are imported and
//! reported, for a human to decide.

use std::collections::BTreeMap;

use manzil_protocol::{Library, Station};
use sha2::{Digest, Sha256};

use super::problem::Problem;
use super::row::CaseRow;
use crate::access::Compartment;
use crate::assessment::{Assessment, Status};
use crate::change::{Changes, Draft, Recorded};
use crate::coding::{PERSON_SYSTEM, ROW_SYSTEM};
use crate::country::Country;
use crate::family::FamilyCase;
use crate::person::{Identifier, Person};
use crate::result::{Finding, Observed, Performed};

/// Most people in one change set: a larger caseload is written in several, each whole.
pub const BATCH_PEOPLE_MAX: usize = 500;

/// What the store holds of the people and cases that a file names.
#[derive(Clone, Debug, Default)]
pub struct Existing {
    /// Everything about each person, by the identifier under which the file names them.
    pub people: BTreeMap<Identifier, Vec<Recorded>>,
    /// `Group` records, by case number.
    pub cases: BTreeMap<String, Recorded>,
}

/// What an import would do.
#[derive(Clone, Debug, Default)]
pub struct Plan {
    /// Change sets in the order in which to commit them; each may be committed alone.
    pub batches: Vec<Changes>,
    pub summary: Summary,
    /// Errors keep the file out; warnings are for somebody to look at.
    pub problems: Vec<Problem>,
}

/// Counts for the dry run and the report.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, serde::Serialize)]
pub struct Summary {
    pub rows: usize,
    pub people_new: usize,
    pub people_changed: usize,
    pub people_unchanged: usize,
    pub cases_new: usize,
    pub assessments_new: usize,
    pub findings_new: usize,
}

impl CaseRow {
    /// The identifier under which the person of this row is known.
    pub fn identifier(&self) -> Identifier {
        match &self.person_number {
            Some(number) => Identifier::new(PERSON_SYSTEM, number),
            None => Identifier::new(ROW_SYSTEM, self.fingerprint()),
        }
    }

    /// A number made of what identifies the person in the file, the same at every import.
    fn fingerprint(&self) -> String {
        let birth = self.birth.map(|birth| format!("{birth:?}")).unwrap_or_default();
        let case = self.case_number.as_deref().unwrap_or_default();
        let digest = Sha256::digest(format!("{case}\u{1f}{}\u{1f}{birth}", self.name));
        crate::coding::hex(digest.get(..12).unwrap_or_default())
    }
}

/// Which facts a file may bring.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Accept {
    /// What the reception or the nurse would ask, and what no step asks. What is found at another
    /// station is entered there, by those who found it.
    Reception,
    /// Everything: for trying rules on a file without keeping anything.
    Everything,
}

/// Compares rows with what is there. What is there already is never changed by a file: it may
/// have been corrected since the sender wrote it.
pub fn plan(
    rows: &[CaseRow],
    existing: &Existing,
    library: &Library,
    accept: Accept,
    performed: &Performed,
    ids: &mut dyn FnMut() -> String,
) -> Plan {
    let mut planner = Planner {
        existing,
        library,
        accept,
        performed,
        ids,
        plan: Plan::default(),
        cases: BTreeMap::new(),
    };
    planner.plan.problems = look_alikes(rows);
    for batch in batches(rows) {
        planner.batch(batch);
    }
    planner.plan.summary.rows = rows.len();
    planner.plan
}

/// Slices of whole families: a case is never split between two change sets.
fn batches(rows: &[CaseRow]) -> Vec<Vec<&CaseRow>> {
    let mut families: BTreeMap<(usize, &str), Vec<&CaseRow>> = BTreeMap::new();
    let mut first_seen: BTreeMap<&str, usize> = BTreeMap::new();
    for (place, row) in rows.iter().enumerate() {
        let (place, number) = match row.case_number.as_deref() {
            Some(number) => (*first_seen.entry(number).or_insert(place), number),
            None => (place, ""),
        };
        families.entry((place, number)).or_default().push(row);
    }
    let mut batches: Vec<Vec<&CaseRow>> = Vec::new();
    for family in families.into_values() {
        match batches.last_mut() {
            Some(batch) if batch.len() + family.len() <= BATCH_PEOPLE_MAX => batch.extend(family),
            _ => batches.push(family),
        }
    }
    batches
}

struct Planner<'a> {
    existing: &'a Existing,
    library: &'a Library,
    accept: Accept,
    performed: &'a Performed,
    ids: &'a mut dyn FnMut() -> String,
    plan: Plan,
    /// Cases touched so far in this batch, with the version that each replaces.
    cases: BTreeMap<String, FamilyCase>,
}

impl Planner<'_> {
    fn batch(&mut self, rows: Vec<&CaseRow>) {
        self.cases.clear();
        let mut changes = Changes::new("import caseload");
        for row in rows {
            self.row(row, &mut changes);
        }
        for (number, case) in std::mem::take(&mut self.cases) {
            let existing = self.existing.cases.get(&number);
            let draft = case.draft(existing);
            match existing {
                Some(recorded) if recorded.resource == draft.resource => {}
                Some(_) => changes.push(draft),
                None => {
                    self.plan.summary.cases_new += 1;
                    changes.push(draft);
                }
            }
        }
        if !changes.drafts.is_empty() {
            self.plan.batches.push(changes);
        }
    }

    fn row(&mut self, row: &CaseRow, changes: &mut Changes) {
        let existing = self.existing.people.get(&row.identifier()).map_or(&[][..], Vec::as_slice);
        let person = self.person(row, existing, changes);
        let case = row.case_number.as_deref().map(|number| self.case(number, &person));
        let assessment = self.assessment(row, &person, case, existing, changes);
        self.findings(row, &assessment, existing, changes);
    }

    fn person(&mut self, row: &CaseRow, existing: &[Recorded], changes: &mut Changes) -> String {
        if let Some(before) = existing.iter().find_map(|recorded| Person::read(&recorded.resource))
        {
            self.known_person(row, &before);
            return before.id;
        }
        let person = Person {
            id: (self.ids)(),
            identifiers: vec![row.identifier()],
            name: row.name.clone(),
            family: row.family.clone(),
            given: row.given.clone(),
            sex: row.sex,
            birth: row.birth,
            language: row.language.clone(),
            migration: row.migration.clone(),
        };
        self.plan.summary.people_new += 1;
        changes.push(Draft {
            resource: person.write_to(None),
            person: Some(person.id.clone()),
            compartment: Compartment::Identity,
            replaces: None,
        });
        person.id
    }

    /// Counts somebody who is on record, and tells where the file says otherwise.
    fn known_person(&mut self, row: &CaseRow, before: &Person) {
        match differences(row, before) {
            None => self.plan.summary.people_unchanged += 1,
            Some(problem) => {
                self.plan.summary.people_changed += 1;
                self.plan.problems.push(problem);
            }
        }
    }

    fn case(&mut self, number: &str, person: &str) -> String {
        if !self.cases.contains_key(number) {
            let stored = self.existing.cases.get(number);
            let case = stored.and_then(|recorded| FamilyCase::read(&recorded.resource));
            let case = case.unwrap_or_else(|| FamilyCase {
                id: (self.ids)(),
                number: number.to_owned(),
                members: Vec::new(),
            });
            self.cases.insert(number.to_owned(), case);
        }
        let Some(case) = self.cases.get_mut(number) else { return String::new() };
        case.add(person);
        case.id.clone()
    }

    fn assessment(
        &mut self,
        row: &CaseRow,
        person: &str,
        case: Option<String>,
        existing: &[Recorded],
        changes: &mut Changes,
    ) -> Assessment {
        let same = |assessment: &Assessment| {
            assessment.destination == row.destination
                && assessment.population == row.population
                && assessment.status != Status::Cancelled
        };
        let mut known = existing.iter().filter_map(|recorded| Assessment::read(&recorded.resource));
        let before = known.clone().find(|each| same(each) && each.exam == row.exam);
        let before = before.or_else(|| {
            let other =
                known.find(|each| same(each) && (each.status.is_open() || !row.exam_stated))?;
            if row.exam_stated {
                self.plan.problems.push(other_exam(row, &other));
            }
            Some(other)
        });
        before.unwrap_or_else(|| {
            let assessment = Assessment {
                id: (self.ids)(),
                person: person.to_owned(),
                case,
                destination: row.destination,
                population: row.population.clone(),
                exam: row.exam,
                status: Status::Planned,
            };
            self.no_protocol(row);
            self.plan.summary.assessments_new += 1;
            changes.push(assessment.draft(None));
            assessment
        })
    }

    fn no_protocol(&mut self, row: &CaseRow) {
        let in_force =
            crate::rules::in_force(self.library, row.destination, &row.population, row.exam);
        if in_force.is_empty() {
            let place = format!("{} {} on {}", row.destination, row.population, row.exam);
            self.plan.problems.push(
                Problem::error("MZ-0532", row.line, "destination", &place)
                    .because(
                        "no protocol is in force for this destination, population and exam date",
                    )
                    .cure("correct the row, or install the protocol under content/protocols"),
            );
        }
    }

    fn findings(
        &mut self,
        row: &CaseRow,
        assessment: &Assessment,
        existing: &[Recorded],
        changes: &mut Changes,
    ) {
        for (fact, text) in &row.facts {
            // What is wrong with a fact was told when the row was read.
            let Ok(finding) = Finding::parse(self.library, fact, text) else { continue };
            if is_on_record(existing, &assessment.id, fact) {
                continue;
            }
            if let Some(problem) = self.out_of_place(row, assessment, fact, text) {
                self.plan.problems.push(problem);
                continue;
            }
            self.plan.summary.findings_new += 1;
            let on = row.exam.min(self.performed.on);
            let performed = Performed { on, ..self.performed.clone() };
            changes.push(finding.draft((self.ids)(), assessment, None, &performed, None));
        }
    }

    /// Why a fact may not come by file, if so.
    fn out_of_place(
        &self,
        row: &CaseRow,
        assessment: &Assessment,
        fact: &str,
        text: &str,
    ) -> Option<Problem> {
        let problem = |code| Problem::error(code, row.line, &format!("fact:{fact}"), text);
        if !matches!(assessment.status, Status::Planned | Status::Active) {
            return Some(
                problem("MZ-0536")
                    .because("the person's assessment has been signed")
                    .cure("enter it at its station, with the reason for the amendment"),
            );
        }
        let asked_elsewhere = crate::rules::for_assessment(self.library, assessment)
            .iter()
            .flat_map(|protocol| &protocol.steps)
            .filter(|step| step.asks.iter().any(|asked| asked.as_str() == fact))
            .any(|step| !matches!(step.station, Station::Reception | Station::Nurse));
        (self.accept == Accept::Reception && asked_elsewhere).then(|| {
            problem("MZ-0537")
                .because("this is found at the laboratory, by X-ray or by the physician")
                .cure("have it entered there; ignore the column in the column map")
        })
    }
}

/// Whether anybody recorded this fact in this assessment, at any time: a file is older news.
fn is_on_record(existing: &[Recorded], assessment: &str, fact: &str) -> bool {
    existing
        .iter()
        .filter_map(|recorded| Observed::read(&recorded.resource))
        .any(|observed| observed.fact == fact && observed.assessment.as_deref() == Some(assessment))
}

fn other_exam(row: &CaseRow, open: &Assessment) -> Problem {
    Problem::warning("MZ-0538", row.line, "exam_date", &row.exam.to_string())
        .because(format!("an open assessment for this destination has its exam on {}", open.exam))
        .cure("go on with that one, or sign it before the next is opened")
}

/// What the file says otherwise than the record. An empty cell says nothing.
fn differences(row: &CaseRow, before: &Person) -> Option<Problem> {
    let mut what = Vec::new();
    let mut note = |differs: bool, name: &'static str| {
        if differs {
            what.push(name);
        }
    };
    note(row.name != before.name, "name");
    note(row.sex.is_some() && row.sex != before.sex, "sex");
    note(row.birth.is_some() && row.birth != before.birth, "birth date");
    note(row.language.is_some() && row.language != before.language, "language");
    let moved = |said: Option<Country>, known: Option<Country>| said.is_some() && said != known;
    let (said, known) = (&row.migration, &before.migration);
    note(moved(said.country_of_birth, known.country_of_birth), "country of birth");
    note(moved(said.usual_residence, known.usual_residence), "usual residence");
    note(moved(said.country_of_departure, known.country_of_departure), "country of departure");
    if what.is_empty() {
        return None;
    }
    Some(
        Problem::warning("MZ-0533", row.line, "", "")
            .because(format!(
                "the person is on record; the file says otherwise: {}",
                what.join(", ")
            ))
            .cure("the record is kept; correct it on the person's page if the file is right"),
    )
}

/// People of one file who could be one person: the same name and birth under two numbers.
fn look_alikes(rows: &[CaseRow]) -> Vec<Problem> {
    let mut seen: BTreeMap<(String, String), u64> = BTreeMap::new();
    let mut problems = Vec::new();
    for row in rows {
        let name = row.name.to_lowercase();
        let birth = row.birth.map(|birth| format!("{birth:?}")).unwrap_or_default();
        if birth.is_empty() {
            continue;
        }
        if let Some(line) = seen.insert((name, birth), row.line) {
            problems.push(
                Problem::warning("MZ-0535", row.line, "name", &row.name)
                    .because(format!("line {line} has the same name and birth date"))
                    .cure("check whether the two are one person; both are imported"),
            );
        }
    }
    problems
}
