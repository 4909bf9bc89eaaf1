//! How long a file and a function may be.

use super::rust_source::functions;
use super::tree::Tree;
use super::{Finding, Rule};

/// Lines above which a file breaks the rule.
const FILE_LINES_MAX: usize = 800;
/// Lines above which a file is named as one that wants a door.
const FILE_LINES_EXPECTED_MAX: usize = 500;
/// Lines of code above which a function breaks the rule; the same as in `clippy.toml`.
const FUNCTION_LINES_MAX: usize = 70;

pub const FILES: Rule = Rule {
    name: "file-length",
    reason: "a file of more than 800 lines is read by nobody whole; give it a door: `foo.rs` \
             and `foo/`",
    check: files,
};

pub const FUNCTIONS: Rule = Rule {
    name: "function-length",
    reason: "a function of more than 70 lines of code does several things; name them",
    check: long_functions,
};

fn files(tree: &Tree) -> Vec<Finding> {
    tree.with_extension("rs")
        .filter_map(|(path, text)| {
            let lines = text.lines().count();
            if lines > FILE_LINES_MAX {
                Some(Finding::failure(path, None, format!("{lines} lines")))
            } else if lines > FILE_LINES_EXPECTED_MAX {
                Some(Finding::note(path, None, format!("{lines} lines")))
            } else {
                None
            }
        })
        .collect()
}

fn long_functions(tree: &Tree) -> Vec<Finding> {
    let mut findings = Vec::new();
    for (path, text) in tree.with_extension("rs") {
        for function in functions(text) {
            let excused =
                function.attributes.iter().any(|attribute| attribute.contains("too_many_lines"));
            if function.code_lines > FUNCTION_LINES_MAX && !excused {
                let what = format!("`{}` has {} lines", function.name, function.code_lines);
                findings.push(Finding::failure(path, function.line, what));
            }
        }
    }
    findings
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tidy::Weight;

    #[test]
    fn files_are_noted_at_501_and_fail_at_801() {
        let weight = |lines: usize| {
            let tree = Tree::of(&[("a.rs", &"\n".repeat(lines))]);
            files(&tree).first().map(|finding| finding.weight)
        };
        assert_eq!(weight(500), None);
        assert_eq!(weight(501), Some(Weight::Note));
        assert_eq!(weight(800), Some(Weight::Note));
        assert_eq!(weight(801), Some(Weight::Failure));
    }

    #[test]
    fn functions_fail_at_71_lines_of_code() {
        let found = |body: usize| {
            let text = format!("fn a() {{\n{}}}\n", "    b();\n\n".repeat(body));
            long_functions(&Tree::of(&[("a.rs", &text)])).len()
        };
        assert_eq!(found(68), 0);
        assert_eq!(found(69), 1);
    }
}
