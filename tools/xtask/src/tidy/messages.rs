//! Every word on a screen comes from a Fluent file, in English and in Arabic.

use std::collections::{BTreeMap, BTreeSet};

use super::rust_source::{is_test_path, product_lines};
use super::tree::{Tree, extension_of};
use super::{Finding, Rule};

/// How a message is asked for in the server's templates and sources: what stands right before its
/// key. To teach the scanner a new call, add its opening here.
const CALLS: &[&str] = &["t.get(\"", "t.with(\"", "key(\""];

/// Where pages and their words are.
const ASKING: &str = "crates/server/";

/// The language that every key must exist in, and those that must follow it.
const FIRST: &str = "en";
const COMPLETE: &[&str] = &["ar"];

const FOLDER: &str = "content/messages/";

pub const MESSAGES: Rule = Rule {
    name: "messages",
    reason: "a key without a message shows the reader a bare key, and a message with another \
             variable than the English one shows a hole",
    check: messages,
};

/// One message of one language.
#[derive(Clone, Debug, Default)]
struct Message {
    path: String,
    line: usize,
    /// The names after `$` in its text.
    variables: BTreeSet<String>,
}

type Catalogue = BTreeMap<String, Message>;

fn messages(tree: &Tree) -> Vec<Finding> {
    let mut findings = Vec::new();
    let english = catalogue(tree, FIRST, &mut findings);
    for (path, line, key) in keys_asked_for(tree) {
        if !english.contains_key(&key) {
            findings.push(Finding::failure(&path, line, format!("no `{FIRST}` message `{key}`")));
        }
    }
    for language in COMPLETE {
        let other = catalogue(tree, language, &mut findings);
        findings.extend(differences(&english, &other, language));
    }
    findings
}

fn catalogue(tree: &Tree, language: &str, findings: &mut Vec<Finding>) -> Catalogue {
    let folder = format!("{FOLDER}{language}/");
    let mut catalogue = Catalogue::new();
    for (path, text) in tree.below(&folder).filter(|(path, _)| extension_of(path) == "ftl") {
        for (key, message) in read(path, text) {
            let line = message.line;
            if let Some(first) = catalogue.insert(key.clone(), message) {
                let what = format!("`{key}` is already at {}:{}", first.path, first.line);
                findings.push(Finding::failure(path, line, what));
            }
        }
    }
    catalogue
}

/// The messages of one Fluent file. A message starts at the line's start; what follows it
/// indented belongs to it.
fn read(path: &str, text: &str) -> Vec<(String, Message)> {
    let mut messages: Vec<(String, Message)> = Vec::new();
    for (index, line) in text.lines().enumerate() {
        let continues = line.starts_with([' ', '\t', '}']);
        if !continues && let Some(key) = key_of(line) {
            let message = Message { path: path.into(), line: index + 1, ..Message::default() };
            messages.push((key.into(), message));
        }
        if !line.starts_with('#')
            && let Some((_, message)) = messages.last_mut()
        {
            message.variables.extend(variables(line));
        }
    }
    messages
}

fn key_of(line: &str) -> Option<&str> {
    let (key, _) = line.split_once('=')?;
    let key = key.trim_end();
    let named = key.starts_with(|letter: char| letter.is_ascii_alphabetic() || letter == '-')
        && key.chars().all(is_key_letter);
    named.then_some(key)
}

fn is_key_letter(letter: char) -> bool {
    letter.is_ascii_alphanumeric() || letter == '-' || letter == '_'
}

fn variables(line: &str) -> impl Iterator<Item = String> {
    line.split('$').skip(1).map(|rest| rest.chars().take_while(|one| is_key_letter(*one)).collect())
}

fn keys_asked_for(tree: &Tree) -> Vec<(String, usize, String)> {
    let mut asked = Vec::new();
    for (path, text) in tree.below(ASKING) {
        let lines = if extension_of(path) == "html" {
            text.lines().enumerate().map(|(index, line)| (index + 1, line)).collect()
        } else if extension_of(path) == "rs" && !is_test_path(path) {
            product_lines(text)
        } else {
            continue;
        };
        for (line, code) in lines {
            asked.extend(keys_in(code).map(|key| (path.to_owned(), line, key.to_owned())));
        }
    }
    asked
}

fn keys_in(code: &str) -> impl Iterator<Item = &str> {
    CALLS.iter().flat_map(move |call| {
        code.match_indices(call).filter_map(move |(start, _)| {
            // `outset.get("x")` and `map.key("x")` are other things.
            let starts_a_word = code.get(..start).is_none_or(|before| {
                !before.ends_with(|one: char| is_key_letter(one))
                    && (call.contains('.') || !before.ends_with('.'))
            });
            let key = code.get(start + call.len()..)?.split('"').next()?;
            // A key that is put together at run time (`role-{role}`) cannot be looked up here.
            (starts_a_word && key.chars().all(is_key_letter)).then_some(key)
        })
    })
}

fn differences(english: &Catalogue, other: &Catalogue, language: &str) -> Vec<Finding> {
    let mut findings = Vec::new();
    for (key, message) in english {
        let Some(translated) = other.get(key) else {
            let what = format!("`{key}` has no `{language}` message");
            findings.push(Finding::failure(&message.path, message.line, what));
            continue;
        };
        for unknown in translated.variables.difference(&message.variables) {
            let what = format!("`{key}` uses ${unknown}, which the `{FIRST}` message does not");
            findings.push(Finding::failure(&translated.path, translated.line, what));
        }
    }
    for (key, message) in other.iter().filter(|(key, _)| !english.contains_key(*key)) {
        let what = format!("`{key}` is not in `{FIRST}`");
        findings.push(Finding::failure(&message.path, message.line, what));
    }
    findings
}

#[cfg(test)]
mod tests {
    use super::*;

    const EN: &str = "content/messages/en/pages.ftl";
    const AR: &str = "content/messages/ar/pages.ftl";
    const PAGE: &str = "crates/server/templates/today.html";

    fn found(page: &str, english: &str, arabic: &str) -> Vec<String> {
        let tree = Tree::of(&[(PAGE, page), (EN, english), (AR, arabic)]);
        messages(&tree).iter().map(|finding| finding.what.clone()).collect()
    }

    #[test]
    fn a_key_in_both_languages_is_right() {
        assert!(
            found("{{ t.get(\"today-title\") }}", "today-title = Today", "today-title = ا")
                .is_empty()
        );
    }

    #[test]
    fn a_key_that_nobody_wrote_is_found() {
        assert_eq!(found("{{ t.get(\"gone\") }}", "", ""), ["no `en` message `gone`"]);
    }

    #[test]
    fn both_languages_have_the_same_keys() {
        assert_eq!(found("", "a = A", ""), ["`a` has no `ar` message"]);
        assert_eq!(found("", "", "a = A"), ["`a` is not in `en`"]);
        assert_eq!(found("", "a = A\na = B", "a = A").len(), 1);
    }

    #[test]
    fn a_translation_has_no_variable_of_its_own() {
        let english =
            "waiting =\n    { $count ->\n        [one] one\n       *[other] { $count }\n    }\n";
        assert!(found("", english, english).is_empty());
        let wrong = english.replace("$count", "$number");
        assert_eq!(found("", english, &wrong).len(), 1);
    }

    #[test]
    fn a_key_put_together_at_run_time_is_left_alone() {
        assert!(
            found("{{ t.get(\"role-{}\") }} outset.get(\"x\") map.key(\"x\")", "", "").is_empty()
        );
    }
}
