//! Reads TOML tables key by key, remembering where everything is written and which keys were
//! asked for, so that the others can be refused.

use std::cell::RefCell;
use std::collections::BTreeSet;

use jiff::civil::Date;
use toml::Spanned;
use toml::de::{DeTable, DeValue};

use crate::condition::{LanguageError, Origin, is_reserved};
use crate::diagnostic::Diagnostic;
use crate::nearest::did_you_mean;
use crate::number::{Period, parse_decimal};
use crate::{Decimal, Name, Sources, Span, Text, codes};

/// Collects everything that is wrong.
pub(super) struct Log<'s> {
    pub(super) sources: &'s Sources,
    told: RefCell<Vec<Diagnostic>>,
}

impl<'s> Log<'s> {
    pub(super) fn new(sources: &'s Sources) -> Self {
        Self { sources, told: RefCell::default() }
    }

    pub(super) fn tell(
        &self,
        code: &'static str,
        span: Span,
        message: impl Into<String>,
        hint: impl Into<String>,
    ) {
        self.add(Diagnostic::new(self.sources, code, span, message).with_hint(hint));
    }

    pub(super) fn add(&self, diagnostic: Diagnostic) {
        self.told.borrow_mut().push(diagnostic);
    }

    pub(super) fn add_language(&self, errors: Vec<LanguageError>) {
        for error in errors {
            self.tell(error.code, error.span, error.reason, error.cure);
        }
    }

    /// How much has been told.
    pub(super) fn count(&self) -> usize {
        self.told.borrow().len()
    }

    /// Everything told, by file and place.
    pub(super) fn into_told(self) -> Vec<Diagnostic> {
        let mut told = self.told.into_inner();
        told.sort_by(|a, b| (a.span, a.code).cmp(&(b.span, b.code)));
        told.dedup_by(|a, b| a.span == b.span && a.code == b.code && a.message == b.message);
        told
    }
}

/// One TOML table.
pub(super) struct Item<'a> {
    pub(super) log: &'a Log<'a>,
    pub(super) file: u32,
    /// What it describes, for messages: "fact", "rule".
    what: &'static str,
    table: &'a DeTable<'a>,
    pub(super) span: Span,
    asked: RefCell<BTreeSet<&'static str>>,
}

/// A string and where it is written.
#[derive(Clone, Debug)]
pub(super) struct Written {
    pub(super) text: String,
    pub(super) origin: Origin,
}

impl<'a> Item<'a> {
    pub(super) fn new(
        log: &'a Log<'a>,
        file: u32,
        what: &'static str,
        table: &'a DeTable<'a>,
        span: Span,
    ) -> Self {
        Self { log, file, what, table, span, asked: RefCell::default() }
    }

