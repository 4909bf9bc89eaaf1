use std::collections::BTreeSet;
use std::path::Path;
use std::sync::Arc;

use jiff::civil::date;
use jiff::tz::TimeZone;
use manzil_server::messages::{MessageFile, Messages, MessagesError, Translator};

use crate::browser::{message_files, messages};
use crate::routes::visit;

fn speaks(tag: &str) -> Translator {
    Translator::new(Arc::new(messages()), tag, TimeZone::UTC)
}

#[test]
fn dates_name_the_month_and_stay_as_vague_as_they_are() {
    let (en, ar) = (speaks("en"), speaks("ar"));
    let cases = [
        ("2023-05-03", "3 May 2023", "3 مايو 2023"),
        ("2023-05", "May 2023", "مايو 2023"),
        ("2023", "2023", "2023"),
        ("2023-05-03T14:05:00Z", "3 May 2023", "3 مايو 2023"),
        ("2023-13", "2023-13", "2023-13"),
        ("2023-02-30", "2023-02-30", "2023-02-30"),
        ("", "", ""),
    ];
    for (text, english, arabic) in cases {
        assert_eq!(en.partial_date(text), english);
        assert_eq!(ar.partial_date(text), arabic);
    }
    assert_eq!(en.date(date(2023, 5, 3)), "3 May 2023");
    assert_eq!(en.time("2023-05-03T14:05:09Z".parse().unwrap()), "3 May 2023, 14:05");
}

#[test]
fn counts_are_grouped_in_western_digits() {
    let ar = speaks("ar");
    for (number, text) in [(0, "0"), (999, "999"), (1_000, "1,000"), (48_943_000, "48,943,000")] {
        assert_eq!(ar.number(number), text);
    }
}

#[test]
fn plurals_follow_the_language() {
    let ar = speaks("ar");
    assert!(ar.with("rate-cure", &[("minutes", &2)]).contains("دقيقتين"));
    assert!(ar.with("rate-cure", &[("minutes", &5)]).contains("دقائق"));
    assert!(speaks("en").with("rate-cure", &[("minutes", &1)]).contains("one minute"));
}

#[test]
fn names_in_another_script_are_isolated() {
    let text = speaks("en").with("home-greeting", &[("name", &"سارة")]);
    assert_eq!(text, "Welcome, \u{2068}سارة\u{2069}");
}

#[test]
fn what_a_language_lacks_is_said_in_english() {
    let files = [
        MessageFile { language: "en", name: "en.ftl", text: "a = A\nb = B" },
        MessageFile { language: "fr", name: "fr.ftl", text: "a = À" },
    ];
    let t = Translator::new(Arc::new(Messages::load(files).unwrap()), "fr", TimeZone::UTC);
    assert_eq!((t.get("a"), t.get("b"), t.get("c")), ("À".into(), "B".into(), "c".into()));
}

#[test]
fn bad_message_files_are_refused_with_their_name() {
    let english = MessageFile { language: "en", name: "en.ftl", text: "a = A" };
    let load = |language, text| {
        Messages::load([english, MessageFile { language, name: "bad.ftl", text }]).unwrap_err()
    };
    assert!(
        matches!(load("fr", "a = { $"), MessagesError::Syntax { file, .. } if file == "bad.ftl")
    );
    assert!(matches!(load("en", "a = B"), MessagesError::Repeated { .. }));
    assert!(matches!(load("not a tag", "a = B"), MessagesError::Tag(_)));
    let none = Messages::load([MessageFile { language: "ar", name: "ar.ftl", text: "a = ا" }]);
    assert!(matches!(none.unwrap_err(), MessagesError::NoEnglish));
}

/// Every key that a page or the code names: `t.get("…")`, `t.with("…"` and `key("…")`.
fn keys_in_use() -> BTreeSet<String> {
    let here = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut keys = BTreeSet::new();
    for folder in ["src", "templates"] {
        visit(&here.join(folder), &mut |_, text| {
            for call in ["t.get(\"", ".with(\"", "key(\""] {
                let found = text.match_indices(call).filter_map(|(at, call)| {
                    // `it.get("…")` is something else.
                    let before = text[..at].chars().next_back();
                    let stands_alone = !before.is_some_and(char::is_alphanumeric);
                    let rest = &text[at + call.len()..];
                    (stands_alone || call.starts_with('.')).then(|| rest.split('"').next())?
                });
                keys.extend(found.filter(|key| !key.is_empty() && *key != "key").map(String::from));
            }
        });
    }
    keys.extend(["language-name", "language-direction", "language-draft"].map(String::from));
    keys
}

fn keys_defined(language: &str) -> BTreeSet<String> {
    let files = message_files();
    let texts = files.iter().filter(|(tag, ..)| tag == language).map(|(_, _, text)| text);
    let lines = texts.flat_map(|text| text.lines());
    let starts = lines.filter(|line| line.starts_with(|c: char| c.is_ascii_lowercase()));
    starts.filter_map(|line| line.split_once(" =")).map(|(key, _)| key.to_owned()).collect()
}

#[test]
fn every_message_in_use_exists_in_every_language() {
    let used = keys_in_use();
    assert!(used.len() > 100, "the scanner finds only {}", used.len());
    for language in ["en", "ar"] {
        let missing: Vec<_> = used.difference(&keys_defined(language)).cloned().collect();
        assert!(missing.is_empty(), "{language} lacks {missing:?}");
    }
}

/// Keys that code puts together from a code system, by how they begin.
const FAMILIES: &[&str] = &["country-"];

#[test]
fn every_message_is_in_use() {
    let used = keys_in_use();
    let defined = keys_defined("en");
    let idle = defined.difference(&used);
    let idle: Vec<_> =
        idle.filter(|key| !FAMILIES.iter().any(|family| key.starts_with(family))).collect();
    assert!(idle.is_empty(), "nothing names {idle:?}");
}

#[test]
fn languages_have_the_same_messages() {
    assert_eq!(keys_defined("en"), keys_defined("ar"));
}
