//! Every range is walked along an index, in order, without sorting.

use super::*;
use crate::tests::empty_file;

fn every_range() -> Vec<Range> {
    let (parameter, unit) = (1, 1);
    vec![
        Range::Token { parameter, code: 1, system: 0 },
        Range::Link { parameter, target: 1 },
        Range::Type { of: 1 },
        Range::Everything,
        Range::Words { of: 1, beginnings: vec!["x".into()] },
        Range::Period { parameter, span: 0, from: 0, before: 1 },
        Range::Amount { parameter, unit, wide: true, from: 0.0, to: f64::INFINITY },
        Range::Phrase { parameter, from: "a".into(), before: Some("b".into()) },
        Range::Phrase { parameter, from: String::new(), before: None },
        Range::Written { of: Some(1), after: 0 },
        Range::Written { of: None, after: 0 },
    ]
}

fn every_walk(range: &Range) -> Vec<(String, Vec<Value>)> {
    let key = match columns(range).2 {
        Keyed::Not => None,
        Keyed::Integer => Some(SortValue::Integer(1)),
        Keyed::Real => Some(SortValue::Real(1.0)),
        Keyed::Text => Some(SortValue::Text("a".into())),
    };
    let mark = Mark { key, number: 1 };
    let mut all = Vec::new();
    for after in [None, Some(&mark)] {
        for descending in [false, true] {
            let (statement, values, _) = walked(&Walk { range, after, descending, rows_max: 9 });
            all.push((statement, values));
        }
    }
    all
}

/// A plan that sorts, or builds an index of its own, does not scale.
#[test]
fn no_walk_sorts_or_scans() {
    let (_folder, connection) = empty_file();
    for range in every_range() {
        for (statement, values) in every_walk(&range) {
            let explain = format!("EXPLAIN QUERY PLAN {statement}");
            let mut explained = connection.prepare(&explain).unwrap();
            assert_eq!(explained.parameter_count(), values.len(), "{statement}");
            let plan = explained.query_map(params_from_iter(values), |row| row.get(3)).unwrap();
            let plan: Vec<String> = plan.collect::<Result<_, _>>().unwrap();
            for line in &plan {
                let whole = range == Range::Everything || line.contains("VIRTUAL TABLE");
                assert!(!line.starts_with("SCAN") || whole, "{plan:#?}\n{statement}");
                assert!(!line.contains("TEMP B-TREE"), "{plan:#?}\n{statement}");
                assert!(!line.contains("AUTOMATIC"), "{plan:#?}\n{statement}");
            }
        }
    }
}

#[test]
fn what_is_walked_can_be_counted() {
    let (_folder, connection) = empty_file();
    let shelf = SqliteShelf::new(&connection);
    for range in every_range().into_iter().chain([Range::Person { person: 1 }]) {
        assert_eq!(shelf.count(&range, 10).unwrap(), 0, "{range:?}");
        let walk = Walk { range: &range, after: None, descending: false, rows_max: 9 };
        assert!(shelf.walk(&walk).unwrap().is_empty(), "{range:?}");
    }
}
