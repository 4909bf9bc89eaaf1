//! Forms: what was posted, and the fields that a page shows.

use axum::extract::FromRequestParts;
use axum::http::request::Parts;

use crate::problem::Problem;

/// The fields of a posted form, as the guard read them. A form with files is read with
/// [`axum::extract::Multipart`] instead, whose first field is `csrf`.
#[derive(Clone, Default)]
pub struct Posted(Vec<(String, String)>);

impl std::fmt::Debug for Posted {
    /// Names only: values can be passwords.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_list().entries(self.0.iter().map(|(name, _)| name)).finish()
    }
}

impl Posted {
    /// Reads an `application/x-www-form-urlencoded` body.
    pub fn parse(body: &[u8]) -> Result<Self, Problem> {
        let fields = form_fields(body).ok_or_else(|| Problem::Unreadable("encoding".to_owned()))?;
        Ok(Self(fields))
    }

    /// The field without surrounding space; empty when it is not there.
    pub fn text(&self, name: &str) -> &str {
        self.exact(name).trim()
    }

    /// The field exactly as typed, for passwords.
    pub fn exact(&self, name: &str) -> &str {
        let found = self.0.iter().find(|(found, _)| found == name);
        found.map_or("", |(_, value)| value)
    }

    /// The field, or none when it is empty.
    pub fn filled(&self, name: &str) -> Option<String> {
        Some(self.text(name)).filter(|text| !text.is_empty()).map(str::to_owned)
    }

    /// Whether a box was ticked.
    pub fn ticked(&self, name: &str) -> bool {
        !self.exact(name).is_empty()
    }

    /// Every value of a field that may come more than once.
    pub fn every<'a>(&'a self, name: &'a str) -> impl Iterator<Item = &'a str> {
        self.0.iter().filter(move |(found, _)| found == name).map(|(_, value)| value.trim())
    }

    /// All fields in the order sent.
    pub fn fields(&self) -> impl Iterator<Item = (&str, &str)> {
        self.0.iter().map(|(name, value)| (name.as_str(), value.as_str()))
    }
}

impl<S: Send + Sync> FromRequestParts<S> for Posted {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Problem> {
        let missing = || Problem::Unreadable("there is no form in the request".to_owned());
        parts.extensions.get::<Self>().cloned().ok_or_else(missing)
    }
}

/// Splits and decodes a form body; none when it is not UTF-8 text in form encoding.
pub(crate) fn form_fields(body: &[u8]) -> Option<Vec<(String, String)>> {
    let text = std::str::from_utf8(body).ok()?;
    let pairs = text.split('&').filter(|pair| !pair.is_empty());
    pairs
        .map(|pair| {
            let (name, value) = pair.split_once('=').unwrap_or((pair, ""));
            Some((decode(name)?, decode(value)?))
        })
        .collect()
}

fn decode(text: &str) -> Option<String> {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.bytes();
    while let Some(byte) = rest.next() {
        bytes.push(match byte {
            b'+' => b' ',
            b'%' => {
                let high = char::from(rest.next()?).to_digit(16)?;
                let low = char::from(rest.next()?).to_digit(16)?;
                (high * 16 + low) as u8
            }
            other => other,
        });
    }
    String::from_utf8(bytes).ok()
}

/// One field of a form, with what was typed and what is wrong with it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Field {
    /// Its name in the form and its `id` on the page.
    pub name: String,
    pub label: String,
    /// A line under the label; empty for none.
    pub hint: String,
    pub value: String,
    /// What is wrong and how to mend it; empty when it is right.
    pub error: String,
    pub control: Control,
    pub required: bool,
    /// The `autocomplete` of the control; empty for `off`.
    pub autocomplete: &'static str,
    /// A unit shown beside the control, such as `kg`; empty for none.
    pub unit: String,
}

/// How a field is entered.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Control {
    Text,
    /// Left to right in every language: account names, identifiers, codes.
    Code,
    Password,
    /// A number with a decimal keyboard on phones; any text is accepted and checked.
    Number,
    /// A day, month and year in one box: `2023-05-03`, `2023-05` or `2023`.
    Date,
    Area,
    /// A choice of few, all visible.
    Radio(Vec<Choice>),
    Select(Vec<Choice>),
    /// Text with suggestions from the `datalist` of this id, which the page writes once.
    Suggested(&'static str),
    Checkbox,
    /// As many as apply of few, all visible, and whether each is ticked. Each posts as a checkbox
    /// of its own, named after the field and its value: `purpose-care`.
    Ticks(Vec<(Choice, bool)>),
    /// Accepts these types, as in `accept`.
    File(&'static str),
}

/// One of several answers.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Choice {
    pub value: String,
    pub label: String,
}

impl Choice {
    pub fn new(value: impl Into<String>, label: impl Into<String>) -> Self {
        Self { value: value.into(), label: label.into() }
    }
}

impl Field {
    /// A required field without a value.
    pub fn new(name: impl Into<String>, label: String, control: Control) -> Self {
        Self {
            name: name.into(),
            label,
            hint: String::new(),
            value: String::new(),
            error: String::new(),
            control,
            required: true,
            autocomplete: "",
            unit: String::new(),
        }
    }

    #[must_use]
    pub fn hint(self, hint: String) -> Self {
        Self { hint, ..self }
    }

    #[must_use]
    pub fn value(self, value: impl Into<String>) -> Self {
        Self { value: value.into(), ..self }
    }

    #[must_use]
    pub fn error(self, error: String) -> Self {
        Self { error, ..self }
    }

    #[must_use]
    pub fn optional(self) -> Self {
        Self { required: false, ..self }
    }

    #[must_use]
    pub fn autocomplete(self, autocomplete: &'static str) -> Self {
        Self { autocomplete, ..self }
    }

    #[must_use]
    pub fn unit(self, unit: impl Into<String>) -> Self {
        Self { unit: unit.into(), ..self }
    }

    pub fn is_wrong(&self) -> bool {
        !self.error.is_empty()
    }

    /// The ids of the hint and the error, for `aria-describedby`.
    pub fn described_by(&self) -> String {
        let hint = (!self.hint.is_empty()).then(|| format!("{}-hint", self.name));
        let error = self.is_wrong().then(|| format!("{}-error", self.name));
        [hint, error].into_iter().flatten().collect::<Vec<_>>().join(" ")
    }
}

/// Whether any field is wrong; the page then begins with the error summary.
pub fn any_wrong(fields: &[Field]) -> bool {
    fields.iter().any(Field::is_wrong)
}