    /// The value under a key.
    pub(super) fn get(&self, key: &'static str) -> Option<Field<'a>> {
        self.asked.borrow_mut().insert(key);
        let value = self.table.get(key)?;
        Some(Field { log: self.log, file: self.file, key, value })
    }

    /// The value under a key that has to be there.
    pub(super) fn need(&self, key: &'static str) -> Option<Field<'a>> {
        let field = self.get(key);
        if field.is_none() {
            let message = format!("this {} has no `{key}`", self.what);
            self.log.tell(codes::MISSING_KEY, self.span, message, format!("add `{key} = ...`"));
        }
        field
    }

    /// The identifier under a key that has to be there.
    pub(super) fn id(&self, key: &'static str) -> Option<(Name, Span)> {
        self.need(key)?.id()
    }

    /// The tables of an array of tables.
    pub(super) fn items(&self, key: &'static str, what: &'static str) -> Vec<Item<'a>> {
        let Some(field) = self.get(key) else { return Vec::new() };
        field.list().into_iter().filter_map(|field| field.item(what)).collect()
    }

    /// Identifiers in a list; none when the key is absent.
    pub(super) fn names(&self, key: &'static str) -> Vec<(Name, Span)> {
        let Some(field) = self.get(key) else { return Vec::new() };
        field.list().into_iter().filter_map(|field| field.id()).collect()
    }

    /// Every key with its value, where keys are names and not fixed.
    pub(super) fn entries(&self) -> Vec<(Name, Span, Field<'a>)> {
        let mut entries: Vec<_> = self
            .table
            .iter()
            .map(|(key, value)| {
                let span = Span::new(self.file, key.span());
                let name = Name::from(key.get_ref().as_ref());
                (name, span, Field { log: self.log, file: self.file, key: "value", value })
            })
            .collect();
        entries.sort_by_key(|(_, span, _)| *span);
        entries
    }

    /// The bytes from the table's header to the end of its last value.
    pub(super) fn extent(&self) -> Span {
        fn reach(value: &DeValue<'_>, span: &mut Span) {
            match value {
                DeValue::Table(table) => {
                    for (key, value) in table {
                        widen(span, &key.span());
                        widen(span, &value.span());
                        reach(value.get_ref(), span);
                    }
                }
                DeValue::Array(values) => {
                    for value in values {
                        widen(span, &value.span());
                        reach(value.get_ref(), span);
                    }
                }
                _ => {}
            }
        }
        fn widen(span: &mut Span, range: &std::ops::Range<usize>) {
            span.start = span.start.min(range.start as u32);
            span.end = span.end.max(range.end as u32);
        }
        let mut span = self.span;
        for (key, value) in self.table {
            widen(&mut span, &key.span());
            widen(&mut span, &value.span());
            reach(value.get_ref(), &mut span);
        }
        span
    }

    /// Refuses every key that nobody asked for.
    pub(super) fn finish(self) {
        let asked = self.asked.borrow();
        for key in self.table.keys() {
            let name = key.get_ref().as_ref();
            if asked.contains(name) {
                continue;
            }
            let hint = did_you_mean(name, asked.iter().copied()).unwrap_or_else(|| {
                let known: Vec<&str> = asked.iter().copied().collect();
                format!("a {} may have {}", self.what, known.join(", "))
            });
            let span = Span::new(self.file, key.span());
            let message = format!("a {} has no key `{name}`", self.what);
            self.log.tell(codes::UNKNOWN_KEY, span, message, hint);
        }
    }
}

/// One value and the key under which it stands.
#[derive(Clone, Copy)]
pub(super) struct Field<'a> {
    pub(super) log: &'a Log<'a>,
    pub(super) file: u32,
    pub(super) key: &'static str,
    pub(super) value: &'a Spanned<DeValue<'a>>,
}

impl<'a> Field<'a> {
    pub(super) fn span(&self) -> Span {
        Span::new(self.file, self.value.span())
    }

    fn wrong<T>(&self, wanted: &str, example: &str) -> Option<T> {
        let message = format!("`{}` should be {wanted}", self.key);
        self.log.tell(codes::WRONG_KIND, self.span(), message, format!("write {example}"));
        None
    }

    /// A string that is not empty.
    pub(super) fn text(&self) -> Option<Written> {
        match self.value.get_ref() {
            DeValue::String(text) if !text.trim().is_empty() => {
                let text = text.to_string();
                let origin = origin(self.log.sources, self.span(), &text);
                Some(Written { text, origin })
            }
            DeValue::String(_) => self.wrong("words, not an empty string", "something in it"),
            _ => self.wrong("a string", &format!("{} = \"...\"", self.key)),
        }
    }

    pub(super) fn string(&self) -> Option<String> {
        self.text().map(|written| written.text)
    }

    pub(super) fn id(&self) -> Option<(Name, Span)> {
        let written = self.text()?;
        if Name::is_valid(&written.text) && !is_reserved(&written.text) {
            return Some((Name::from(written.text), self.span()));
        }
        let (message, hint) = if is_reserved(&written.text) {
            (format!("`{}` is a word of the language", written.text), "choose another name")
        } else {
            let hint = "a name is a letter, then letters, digits, _ and -";
            (format!("`{}` is not a name", written.text), hint)
        };
        self.log.tell(codes::BAD_ID, self.span(), message, hint);
        None
    }

