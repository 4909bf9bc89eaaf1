//! What files may be called.

use super::tree::Tree;
use super::{Finding, Rule};

/// Names that say nothing of what is inside.
const EMPTY_NAMES: &[&str] = &[
    "util", "utils", "helper", "helpers", "manager", "managers", "service", "services", "impl",
    "misc", "common",
];

pub const FILE_NAMES: Rule = Rule {
    name: "file-names",
    reason: "a file is named by the field's own term for what is in it; `foo.rs` beside `foo/` \
             instead of `mod.rs`, so that every tab in an editor has a name",
    check: file_names,
};

fn file_names(tree: &Tree) -> Vec<Finding> {
    let mut findings = Vec::new();
    for (path, _) in tree.with_extension("rs") {
        let Some(without_extension) = path.strip_suffix(".rs") else { continue };
        let mut parts = without_extension.split('/').rev();
        if parts.next() == Some("mod") {
            findings.push(Finding::failure(path, None, "mod.rs; name it after its module"));
        }
        // A folder of test support shared by several test binaries is called `common` by
        // Cargo's own convention.
        let empty = without_extension.split('/').find(|part| EMPTY_NAMES.contains(part));
        if let Some(part) = empty.filter(|part| !(*part == "common" && path.contains("/tests/"))) {
            findings.push(Finding::failure(path, None, format!("`{part}` names nothing")));
        }
    }
    findings
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_must_say_what_is_inside() {
        let found = |path: &str| file_names(&Tree::of(&[(path, "")])).len();
        assert_eq!(found("crates/fhir/src/date.rs"), 0);
        assert_eq!(found("crates/fhir/src/date/mod.rs"), 1);
        assert_eq!(found("crates/fhir/src/utils.rs"), 1);
        assert_eq!(found("crates/fhir/src/helpers/date.rs"), 1);
        assert_eq!(found("crates/server/tests/common/clinic.rs"), 0);
    }
}
