//! Which words may stand in which rooms of the house.

use super::layering::pure_crates;
use super::rust_source::{is_test_path, product_lines};
use super::tree::{Tree, extension_of};
use super::{Finding, Rule};

pub const PURE_SOURCES: Rule = Rule {
    name: "pure-sources",
    reason: "floors 0 to 2 read no file, clock, environment or network and start no thread: \
             their caller does, and hands the result in",
    check: pure_sources,
};

pub const HTTP_AND_HTML: Rule = Rule {
    name: "http-and-html",
    reason: "only the server knows HTTP status codes and HTML; below it a page or a status \
             would tie the rules to one way of showing them",
    check: http_and_html,
};

pub const SQL: Rule = Rule {
    name: "sql",
    reason: "SQL lives in the store crates alone, behind the port that enforces the access \
             policy; tables are STRICT so that a wrong type is refused",
    check: sql,
};

/// Words that reach the outside world, and what each of them does.
const OUTSIDE: &[(&str, &str)] = &[
    ("std::fs", "reads or writes files"),
    ("std::net", "opens the network"),
    ("std::process", "starts or ends processes"),
    ("std::env::", "reads the environment"),
    ("std::thread", "starts threads"),
    ("::now()", "reads the clock"),
    ("now_v7()", "reads the clock and entropy"),
    ("new_v4()", "reads entropy"),
    ("async fn", "is async"),
];

fn pure_sources(tree: &Tree) -> Vec<Finding> {
    let mut findings = Vec::new();
    for name in pure_crates() {
        let folder = format!("crates/{name}/src/");
        for (path, text) in tree.below(&folder) {
            for (line, code) in product_code(path, text) {
                for (word, does) in OUTSIDE.iter().filter(|(word, _)| code.contains(word)) {
                    findings.push(Finding::failure(path, line, format!("`{word}` {does}")));
                }
            }
        }
    }
    findings
}

/// Openings of HTML that only a page writes.
const HTML: &[&str] = &["<html", "<body", "<p>", "<table", "<span", "<a href", "<form", "<h1"];

/// Whether code writes HTML. A word in angle brackets after a colon or a slash, as in
/// `lookup:<table>`, stands for a name.
fn writes_html(code: &str) -> bool {
    HTML.iter().any(|tag| {
        code.match_indices(tag).any(|(start, _)| {
            let before = code.get(..start).and_then(|text| text.chars().next_back());
            !matches!(before, Some(':' | '/'))
        })
    })
}

fn http_and_html(tree: &Tree) -> Vec<Finding> {
    let mut findings = Vec::new();
    for (path, _) in tree.with_extension("html") {
        if !path.starts_with("crates/server/") && !path.starts_with("crates/report/") {
            findings.push(Finding::failure(path, None, "HTML outside the server's templates"));
        }
    }
    for (path, text) in tree.below("crates/") {
        if path.starts_with("crates/server/") {
            continue;
        }
        for (line, code) in product_code(path, text) {
            if code.contains("StatusCode") {
                findings.push(Finding::failure(path, line, "an HTTP status outside the server"));
            }
            if writes_html(code) {
                findings.push(Finding::failure(path, line, "HTML outside the server"));
            }
        }
    }
    findings
}

fn sql(tree: &Tree) -> Vec<Finding> {
    let mut findings = Vec::new();
    for (path, text) in tree.files() {
        let in_store = path.starts_with("crates/store-");
        let is_sql = extension_of(path) == "sql";
        if is_sql && !in_store {
            findings.push(Finding::failure(path, None, "an SQL file outside the store crates"));
        }
        if is_sql && path.starts_with("crates/store-sqlite/") {
            findings.extend(tables_not_strict(path, text));
        }
        if !in_store && path.starts_with("crates/") {
            for (line, code) in product_code(path, text) {
                if ["SELECT ", "INSERT INTO ", "CREATE TABLE ", "DELETE FROM "]
                    .iter()
                    .any(|word| code.contains(word))
                {
                    findings.push(Finding::failure(path, line, "SQL outside the store crates"));
                }
            }
        }
    }
    findings
}

fn tables_not_strict(path: &str, text: &str) -> Vec<Finding> {
    let without_comments: Vec<&str> =
        text.lines().map(|line| line.split("--").next().unwrap_or(line)).collect();
    without_comments
        .join("\n")
        .split(';')
        .filter(|statement| statement.contains("CREATE TABLE"))
        .filter(|statement| {
            let after_columns = statement.rsplit(')').next().unwrap_or_default();
            !after_columns.contains("STRICT")
        })
        .map(|statement| {
            let name = statement.split("CREATE TABLE").nth(1).unwrap_or_default();
            let name = name.split('(').next().unwrap_or_default().trim();
            Finding::failure(path, None, format!("table {name} is not STRICT"))
        })
        .collect()
}

/// The lines of product code of a Rust file; none of any other file.
fn product_code<'a>(path: &str, text: &'a str) -> Vec<(usize, &'a str)> {
    if extension_of(path) != "rs" || is_test_path(path) {
        return Vec::new();
    }
    product_lines(text)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pure_floors_do_not_touch_the_world() {
        let found = |path: &str, text: &str| pure_sources(&Tree::of(&[(path, text)])).len();
        assert_eq!(found("crates/protocol/src/load.rs", "use std::fs;\n"), 1);
        assert_eq!(found("crates/protocol/src/load.rs", "let at = Timestamp::now();\n"), 1);
        assert_eq!(found("crates/protocol/src/load.rs", "// not std::fs\n"), 0);
        assert_eq!(found("crates/protocol/tests/load.rs", "use std::fs;\n"), 0);
        assert_eq!(found("crates/server/src/load.rs", "use std::fs;\n"), 0);
    }

    #[test]
    fn http_and_html_stay_in_the_server() {
        let found = |path: &str, text: &str| http_and_html(&Tree::of(&[(path, text)])).len();
        assert_eq!(found("crates/journey/src/a.rs", "StatusCode::NOT_FOUND\n"), 1);
        assert_eq!(found("crates/journey/src/a.rs", "\"<p>hello</p>\"\n"), 1);
        assert_eq!(found("crates/journey/src/a.rs", "\"<table class=x>\"\n"), 1);
        assert_eq!(found("crates/journey/src/a.rs", "\"it may be lookup:<table>\"\n"), 0);
        assert_eq!(found("crates/server/src/a.rs", "StatusCode::NOT_FOUND\n"), 0);
        assert_eq!(found("crates/journey/a.html", ""), 1);
    }

    #[test]
    fn sql_stays_in_the_stores() {
        let found = |path: &str, text: &str| sql(&Tree::of(&[(path, text)])).len();
        assert_eq!(found("crates/server/src/a.rs", "\"SELECT id FROM person\"\n"), 1);
        assert_eq!(found("crates/store-sqlite/src/a.rs", "\"SELECT id FROM person\"\n"), 0);
        assert_eq!(found("crates/store-sqlite/src/1.sql", "CREATE TABLE a (b TEXT) STRICT;"), 0);
        assert_eq!(found("crates/store-sqlite/src/1.sql", "CREATE TABLE a (b TEXT);"), 1);
        let commented = "CREATE TABLE a (\n    -- one; two\n    b TEXT\n) STRICT;\n";
        assert_eq!(found("crates/store-sqlite/src/1.sql", commented), 0);
        assert_eq!(found("crates/server/a.sql", ""), 1);
    }
}
