//! The product's words, in the reader's language.
//!
//! [`Messages`] holds one Fluent bundle for each language; a request gets a [`Translator`] for
//! the language that [`language`] chose. A key that a language lacks is answered in English.
//! Pages call `t.get("key")` and `t.with("key", &[("name", &name)])` and nothing else, and Rust
//! code names a key only through [`key`], so that a test finds every key in use.

mod argument;
mod format;
pub mod language;

use std::collections::BTreeMap;
use std::fmt;
use std::sync::Arc;

use fluent_bundle::concurrent::FluentBundle;
use fluent_bundle::{FluentArgs, FluentResource};
use jiff::tz::TimeZone;
use thiserror::Error;
use unic_langid::LanguageIdentifier;

pub use argument::Argument;

/// The language that every key exists in.
pub const FALLBACK: &str = "en";

/// Marks a message key in Rust code; returns it unchanged.
pub const fn key(key: &'static str) -> &'static str {
    key
}

/// Every language the product speaks.
pub struct Messages {
    languages: BTreeMap<String, Language>,
}

struct Language {
    bundle: FluentBundle<FluentResource>,
    /// In the language itself: `العربية`.
    name: String,
    right_to_left: bool,
    draft: bool,
}

/// Why the message files could not be used.
#[derive(Debug, Error)]
pub enum MessagesError {
    #[error("MZ-0621: {file} is not a valid message file: {reason}; mend the line it names")]
    Syntax { file: String, reason: String },
    #[error("MZ-0622: {file} repeats a message that is already defined: {reason}; remove one")]
    Repeated { file: String, reason: String },
    #[error(
        "MZ-0623: `{0}` is not a language tag; name the folder after one, such as `en` or `ar`"
    )]
    Tag(String),
    #[error(
        "MZ-0624: there are no English messages; they are what every other language falls back to"
    )]
    NoEnglish,
}

/// One message file: its language tag, its name (for errors) and its text.
#[derive(Clone, Copy, Debug)]
pub struct MessageFile<'a> {
    pub language: &'a str,
    pub name: &'a str,
    pub text: &'a str,
}

impl Messages {
    /// Reads message files; several files of one language are joined.
    pub fn load<'a>(
        files: impl IntoIterator<Item = MessageFile<'a>>,
    ) -> Result<Self, MessagesError> {
        let mut bundles: BTreeMap<String, FluentBundle<FluentResource>> = BTreeMap::new();
        for file in files {
            let bundle = match bundles.entry(file.language.to_owned()) {
                std::collections::btree_map::Entry::Occupied(entry) => entry.into_mut(),
                std::collections::btree_map::Entry::Vacant(entry) => {
                    entry.insert(new_bundle(file.language)?)
                }
            };
            add_file(bundle, file)?;
        }
        if !bundles.contains_key(FALLBACK) {
            return Err(MessagesError::NoEnglish);
        }
        let languages = bundles.into_iter().map(|(tag, bundle)| (tag, describe(bundle))).collect();
        Ok(Self { languages })
    }

    /// The tags of all languages, English first.
    pub fn tags(&self) -> Vec<&str> {
        let others = self.languages.keys().map(String::as_str).filter(|tag| *tag != FALLBACK);
        std::iter::once(FALLBACK).chain(others).collect()
    }

    pub fn has(&self, tag: &str) -> bool {
        self.languages.contains_key(tag)
    }

    /// What a language calls itself.
    pub fn name(&self, tag: &str) -> &str {
        self.languages.get(tag).map_or("", |language| &language.name)
    }

    /// Whether `tag` itself (not its fallback) has the message.
    pub fn defines(&self, tag: &str, key: &str) -> bool {
        self.languages.get(tag).is_some_and(|language| language.bundle.has_message(key))
    }

    fn format(&self, tag: &str, key: &str, args: Option<&FluentArgs<'_>>) -> String {
        for tag in [tag, FALLBACK] {
            let Some(language) = self.languages.get(tag) else { continue };
            let message = language.bundle.get_message(key);
            let Some(pattern) = message.and_then(|message| message.value()) else { continue };
            let mut errors = Vec::new();
            let text = language.bundle.format_pattern(pattern, args, &mut errors).into_owned();
            if !errors.is_empty() {
                tracing::warn!(
                    key,
                    language = tag,
                    ?errors,
                    "a message was not given all it needs"
                );
            }
            return text;
        }
        tracing::warn!(key, "there is no such message");
        key.to_owned()
    }
}

impl fmt::Debug for Messages {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Messages").field("languages", &self.tags()).finish()
    }
}

fn new_bundle(tag: &str) -> Result<FluentBundle<FluentResource>, MessagesError> {
    let id: LanguageIdentifier = tag.parse().map_err(|_| MessagesError::Tag(tag.to_owned()))?;
    Ok(FluentBundle::new_concurrent(vec![id]))
}

fn add_file(
    bundle: &mut FluentBundle<FluentResource>,
    file: MessageFile<'_>,
) -> Result<(), MessagesError> {
    let resource = FluentResource::try_new(file.text.to_owned()).map_err(|(_, errors)| {
        let reason = errors.first().map(ToString::to_string).unwrap_or_default();
        MessagesError::Syntax { file: file.name.to_owned(), reason }
    })?;
    bundle.add_resource(resource).map_err(|errors| {
        let reason = errors.first().map(ToString::to_string).unwrap_or_default();
        MessagesError::Repeated { file: file.name.to_owned(), reason }
    })
}

/// A language describes itself in its own file: name, direction, and whether it is a draft.
fn describe(bundle: FluentBundle<FluentResource>) -> Language {
    let text = |key: &str| {
        let pattern = bundle.get_message(key)?.value()?;
        Some(bundle.format_pattern(pattern, None, &mut Vec::new()).into_owned())
    };
    let name = text(key("language-name")).unwrap_or_default();
    let right_to_left = text(key("language-direction")).is_some_and(|it| it == "rtl");
    let draft = text(key("language-draft")).is_some_and(|it| it == "yes");
    Language { bundle, name, right_to_left, draft }
}

/// Speaks one language. Cheap to clone.
#[derive(Clone, Debug)]
pub struct Translator {
    messages: Arc<Messages>,
    tag: String,
    zone: TimeZone,
}

impl Translator {
    /// For the language `tag`; English when there is no such language. Times are shown in `zone`.
    pub fn new(messages: Arc<Messages>, tag: &str, zone: TimeZone) -> Self {
        let tag = if messages.has(tag) { tag } else { FALLBACK }.to_owned();
        Self { messages, tag, zone }
    }

    /// The message, which takes no arguments.
    pub fn get(&self, key: &str) -> String {
        self.messages.format(&self.tag, key, None)
    }

    /// The message with its arguments, each isolated so that a name in another script does not
    /// turn the sentence around.
    pub fn with(&self, key: &str, args: &[(&str, &dyn Argument)]) -> String {
        let args: FluentArgs<'_> =
            args.iter().map(|(name, value)| ((*name).to_owned(), value.value())).collect();
        self.messages.format(&self.tag, key, Some(&args))
    }

    /// The language tag, for `lang`.
    pub fn tag(&self) -> &str {
        &self.tag
    }

    /// `ltr` or `rtl`, for `dir`.
    pub fn direction(&self) -> &'static str {
        let rtl = self.messages.languages.get(&self.tag).is_some_and(|it| it.right_to_left);
        if rtl { "rtl" } else { "ltr" }
    }

    /// Whether nobody has reviewed this translation yet.
    pub fn is_draft(&self) -> bool {
        self.messages.languages.get(&self.tag).is_some_and(|it| it.draft)
    }
}
