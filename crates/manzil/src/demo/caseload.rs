//! A fictional caseload: families on their way to a destination.

use jiff::ToSpan;
use jiff::civil::Date;

use super::names::{ORIGINS, Origin};
use super::random::Random;

/// One fictional person, as a sender of a caseload would describe them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DemoPerson {
    pub case_number: String,
    pub person_number: String,
    pub name: String,
    pub sex: &'static str,
    /// A full, a partial or no date.
    pub birth_date: String,
    /// Completed years, when no date is known.
    pub age: String,
    pub country_of_birth: &'static str,
    pub citizenship: &'static str,
    pub stateless: &'static str,
    pub usual_residence: &'static str,
    pub country_of_departure: &'static str,
    pub language: &'static str,
    pub interpreter: &'static str,
    pub intended_stay_months: String,
    pub destination: &'static str,
    pub population: &'static str,
    pub exam_date: String,
}

/// Where fictional people go: country, population, intended stay in months.
const DESTINATIONS: &[(&str, &str, &str)] = &[
    ("US", "refugee", ""),
    ("US", "refugee", ""),
    ("US", "immigrant", ""),
    ("GB", "student", "36"),
    ("CA", "refugee", ""),
];

/// Makes `people` fictional people for exams in the fortnight around `today`.
pub fn caseload(people: usize, seed: u64, today: Date) -> Vec<DemoPerson> {
    let mut random = Random::new(seed);
    let mut all = Vec::with_capacity(people);
    let mut case = 0;
    while all.len() < people {
        case += 1;
        let left = people - all.len();
        family(&mut random, case, left, today, &mut all);
    }
    all
}

fn family(random: &mut Random, case: usize, left: usize, today: Date, all: &mut Vec<DemoPerson>) {
    let (Some(origin), Some(destination)) = (random.pick(ORIGINS), random.pick(DESTINATIONS))
    else {
        return;
    };
    let alone = destination.1 == "student";
    let size = if alone { 1 } else { 1 + random.below(5) as usize };
    let residence = random.pick(origin.residences).copied().unwrap_or(origin.country);
    let family = random.pick(origin.families).copied().unwrap_or_default();
    // Some exams lie long enough back for cultures to have come home.
    let days = if random.chance(35) { 60 + random.below(20) } else { random.below(12) };
    let exam = today.saturating_sub((days as i64).days());
    for member in 0..size.min(left) {
        let years = if alone || member == 0 {
            18 + random.below(50)
        } else if member == 1 {
            16 + random.below(50)
        } else {
            random.below(17)
        };
        let female = random.chance(50);
        let (birth_date, age) = birth(random, years as i16, exam);
        all.push(DemoPerson {
            case_number: format!("DEMO-{case:04}"),
            person_number: format!("DEMO-{case:04}-{}", member + 1),
            name: name(random, origin, female, family),
            sex: if female { "female" } else { "male" },
            birth_date,
            age,
            country_of_birth: if years < 8 { residence } else { origin.country },
            citizenship: if origin.country == "MM" && residence == "BD" {
                ""
            } else {
                origin.country
            },
            stateless: if origin.country == "MM" && residence == "BD" { "yes" } else { "no" },
            usual_residence: residence,
            country_of_departure: residence,
            language: origin.language,
            interpreter: if random.chance(70) { "yes" } else { "no" },
            intended_stay_months: destination.2.to_owned(),
            destination: destination.0,
            population: destination.1,
            exam_date: exam.to_string(),
        });
    }
}

fn name(random: &mut Random, origin: &Origin, female: bool, family: &str) -> String {
    let given = if female { origin.women } else { origin.men };
    let own = random.pick(given).copied().unwrap_or_default();
    if origin.patronymic {
        let father = random.pick(origin.men).copied().unwrap_or_default();
        format!("{own} {father} {family}")
    } else {
        format!("{own} {family}")
    }
}

/// Most people know the day; some only the year or their age. Nobody gets a day by default.
fn birth(random: &mut Random, years: i16, exam: Date) -> (String, String) {
    let days = 1 + random.below(360) as i64;
    let born = exam.saturating_sub(years.years()).saturating_sub(days.days());
    match random.below(10) {
        0 => (String::new(), years.to_string()),
        1 => (format!("{:04}", born.year()), String::new()),
        2 => (format!("{:04}-{:02}", born.year(), born.month()), String::new()),
        _ => (born.to_string(), String::new()),
    }
}

/// The caseload as CSV with the standard headings.
pub fn to_csv(people: &[DemoPerson]) -> String {
    let mut text = String::from(
        "case_number,person_number,name,sex,birth_date,age,country_of_birth,citizenship,\
         stateless,usual_residence,country_of_departure,language,interpreter,\
         intended_stay_months,destination,population,exam_date\n",
    );
    for person in people {
        let cells = [
            person.case_number.as_str(),
            &person.person_number,
            &person.name,
            person.sex,
            &person.birth_date,
            &person.age,
            person.country_of_birth,
            person.citizenship,
            person.stateless,
            person.usual_residence,
            person.country_of_departure,
            person.language,
            person.interpreter,
            &person.intended_stay_months,
            person.destination,
            person.population,
            &person.exam_date,
        ];
        text.push_str(&cells.join(","));
        text.push('\n');
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_same_seed_gives_the_same_people() {
        let today = jiff::civil::date(2026, 1, 15);
        assert_eq!(caseload(50, 7, today), caseload(50, 7, today));
        assert_ne!(caseload(50, 7, today), caseload(50, 8, today));
        assert_eq!(caseload(50, 7, today).len(), 50);
    }

    #[test]
    fn nobody_is_named_like_a_column() {
        let csv = to_csv(&caseload(500, 1, jiff::civil::date(2026, 1, 15)));
        let columns = csv.lines().next().unwrap().split(',').count();
        assert!(csv.lines().all(|line| line.split(',').count() == columns));
    }
}
