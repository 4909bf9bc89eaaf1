//! Every shape of search prepares and walks an index.

use super::*;
use crate::tests::empty_file;

fn token(hash: i64) -> Condition {
    Condition::Token(Token { parameter: 1, hash })
}

fn every_search() -> Vec<Search> {
    let drivers = [
        Driver::Words("\"x\"*".into()),
        Driver::Person(1),
        Driver::Token(Token { parameter: 1, hash: 1 }),
        Driver::Type,
    ];
    let conditions = [
        vec![],
        vec![Condition::Id("x".into())],
        vec![Condition::Person(1), Condition::Own(1)],
        vec![token(1), token(2), token(3)],
        vec![Condition::Phrase(1, "a".into(), "b".into())],
        vec![Condition::Period { parameter: 1, from: 0, until: 1, within: true }],
        vec![Condition::Period { parameter: 1, from: 0, until: 1, within: false }],
        vec![Condition::Updated { from: 0, until: 1 }],
    ];
    let mut all = Vec::new();
    for driver in drivers {
        for conditions in &conditions {
            let (driver, conditions) = (driver.clone(), conditions.clone());
            all.push(Search { type_number: 1, mask: 31, driver, conditions });
        }
    }
    all
}

#[test]
fn every_shape_prepares_with_as_many_values() {
    let (_folder, connection) = empty_file();
    for search in every_search() {
        for (statement, values) in [search.count(), search.page(0, 10)] {
            let prepared = connection.prepare(&statement).unwrap();
            assert_eq!(prepared.parameter_count(), values.len(), "{statement}");
        }
    }
}

/// A plan that sorts, or builds an index of its own, does not scale.
#[test]
fn no_shape_sorts_or_scans() {
    let (_folder, connection) = empty_file();
    for search in every_search() {
        for (statement, values) in [search.count(), search.page(0, 10)] {
            let plan = plan(&connection, &statement, values);
            for line in &plan {
                let words = line.contains("VIRTUAL TABLE");
                let gathered = line == "SCAN found" || line.starts_with("SCAN (");
                assert!(!line.starts_with("SCAN") || words || gathered, "{plan:#?}\n{statement}");
                assert!(!line.contains("TEMP B-TREE"), "{plan:#?}\n{statement}");
                assert!(!line.contains("AUTOMATIC"), "{plan:#?}\n{statement}");
            }
        }
    }
}

fn plan(connection: &Connection, statement: &str, values: Vec<Value>) -> Vec<String> {
    let mut explained = connection.prepare(&format!("EXPLAIN QUERY PLAN {statement}")).unwrap();
    let rows = explained.query_map(params_from_iter(values), |row| row.get(3)).unwrap();
    rows.collect::<Result<_, _>>().unwrap()
}
