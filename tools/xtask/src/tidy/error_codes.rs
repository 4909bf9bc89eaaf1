//! Every `MZ-nnnn` has one meaning, belongs to one crate and is explained to the reader.

use std::collections::{BTreeMap, BTreeSet};

use super::rust_source::{is_test_path, product_lines};
use super::tree::{Tree, extension_of};
use super::{Finding, Rule};

const PAGE: &str = "docs/errors.md";

/// The first two digits of a code, and the crates that may define it.
const RANGES: &[(&str, &[&str])] = &[
    ("01", &["fhir"]),
    ("02", &["protocol"]),
    ("03", &["store", "store-sqlite", "store-postgres"]),
    ("04", &["journey"]),
    ("05", &["journey", "server", "manzil"]),
    ("06", &["server"]),
    ("07", &["manzil"]),
];

pub const ERROR_CODES: Rule = Rule {
    name: "error-codes",
    reason: "somebody with an error on the screen looks its code up in docs/errors.md and finds \
             one meaning and what to do",
    check: error_codes,
};

/// One place where a code stands in product code.
#[derive(Clone, Debug)]
struct Use {
    path: String,
    line: usize,
    /// The words after the code in the same literal: what it means. Empty when it stands alone.
    meaning: String,
    /// The source line, for whoever must explain the code.
    shown: String,
    /// Whether the code is given to an error here, not only compared with.
    gives: bool,
}

fn error_codes(tree: &Tree) -> Vec<Finding> {
    let uses = uses(tree);
    let mut findings = Vec::new();
    for (code, places) in &uses {
        findings.extend(wrong_range(code, places));
        findings.extend(two_meanings(code, places));
        findings.extend(two_folders(code, places));
    }
    findings.extend(page(tree.text(PAGE).unwrap_or_default(), &uses));
    findings
}

fn uses(tree: &Tree) -> BTreeMap<String, Vec<Use>> {
    let mut uses: BTreeMap<String, Vec<Use>> = BTreeMap::new();
    for (path, text) in tree.below("crates/") {
        let lines = if extension_of(path) == "rs" && !is_test_path(path) {
            product_lines(text)
        } else if extension_of(path) == "html" || extension_of(path) == "sql" {
            text.lines().enumerate().map(|(index, line)| (index + 1, line)).collect()
        } else {
            continue;
        };
        for (line, code_line) in lines {
            for (code, after) in codes_in(code_line) {
                let (meaning, rest) = after.split_once('"').unwrap_or((after, ""));
                let before = code_line.split(code).next().unwrap_or_default();
                let compared = ["=>", "|"].iter().any(|sign| rest.trim_start().starts_with(sign))
                    || ["== \"", "!= \""].iter().any(|sign| before.ends_with(sign));
                uses.entry(code.into()).or_default().push(Use {
                    path: path.into(),
                    line,
                    meaning: meaning.trim_start_matches([':', ' ']).trim_end_matches('\\').into(),
                    shown: code_line.trim().into(),
                    gives: !compared,
                });
            }
        }
    }
    uses
}

/// Every `MZ-nnnn` in a line, with the text after it.
fn codes_in(line: &str) -> Vec<(&str, &str)> {
    line.match_indices("MZ-")
        .filter_map(|(start, _)| {
            let code = line.get(start..start + 7)?;
            let digits = code.get(3..)?;
            let after = line.get(start + 7..)?;
            let whole = digits.bytes().all(|digit| digit.is_ascii_digit())
                && !after.starts_with(|letter: char| letter.is_ascii_digit());
            whole.then_some((code, after))
        })
        .collect()
}

fn wrong_range(code: &str, places: &[Use]) -> Option<Finding> {
    let owners = RANGES
        .iter()
        .find(|(range, _)| code.get(3..5) == Some(range))
        .map(|(_, owners)| *owners)
        .unwrap_or_default();
    let by_owner = places.iter().any(|place| {
        owners.iter().any(|owner| place.path.starts_with(&format!("crates/{owner}/")))
    });
    let first = places.first()?;
    (!by_owner).then(|| {
        let what = format!("{code} stands outside its range ({})", owners.join(", "));
        Finding::failure(&first.path, first.line, what)
    })
}

fn two_meanings(code: &str, places: &[Use]) -> Vec<Finding> {
    let mut told = places.iter().filter(|place| !place.meaning.is_empty());
    let Some(first) = told.next() else { return Vec::new() };
    // "cannot read the folder x" and "cannot read x as text" are one meaning in other words.
    told.filter(|place| first_words(&place.meaning) != first_words(&first.meaning))
        .map(|place| {
            let what = format!(
                "{code} means something else at {}:{} (\"{}\"); take a new code",
                first.path, first.line, first.meaning
            );
            Finding::failure(&place.path, place.line, what)
        })
        .collect()
}

