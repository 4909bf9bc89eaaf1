use super::*;
use crate::import::table;

const HEADER: &str = "case_number,person_number,name,sex,birth_date,age,citizenship,usual_residence,destination,population,exam_date";

fn library() -> Library {
    let weight = "[[fact]]\nid = \"weight\"\ntype = \"quantity\"\nunit = \"kg\"\nmin = \"0.3\"\n\
                  max = \"300\"\nlabel = \"Weight\"\n";
    Library::load([("facts/f.toml".to_owned(), weight.to_owned())]).unwrap()
}

#[test]
fn a_weight_of_700_kg_is_told_with_the_rest_of_the_row() {
    let table = table::read(b"name,sex,fact:weight\nA,W,700\n", b',').unwrap();
    let mut map = ColumnMap::standard();
    map.defaults.insert(Field::Destination, "US".into());
    map.defaults.insert(Field::Population, "refugee".into());
    let problems = read(&table, &map, &library(), jiff::civil::date(2023, 5, 1)).unwrap_err();
    let codes: Vec<&str> = problems.iter().map(|problem| problem.code).collect();
    assert_eq!(codes, ["MZ-0521", "MZ-0534"]);
    assert!(problems[1].reason.contains("not plausible"), "{}", problems[1]);
}

fn rows(lines: &str) -> Result<Vec<CaseRow>, Vec<Problem>> {
    let text = format!("{HEADER}\n{lines}");
    let table = table::read(text.as_bytes(), b',').unwrap();
    read(&table, &ColumnMap::standard(), &library(), jiff::civil::date(2023, 5, 1))
}

fn codes(lines: &str) -> Vec<(u64, &'static str)> {
    rows(lines).unwrap_err().iter().map(|problem| (problem.line, problem.code)).collect()
}

#[test]
fn a_good_row_is_understood() {
    let row = rows("C1,1,Amina Ali,F,2014,,SO/ET,KE,US,refugee,2023-05-01").unwrap().remove(0);
    assert_eq!(row.birth, Some(BirthDate::Stated("2014".parse().unwrap())));
    assert_eq!(row.migration.citizenships.len(), 2);
    assert_eq!(row.destination.code(), "US");
}

#[test]
fn an_age_stays_an_age() {
    let row = rows("C1,1,Amina Ali,F,,34,SO,KE,US,refugee,2023-05-01").unwrap().remove(0);
    let age = StatedAge { completed: 34, unit: AgeUnit::Years };
    let on = jiff::civil::date(2023, 5, 1);
    assert_eq!(row.birth, Some(BirthDate::Estimated { age, on }));
}

#[test]
fn every_bad_cell_of_every_row_is_named() {
    let bad = "C1,1,,W,30/02/1990,,XX,KE,UK,refugee,2023-05-01\n\
               C1,2,B,M,1990-02-30,,SO,KE,US,,2023-05-01\n\
               C1,3,C,M,2024-01-01,,SO,KE,US,refugee,2023-05-01\n";
    let found = codes(bad);
    let expected: &[(u64, &str)] = &[
        (2, "MZ-0526"),
        (2, "MZ-0524"),
        (2, "MZ-0524"),
        (2, "MZ-0520"),
        (2, "MZ-0521"),
        (3, "MZ-0526"),
        (3, "MZ-0523"),
        (4, "MZ-0528"),
    ];
    for each in expected {
        assert!(found.contains(each), "{each:?} not in {found:?}");
    }
}

#[test]
fn a_number_used_twice_names_the_other_line() {
    let twice = "C1,1,A,M,1990,,SO,KE,US,refugee,2023-05-01\n\
                 C1,1,B,M,1990,,SO,KE,US,refugee,2023-05-01\n";
    assert_eq!(codes(twice), [(3, "MZ-0531")]);
}

#[test]
fn a_column_that_nobody_explained_is_refused() {
    let table = table::read(b"name,blood\nA,B\n", b',').unwrap();
    let problems = read(&table, &ColumnMap::standard(), &library(), jiff::civil::date(2023, 5, 1))
        .unwrap_err();
    assert_eq!(problems[0].column, "blood");
}
