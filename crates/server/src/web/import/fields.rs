//! The columns of a caseload: what each holds, and the heading of an empty one.

use manzil_journey::import::map::Field;

use crate::messages::{Translator, key};

/// The first line of a caseload with every field. `\r\n` and the byte-order mark are what
/// spreadsheet programs need to read names of every script.
pub(super) fn heading() -> String {
    let names: Vec<&str> = Field::names().collect();
    format!("\u{feff}{}\r\n", names.join(","))
}

/// Every field with what it holds.
pub(super) fn meanings(t: &Translator) -> Vec<(&'static str, String)> {
    Field::names().map(|name| (name, t.get(meaning(name)))).collect()
}

fn meaning(field: &str) -> &'static str {
    match field {
        "case_number" => key("field-case-number"),
        "person_number" => key("field-person-number"),
        "name" | "family" | "given" => key("field-name"),
        "sex" => key("field-sex"),
        "birth_date" => key("field-birth-date"),
        "birth_known" => key("field-birth-known"),
        "age" => key("field-age"),
        "age_on" => key("field-age-on"),
        "country_of_birth" | "usual_residence" | "country_of_departure" | "destination" => {
            key("field-country")
        }
        "citizenship" | "transit_countries" => key("field-countries"),
        "stateless" | "interpreter" => key("field-yes-no"),
        "arrival_month" => key("field-arrival"),
        "language" => key("field-language"),
        "intended_stay_months" => key("field-months"),
        "population" => key("field-population"),
        "exam_date" => key("field-exam-date"),
        _ => key("field-group"),
    }
}

#[cfg(test)]
mod tests {
    use manzil_journey::import::{ColumnMap, table};

    #[test]
    fn the_template_is_a_caseload_that_the_import_reads() {
        let table = table::read(super::heading().as_bytes(), b',').unwrap();
        let map = ColumnMap::standard();
        assert!(table.header.iter().all(|heading| map.column(heading).is_some()));
    }
}
