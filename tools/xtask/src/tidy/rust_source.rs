//! Reading Rust source line by line, as far as the tidy rules need it.
//!
//! The sources are formatted by rustfmt, so that an item's closing brace stands at the
//! indentation of its first line. That is all the parsing there is.

/// Whether a path holds tests, benchmarks or fuzz targets and no product code.
pub fn is_test_path(path: &str) -> bool {
    ["/tests/", "/benches/", "/fuzz/", "/examples/"].iter().any(|part| path.contains(part))
        || path.ends_with("/tests.rs")
        || path.ends_with("_tests.rs")
}

/// The lines of product code with their numbers from 1: no comments, no test modules.
pub fn product_lines(text: &str) -> Vec<(usize, &str)> {
    let mut kept = Vec::new();
    let mut closing_of_tests: Option<String> = None;
    let mut after_cfg_test = false;
    for (index, line) in text.lines().enumerate() {
        if let Some(closing) = &closing_of_tests {
            if line == closing {
                closing_of_tests = None;
            }
            continue;
        }
        let code = line.trim_start();
        if after_cfg_test && !code.starts_with("#[") {
            after_cfg_test = false;
            if code.starts_with("mod ") && code.ends_with('{') {
                closing_of_tests = Some(format!("{}}}", indentation(line)));
                continue;
            }
        }
        if code.starts_with("#[cfg(test)]") {
            after_cfg_test = true;
        }
        if !code.starts_with("//") {
            kept.push((index + 1, line));
        }
    }
    kept
}

/// One function as it stands in a file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Function<'a> {
    pub name: &'a str,
    /// Line of `fn`, from 1.
    pub line: usize,
    /// Lines of code from the signature to the closing brace, without blank and comment lines.
    pub code_lines: usize,
    /// The attribute lines straight above.
    pub attributes: Vec<&'a str>,
}

impl Function<'_> {
    /// Whether an attribute makes it a test (`#[test]`, `#[tokio::test]`).
    pub fn is_test(&self) -> bool {
        self.attributes
            .iter()
            .any(|attribute| attribute.contains("test]") || attribute.contains("test("))
    }
}

/// Every function of a file, nested ones too.
pub fn functions(text: &str) -> Vec<Function<'_>> {
    let lines: Vec<&str> = text.lines().collect();
    let mut found = Vec::new();
    for (index, line) in lines.iter().enumerate() {
        let Some(name) = function_name(line) else { continue };
        let rest = lines.get(index..).unwrap_or_default();
        let closing = format!("{}}}", indentation(line));
        let one_line = line.trim_end().ends_with('}') || line.trim_end().ends_with(';');
        let length = if one_line {
            1
        } else {
            rest.iter().position(|line| *line == closing).map_or(1, |last| last + 1)
        };
        let code_lines = rest.iter().take(length).filter(|line| is_code(line)).count();
        let above = lines.get(..index).unwrap_or_default();
        let attributes = above
            .iter()
            .rev()
            .map(|line| line.trim())
            .take_while(|line| line.starts_with("#[") || line.starts_with("//"))
            .filter(|line| line.starts_with("#["))
            .collect();
        found.push(Function { name, line: index + 1, code_lines, attributes });
    }
    found
}

fn is_code(line: &str) -> bool {
    let line = line.trim();
    !line.is_empty() && !line.starts_with("//")
}

fn indentation(line: &str) -> &str {
    let code = line.trim_start();
    line.strip_suffix(code).unwrap_or_default()
}

fn function_name(line: &str) -> Option<&str> {
    const BEFORE: &[&str] =
        &["pub", "pub(crate)", "pub(super)", "const", "async", "unsafe", "extern", "\"C\""];
    let (before, after) = line.split_once("fn ")?;
    let starts_an_item = before.split_whitespace().all(|word| BEFORE.contains(&word))
        && (before.is_empty() || before.ends_with(' '));
    let end = after.find(|letter: char| !letter.is_alphanumeric() && letter != '_')?;
    let name = after.get(..end).filter(|name| !name.is_empty())?;
    starts_an_item.then_some(name)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn product_lines_leave_out_comments_and_test_modules() {
        let text = "\
//! Module.
fn a() {} // kept
#[cfg(test)]
mod tests {
    fn b() {}
}
fn c() {}
";
        let kept: Vec<usize> = product_lines(text).into_iter().map(|(line, _)| line).collect();
        assert_eq!(kept, [2, 3, 7]);
    }

    #[test]
    fn a_test_module_in_its_own_file_hides_nothing() {
        let kept = product_lines("#[cfg(test)]\nmod tests;\nfn a() {}\n");
        assert_eq!(kept.len(), 3);
    }

    #[test]
    fn functions_are_measured_without_blank_and_comment_lines() {
        let text = "\
impl A {
    #[test]
    pub(crate) async fn long(
        a: u8,
    ) -> u8 {
        // why

        a
    }

    fn short() {}
}
";
        let found = functions(text);
        let measured: Vec<_> =
            found.iter().map(|one| (one.name, one.line, one.code_lines, one.is_test())).collect();
        assert_eq!(measured, [("long", 3, 5, true), ("short", 11, 1, false)]);
    }

    #[test]
    fn a_word_that_ends_in_fn_is_no_function() {
        assert_eq!(function_name("let x: fn (u8) -> u8 = y;"), None);
        assert_eq!(function_name("    // the fn name is kept"), None);
        assert_eq!(function_name("    const fn name(&self) {"), Some("name"));
    }
}