/// A code that stands alone has its meaning in the words around it, which are not compared here.
/// It is given in the files of one folder, whose authors know of each other.
fn two_folders(code: &str, places: &[Use]) -> Option<Finding> {
    let mut given = places.iter().filter(|place| place.gives && place.meaning.is_empty());
    let first = given.next()?;
    let other = given.find(|place| folder(&place.path) != folder(&first.path))?;
    let what = format!("{code} is given at {}:{} too; take a new code", first.path, first.line);
    Some(Finding::failure(&other.path, other.line, what))
}

fn first_words(meaning: &str) -> Vec<&str> {
    meaning.split_whitespace().take(2).collect()
}

fn folder(path: &str) -> Option<&str> {
    path.rsplit_once('/').map(|(folder, _)| folder)
}

/// Compares the page's table, `| code | what happened | what to do |`, with the sources.
fn page(text: &str, uses: &BTreeMap<String, Vec<Use>>) -> Vec<Finding> {
    let mut findings = Vec::new();
    let mut listed = BTreeSet::new();
    for (index, line) in text.lines().enumerate().filter(|(_, line)| line.starts_with("| MZ-")) {
        let cells: Vec<&str> = line.trim_matches('|').split('|').map(str::trim).collect();
        let [code, happened, cure] = cells.as_slice() else {
            findings.push(Finding::failure(PAGE, index + 1, "a row has three cells"));
            continue;
        };
        if happened.is_empty() || cure.is_empty() {
            findings.push(Finding::failure(PAGE, index + 1, format!("{code} is not explained")));
        }
        if !listed.insert(*code) {
            findings.push(Finding::failure(PAGE, index + 1, format!("{code} is listed twice")));
        }
        if !uses.contains_key(*code) {
            findings.push(Finding::failure(PAGE, index + 1, format!("no source has {code}")));
        }
    }
    for (code, places) in uses.iter().filter(|(code, _)| !listed.contains(code.as_str())) {
        if let Some(place) = places.first() {
            let what = format!("{code} has no row in {PAGE}: {}", place.shown);
            findings.push(Finding::failure(&place.path, place.line, what));
        }
    }
    findings
}

#[cfg(test)]
mod tests {
    use super::*;

    const SOURCE: &str = "#[error(\"MZ-0301: refused\")]\n";
    const ROW: &str = "| MZ-0301 | refused | ask for the role |\n";

    fn found(files: &[(&str, &str)]) -> Vec<String> {
        error_codes(&Tree::of(files)).iter().map(|finding| finding.what.clone()).collect()
    }

    #[test]
    fn a_code_in_its_range_with_a_row_is_right() {
        assert!(found(&[("crates/store/src/error.rs", SOURCE), (PAGE, ROW)]).is_empty());
    }

    #[test]
    fn a_code_without_a_row_and_a_row_without_a_code_are_found() {
        let missing = found(&[("crates/store/src/error.rs", SOURCE), (PAGE, "")]);
        assert_eq!(
            missing,
            ["MZ-0301 has no row in docs/errors.md: #[error(\"MZ-0301: refused\")]"]
        );
        assert_eq!(found(&[(PAGE, ROW)]), ["no source has MZ-0301"]);
    }

    #[test]
    fn a_code_with_two_meanings_is_found() {
        let two = found(&[
            ("crates/store/src/error.rs", SOURCE),
            ("crates/store/src/port.rs", "\"MZ-0301: full\"\n"),
            (PAGE, ROW),
        ]);
        assert_eq!(two.len(), 1, "{two:?}");
    }

    #[test]
    fn a_code_is_given_in_one_folder_and_may_be_compared_in_others() {
        let row = "| MZ-0101 | not JSON | mend it |\n";
        let with = |other: &str| {
            let given = "ParseError::new(\"MZ-0101\", reason)\n";
            found(&[
                ("crates/fhir/src/a.rs", given),
                ("crates/fhir/src/b/c.rs", other),
                (PAGE, row),
            ])
        };
        assert_eq!(with("code: \"MZ-0101\",\n").len(), 1);
        assert!(with("\"MZ-0101\" => 400,\n").is_empty());
        assert!(with("if code == \"MZ-0101\" {\n").is_empty());
    }

    #[test]
    fn a_code_in_the_wrong_crate_is_found() {
        let wrong = found(&[("crates/journey/src/a.rs", SOURCE), (PAGE, ROW)]);
        assert_eq!(wrong.len(), 1, "{wrong:?}");
    }

    #[test]
    fn tests_and_comments_define_no_code() {
        let files = [
            ("crates/store/tests/a.rs", SOURCE),
            ("crates/store/src/b.rs", "// MZ-0302: in words\n"),
        ];
        assert!(found(&files).is_empty());
    }
}
