//! The words of one language.

use std::collections::BTreeMap;
use std::sync::OnceLock;

use toml::de::DeTable;

/// Which way a language is written.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Direction {
    #[default]
    LeftToRight,
    RightToLeft,
}

/// Words and patterns by key, from `content/phrases/<language>.toml`.
#[derive(Clone, Debug, Default)]
pub struct Phrases {
    pub(crate) language: String,
    pub(crate) direction: Direction,
    pub(crate) draft: bool,
    pub(crate) words: BTreeMap<String, String>,
}

/// First strong isolate and its end (Unicode UAX 9): what is between does not disturb the order of
/// what is around it.
const ISOLATE: (char, char) = ('\u{2068}', '\u{2069}');

impl Phrases {
    /// English, which is always there and has every key.
    pub fn english() -> &'static Self {
        static ENGLISH: OnceLock<Phrases> = OnceLock::new();
        ENGLISH.get_or_init(|| {
            let mut phrases = Self { language: "en".into(), ..Self::default() };
            let text = include_str!("../../../../content/phrases/en.toml");
            if let Ok(table) = DeTable::parse(text)
                && let Some(list) =
                    table.get_ref().get("phrase").and_then(|value| value.get_ref().as_table())
            {
                for (key, value) in list {
                    if let Some(value) = value.get_ref().as_str() {
                        phrases.words.insert(key.get_ref().to_string(), value.to_owned());
                    }
                }
            }
            phrases
        })
    }

    /// BCP 47 tag.
    pub fn language(&self) -> &str {
        &self.language
    }

    pub fn direction(&self) -> Direction {
        self.direction
    }

    /// Whether nobody who speaks the language has reviewed the words.
    pub fn is_draft(&self) -> bool {
        self.draft
    }

    /// The words under a key; English where there are none, and the key where English has none.
    pub fn get<'a>(&'a self, key: &'a str) -> &'a str {
        let english = || Self::english().words.get(key);
        self.words.get(key).or_else(english).map_or(key, String::as_str)
    }

    /// Whether there are words under a key in this language.
    pub fn has(&self, key: &str) -> bool {
        self.words.contains_key(key)
    }

    /// The pattern under a key with its names filled in.
    pub fn say(&self, key: &str, filled: &[(&str, &str)]) -> String {
        let mut said = String::new();
        let mut rest = self.get(key);
        while let Some((before, after)) = rest.split_once('{') {
            said.push_str(before);
            let Some((name, after)) = after.split_once('}') else {
                said.push('{');
                rest = after;
                continue;
            };
            let value = filled.iter().find(|(known, _)| *known == name).map(|(_, value)| *value);
            self.isolate(&mut said, value.unwrap_or_default());
            rest = after;
        }
        said + rest
    }

    fn isolate(&self, said: &mut String, value: &str) {
        if self.direction == Direction::RightToLeft && !value.starts_with(ISOLATE.0) {
            said.push(ISOLATE.0);
            said.push_str(value);
            said.push(ISOLATE.1);
        } else {
            said.push_str(value);
        }
    }

    /// `a, b and c` by the pattern under `key`, which has `{list}` and `{last}`.
    pub fn list(&self, key: &str, mut items: Vec<String>) -> String {
        let Some(last) = items.pop() else { return self.get("none").to_owned() };
        if items.is_empty() {
            return last;
        }
        let list = items.join(self.get("list_separator"));
        self.say(key, &[("list", &list), ("last", &last)])
    }
}