    /// A folder or edition name: may begin with a digit.
    pub(super) fn edition(&self) -> Option<Name> {
        let written = self.text()?;
        let fits =
            written.text.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, '.' | '-' | '_'));
        if fits {
            return Some(Name::from(written.text));
        }
        let hint = "use letters, digits, ., - and _";
        let message = format!("`{}` cannot be the name of an edition", written.text);
        self.log.tell(codes::BAD_ID, self.span(), message, hint);
        None
    }

    pub(super) fn bool(&self) -> Option<bool> {
        match self.value.get_ref() {
            DeValue::Boolean(value) => Some(*value),
            _ => self.wrong("true or false", &format!("{} = true", self.key)),
        }
    }

    pub(super) fn list(&self) -> Vec<Field<'a>> {
        match self.value.get_ref() {
            DeValue::Array(values) => values.iter().map(|value| Field { value, ..*self }).collect(),
            _ => self.wrong("a list", &format!("{} = [...]", self.key)).unwrap_or_default(),
        }
    }

    pub(super) fn item(&self, what: &'static str) -> Option<Item<'a>> {
        match self.value.get_ref() {
            DeValue::Table(table) => Some(Item::new(self.log, self.file, what, table, self.span())),
            _ => self.wrong("a table", &format!("{} = {{ ... }}", self.key)),
        }
    }

    /// A number, written as one or between quotes.
    pub(super) fn decimal(&self) -> Option<Decimal> {
        let text = match self.value.get_ref() {
            DeValue::String(text) => text.trim().to_owned(),
            DeValue::Integer(integer) if integer.radix() == 10 => integer.as_str().to_owned(),
            DeValue::Float(float) => float.as_str().to_owned(),
            _ => return self.wrong("a number", &format!("{} = \"0.35\"", self.key)),
        };
        match parse_decimal(&text) {
            Ok(number) => Some(number),
            Err(reason) => {
                let message = format!("`{text}` {reason}");
                self.log.tell(codes::WRONG_KIND, self.span(), message, "write a plain decimal");
                None
            }
        }
    }

    /// A date, written as one or between quotes.
    pub(super) fn date(&self) -> Option<Date> {
        let text = match self.value.get_ref() {
            DeValue::Datetime(written) => written.to_string(),
            DeValue::String(text) => text.to_string(),
            _ => return self.wrong("a date", &format!("{} = 2024-10-01", self.key)),
        };
        if text.len() == 10
            && let Ok(date) = text.parse::<Date>()
        {
            return Some(date);
        }
        let message = format!("`{text}` is not a date");
        self.log.tell(
            codes::DATE,
            self.span(),
            message,
            "write year-month-day, such as 2024-10-01",
        );
        None
    }

    pub(super) fn period(&self) -> Option<Period> {
        let written = self.text()?;
        match Period::parse(&written.text) {
            Ok(period) => Some(period),
            Err(cure) => {
                let message = format!("`{}` is not a span of time", written.text);
                self.log.tell(codes::WRONG_KIND, self.span(), message, cure);
                None
            }
        }
    }

    /// Words in English, or in several languages.
    pub(super) fn words(&self) -> Option<Text> {
        let DeValue::Table(_) = self.value.get_ref() else {
            return self.text().map(|written| Text::english(written.text));
        };
        let mut languages = Vec::new();
        let told = self.log.count();
        for (tag, span, field) in self.item("label")?.entries() {
            let is_tag = (2..=3).contains(&tag.split('-').next().unwrap_or_default().len())
                && tag.chars().all(|c| c.is_ascii_alphanumeric() || c == '-');
            if !is_tag {
                let message = format!("`{tag}` is not a language");
                let hint = "write a tag such as en, ar or fa-AF";
                self.log.tell(codes::WRONG_KIND, span, message, hint);
                continue;
            }
            languages.push((tag.to_string(), field.string()?));
        }
        if self.log.count() > told {
            return None;
        }
        if languages.is_empty() {
            return self.wrong("words in a language", "{ en = \"...\" }");
        }
        Some(Text::new(languages))
    }

    /// One of a few words.
    pub(super) fn choice<T: Copy>(&self, choices: &[(&'static str, T)]) -> Option<T> {
        let written = self.text()?;
        if let Some((_, value)) = choices.iter().find(|(word, _)| *word == written.text) {
            return Some(*value);
        }
        let words: Vec<&str> = choices.iter().map(|(word, _)| *word).collect();
        let hint = did_you_mean(&written.text, words.iter().copied())
            .unwrap_or_else(|| format!("it may be {}", words.join(", ")));
        let message = format!("`{}` cannot be `{}`", self.key, written.text);
        self.log.tell(codes::WRONG_KIND, self.span(), message, hint);
        None
    }
}

/// Where the text inside a TOML string begins, and whether it is written byte for byte.
fn origin(sources: &Sources, span: Span, text: &str) -> Origin {
    let raw = sources.text(span);
    for quotes in ["\"\"\"", "'''", "\"", "'"] {
        let Some(inside) = raw.strip_prefix(quotes).and_then(|raw| raw.strip_suffix(quotes)) else {
            continue;
        };
        let newline =
            inside.len() - inside.trim_start_matches("\r\n").trim_start_matches('\n').len();
        for skipped in [0, newline] {
            if inside.get(skipped..) == Some(text) {
                let start = span.start as usize + quotes.len() + skipped;
                let span = Span::new(span.file, start..start + text.len());
                return Origin { span, exact: true };
            }
        }
    }
    Origin { span, exact: false }
}
