//! The tidy rules over this repository, one test for each rule.

#![expect(clippy::panic, clippy::unwrap_used, reason = "a test fails by panicking")]

use xtask::tidy::tree::Tree;
use xtask::tidy::{RULES, complaint, rule};
use xtask::workspace;

#[track_caller]
fn holds(name: &str) {
    let tree = Tree::read(&workspace::root()).unwrap();
    let rule = rule(name).unwrap();
    if let Some(complaint) = complaint(rule, &(rule.check)(&tree)) {
        panic!("{complaint}");
    }
}

#[test]
fn arrows_point_down_or_left() {
    holds("arrows");
}

#[test]
fn pure_floors_reach_nothing_outside() {
    holds("pure-dependencies");
}

#[test]
fn every_crate_inherits_the_lints() {
    holds("lints");
}

#[test]
fn pure_floors_do_no_input_or_output() {
    holds("pure-sources");
}

#[test]
fn only_the_server_knows_http_and_html() {
    holds("http-and-html");
}

#[test]
fn only_the_stores_know_sql() {
    holds("sql");
}

#[test]
fn files_stay_short() {
    holds("file-length");
}

#[test]
fn functions_stay_short() {
    holds("function-length");
}

#[test]
fn file_names_say_what_is_inside() {
    holds("file-names");
}

#[test]
fn every_error_code_is_explained() {
    holds("error-codes");
}

#[test]
fn every_message_exists_in_english_and_arabic() {
    holds("messages");
}

#[test]
fn every_hazard_names_its_test() {
    holds("hazards");
}

#[test]
fn every_crate_is_in_the_architecture() {
    holds("architecture");
}

#[test]
fn every_decision_record_is_whole() {
    holds("decision-records");
}

#[test]
fn every_feature_has_its_state() {
    holds("features");
}

#[test]
fn every_link_leads_somewhere() {
    holds("links");
}

#[test]
fn no_path_of_one_machine() {
    holds("places");
}

#[test]
fn no_external_vector_is_copied() {
    holds("vectors");
}

#[test]
fn every_rule_has_a_test() {
    let here = include_str!("tidy.rs");
    let missing: Vec<_> = RULES
        .iter()
        .map(|rule| rule.name)
        .filter(|name| !here.contains(&format!("holds(\"{name}\")")))
        .collect();
    assert!(missing.is_empty(), "no test for {missing:?}");
}
