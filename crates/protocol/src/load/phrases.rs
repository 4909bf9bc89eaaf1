//! Reads the words in which rules are read aloud: `content/phrases/*.toml`.

use std::collections::BTreeSet;

use super::Document;
use super::item::{Item, Log};
use super::places::Role;
use crate::aloud::{Direction, Phrases};
use crate::nearest::did_you_mean;
use crate::{Library, codes};

pub(super) fn read(log: &Log<'_>, documents: &[Document<'_>], library: &mut Library) {
    for document in documents {
        let Role::Phrases(language) = &document.role else { continue };
        let item = document.item(log, "phrases file");
        if let Some(phrases) = phrases(&item, language) {
            library.phrases.insert(language.clone(), phrases);
        }
        item.finish();
    }
}

fn phrases(file: &Item<'_>, language: &str) -> Option<Phrases> {
    let written = file.need("language")?;
    let direction = file.need("direction").and_then(|field| {
        field.choice(&[("ltr", Direction::LeftToRight), ("rtl", Direction::RightToLeft)])
    });
    let draft = file.get("draft").and_then(|field| field.bool()).unwrap_or(false);
    let list = file.need("phrase")?.item("list of phrases")?;
    if written.string()? != language {
        let hint = format!("write language = \"{language}\", or rename the file");
        file.log.tell(
            codes::MISPLACED,
            written.span(),
            "the file is named after another language",
            hint,
        );
    }
    let english = Phrases::english();
    let mut phrases = Phrases {
        language: language.to_owned(),
        direction: direction?,
        draft,
        ..Phrases::default()
    };
    for (key, span, field) in list.entries() {
        let Some(text) = field.string() else { continue };
        let base = key.trim_end_matches(|c: char| c.is_ascii_digit()).trim_end_matches('_');
        let known =
            if english.has(&key) { Some(key.as_str()) } else { english.has(base).then_some(base) };
        let Some(known) = known else {
            let hint = did_you_mean(&key, english.words.keys().map(String::as_str))
                .unwrap_or_else(|| "the keys are those of en.toml".into());
            file.log.tell(codes::UNKNOWN_KEY, span, format!("no phrase is called `{key}`"), hint);
            continue;
        };
        let strange: Vec<String> =
            names(&text).difference(&names(english.get(known))).cloned().collect();
        if let Some(name) = strange.first() {
            let wanted: Vec<String> = names(english.get(known)).into_iter().collect();
            let hint = format!("it may use {}", wanted.join(", "));
            file.log.tell(
                codes::UNKNOWN_NAME,
                field.span(),
                format!("nothing is filled in for {{{name}}}"),
                hint,
            );
        }
        phrases.words.insert(key.to_string(), text);
    }
    for key in english.words.keys().filter(|key| !phrases.has(key)) {
        let exact = key.ends_with(|c: char| c.is_ascii_digit());
        if !exact {
            let hint = format!("translate `{key} = \"{}\"`", english.get(key));
            file.log.tell(
                codes::MISSING_KEY,
                list.span,
                format!("there is no phrase `{key}`"),
                hint,
            );
        }
    }
    Some(phrases)
}

/// The names in braces.
fn names(pattern: &str) -> BTreeSet<String> {
    pattern
        .split('{')
        .skip(1)
        .filter_map(|part| part.split_once('}'))
        .map(|(name, _)| name.to_owned())
        .collect()
}
