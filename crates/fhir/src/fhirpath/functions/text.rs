//! Text.

use std::borrow::Cow;

use base64ct::{Base64, Base64Url, Encoding};

use super::collection::yes;
use super::{Call, Function};
use crate::fhirpath::error::FhirPathError;
use crate::fhirpath::eval::{Evaluation, integer, one_integer, one_text, plain, wrong_type};
use crate::fhirpath::value::{Collection, Item, System};

type Answer<'a> = Result<Collection<'a>, FhirPathError>;

impl<'a> Evaluation<'_, '_, 'a> {
    pub(super) fn text(&mut self, call: Call<'_, 'a>, input: &[Item<'a>]) -> Answer<'a> {
        use Function as F;
        if call.function == F::Join {
            return self.join(call, input);
        }
        let column = call.column;
        let text = one_text(input, "a text function", column)?;
        if call.function == F::Substring {
            return self.substring(call, text.as_deref());
        }
        let first = self.text_argument(call, 0)?;
        let second = self.text_argument(call, 1)?;
        let Some(text) = text else { return Ok(Vec::new()) };
        // Every argument is needed: without one there is no answer.
        let given = [&first, &second].iter().filter(|argument| argument.is_some()).count();
        if given < call.arguments.len() {
            return Ok(Vec::new());
        }
        let (first, second) = (first.unwrap_or_default(), second.unwrap_or_default());
        let found = match call.function {
            F::Contains => return yes(text.contains(&*first)),
            F::StartsWith => return yes(text.starts_with(&*first)),
            F::EndsWith => return yes(text.ends_with(&*first)),
            F::Matches | F::MatchesFull => {
                let full = call.function == F::MatchesFull;
                return yes(self.patterns.find(&first, full, column)?.is_match(&text));
            }
            F::Length => return Ok(vec![integer(text.chars().count(), column)?]),
            F::IndexOf => return position(&text, text.find(&*first), column),
            F::LastIndexOf => return position(&text, text.rfind(&*first), column),
            F::ToChars => return Ok(text.chars().map(|c| c.to_string().into()).collect()),
            F::Split if first.is_empty() => {
                return Ok(text.chars().map(|c| c.to_string().into()).collect());
            }
            F::Split => {
                return Ok(text.split(&*first).map(|part| part.to_owned().into()).collect());
            }
            F::Upper => text.to_uppercase(),
            F::Lower => text.to_lowercase(),
            F::Trim => text.trim().to_owned(),
            F::Replace => text.replace(&*first, &second),
            F::ReplaceMatches if first.is_empty() => text.into_owned(),
            F::ReplaceMatches => {
                let with = replacement(&second);
                self.patterns
                    .find(&first, false, column)?
                    .replace_all(&text, with.as_str())
                    .into_owned()
            }
            F::Encode => encode(&text, &first, column)?,
            F::Escape => escape(&text, &first, column)?,
            F::Decode => {
                return Ok(decode(&text, &first, column)?.map(Item::from).into_iter().collect());
            }
            _ => return Ok(unescape(&text, &first, column)?.map(Item::from).into_iter().collect()),
        };
        Ok(vec![found.into()])
    }

    fn text_argument(
        &mut self,
        call: Call<'_, 'a>,
        at: usize,
    ) -> Result<Option<Cow<'a, str>>, FhirPathError> {
        let argument = self.argument(call, at)?;
        one_text(&argument, "an argument of a text function", call.column)
    }

    fn join(&mut self, call: Call<'_, 'a>, input: &[Item<'a>]) -> Answer<'a> {
        let separator = self.text_argument(call, 0)?.unwrap_or_default();
        let mut parts = Vec::with_capacity(input.len());
        for item in input {
            match plain(item, call.column)? {
                Some(System::String(text)) => parts.push(text),
                Some(other) => return Err(wrong_type("join()", "String", &other, call.column)),
                None => {}
            }
        }
        Ok(if parts.is_empty() { Vec::new() } else { vec![parts.join(&separator).into()] })
    }

    fn substring(&mut self, call: Call<'_, 'a>, text: Option<&str>) -> Answer<'a> {
        let start = self.argument(call, 0)?;
        let start = one_integer(&start, "the start of substring()", call.column)?;
        let length = self.argument(call, 1)?;
        let length = one_integer(&length, "the length of substring()", call.column)?;
        let (Some(text), Some(start)) = (text, start) else { return Ok(Vec::new()) };
        let Ok(start) = usize::try_from(start) else { return Ok(Vec::new()) };
        if start >= text.chars().count() {
            return Ok(Vec::new());
        }
        let length = length.map_or(usize::MAX, |length| usize::try_from(length).unwrap_or(0));
        Ok(vec![text.chars().skip(start).take(length).collect::<String>().into()])
    }
}

/// `$1a` means group 1 and then `a`, as in other languages' patterns.
fn replacement(text: &str) -> String {
    let mut written = String::with_capacity(text.len());
    let mut rest = text;
    while let Some((before, after)) = rest.split_once('$') {
        written.push_str(before);
        let name = after.trim_start_matches(|c: char| c.is_ascii_digit());
        let digits = after.strip_suffix(name).unwrap_or_default();
        if digits.is_empty() {
            written.push('$');
        } else {
            written.extend(["${", digits, "}"]);
        }
        rest = name;
    }
    written + rest
}

/// Where a byte position is, counted in characters; -1 for nowhere.
fn position<'a>(text: &str, at: Option<usize>, column: u32) -> Answer<'a> {
    let before = at.and_then(|at| text.get(..at));
    match before {
        Some(before) => Ok(vec![integer(before.chars().count(), column)?]),
        None => Ok(vec![Item::from(-1)]),
    }
}

fn unknown_format(function: &str, format: &str, column: u32) -> FhirPathError {
    let reason = "use hex, base64 or urlbase64 to encode, html or json to escape";
    FhirPathError::refused(column, format!("{function}('{format}')"), reason)
}

fn encode(text: &str, format: &str, column: u32) -> Result<String, FhirPathError> {
    Ok(match format {
        "hex" => {
            text.bytes().flat_map(|byte| [hex_digit(byte >> 4), hex_digit(byte & 15)]).collect()
        }
        "base64" => Base64::encode_string(text.as_bytes()),
        "urlbase64" => Base64Url::encode_string(text.as_bytes()),
        _ => return Err(unknown_format("encode", format, column)),
    })
}

fn hex_digit(value: u8) -> char {
    char::from_digit(value.into(), 16).unwrap_or('0')
}

fn decode(text: &str, format: &str, column: u32) -> Result<Option<String>, FhirPathError> {
    let bytes = match format {
        "hex" => hexadecimal(text),
        "base64" => Base64::decode_vec(text).ok(),
        "urlbase64" => Base64Url::decode_vec(text).ok(),
        _ => return Err(unknown_format("decode", format, column)),
    };
    Ok(bytes.and_then(|bytes| String::from_utf8(bytes).ok()))
}

fn hexadecimal(text: &str) -> Option<Vec<u8>> {
    let digits: Option<Vec<u32>> = text.chars().map(|c| c.to_digit(16)).collect();
    let (pairs, rest) = digits.as_ref()?.as_chunks::<2>();
    let byte = |[high, low]: &[u32; 2]| u8::try_from(high * 16 + low).ok();
    if rest.is_empty() { pairs.iter().map(byte).collect() } else { None }
}

fn escape(text: &str, format: &str, column: u32) -> Result<String, FhirPathError> {
    match format {
        "html" => Ok(text
            .replace('&', "&amp;")
            .replace('<', "&lt;")
            .replace('>', "&gt;")
            .replace('"', "&quot;")),
        "json" => {
            let quoted = serde_json::Value::from(text).to_string();
            let inner = quoted.strip_prefix('"').and_then(|text| text.strip_suffix('"'));
            Ok(inner.unwrap_or(&quoted).to_owned())
        }
        _ => Err(unknown_format("escape", format, column)),
    }
}

fn unescape(text: &str, format: &str, column: u32) -> Result<Option<String>, FhirPathError> {
    match format {
        "html" => Ok(Some(unescape_html(text))),
        "json" => Ok(unescape_json(text)),
        _ => Err(unknown_format("unescape", format, column)),
    }
}

/// Character references and the five named ones; what is none of these stays.
fn unescape_html(text: &str) -> String {
    let mut plain = String::with_capacity(text.len());
    let mut rest = text;
    while let Some((before, after)) = rest.split_once('&') {
        plain.push_str(before);
        let named = after.split_once(';').and_then(|(name, rest)| Some((entity(name)?, rest)));
        let (c, after) = named.unwrap_or(('&', after));
        plain.push(c);
        rest = after;
    }
    plain + rest
}

/// The character that `&name;` stands for.
pub(super) fn entity(name: &str) -> Option<char> {
    Some(match name {
        "lt" => '<',
        "gt" => '>',
        "amp" => '&',
        "quot" => '"',
        "apos" => '\'',
        "nbsp" => '\u{a0}',
        _ => {
            let number = name.strip_prefix('#')?;
            let code = match number.strip_prefix(['x', 'X']) {
                Some(digits) => u32::from_str_radix(digits, 16),
                None => number.parse(),
            };
            return char::from_u32(code.ok()?);
        }
    })
}

/// The escapes of JSON; quotation marks may stand unescaped. None for a broken escape.
fn unescape_json(text: &str) -> Option<String> {
    let mut quoted = String::with_capacity(text.len() + 2);
    quoted.push('"');
    let mut escaped = false;
    for c in text.chars() {
        if c == '"' && !escaped {
            quoted.push('\\');
        }
        escaped = c == '\\' && !escaped;
        quoted.push(c);
    }
    quoted.push('"');
    serde_json::from_str(&quoted).ok()
}
