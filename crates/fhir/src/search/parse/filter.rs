//! `_filter`: <https://hl7.org/fhir/R4/search_filter.html>.

use super::super::normalise_text;
use super::super::parameters::ParameterKind;
use super::super::query::{Comparison, Condition, Named, Test, TextTest};
use super::condition::{self, Leaf, Place};
use super::error::{SearchError, limit, unsupported, wrong_value};
use super::value::{members, negated, one_of, passes, presence};
use super::{CHAIN_LINKS_MAX, Reader, number, period};

const NAME: &str = "_filter";

/// Reads a whole `_filter`.
pub(super) fn read(
    reader: &Reader<'_>,
    types: &[&'static str],
    text: &str,
) -> Result<Condition, SearchError> {
    let mut cursor = Cursor { reader, types, rest: text };
    let found = cursor.filter(0)?;
    match cursor.rest.trim_start() {
        "" => Ok(found),
        rest => Err(wrong(format!("cannot be read from here on: {rest}"))),
    }
}

fn wrong(reason: String) -> SearchError {
    wrong_value(NAME, reason, "write tests such as name co \"ali\", joined by and or or")
}

struct Cursor<'a> {
    reader: &'a Reader<'a>,
    types: &'a [&'static str],
    rest: &'a str,
}

impl<'a> Cursor<'a> {
    /// Tests joined by `and` or by `or`. The standard gives neither precedence, so a mixture
    /// needs brackets here.
    fn filter(&mut self, depth: usize) -> Result<Condition, SearchError> {
        let mut all = vec![self.part(depth)?];
        let mut joined: Option<&str> = None;
        while let Some(word) = self.accept_one_of(&["and", "or"]) {
            if joined.is_some_and(|before| before != word) {
                return Err(wrong("mixes and with or without brackets".to_owned()));
            }
            joined = Some(word);
            all.push(self.part(depth)?);
        }
        Ok(match joined {
            Some("and") => Condition::All(all),
            _ => super::any(all),
        })
    }

    fn part(&mut self, depth: usize) -> Result<Condition, SearchError> {
        if depth > CHAIN_LINKS_MAX {
            return Err(limit(NAME, format!("has more than {CHAIN_LINKS_MAX} brackets")));
        }
        if self.accept_one_of(&["not"]).is_some() {
            return Ok(negated(true, self.part(depth + 1)?));
        }
        if self.accept('(') {
            let inner = self.filter(depth + 1)?;
            let closed = self.accept(')').then_some(inner);
            return closed.ok_or_else(|| wrong("has a bracket that is not closed".to_owned()));
        }
        let path = self.word();
        if path.contains('[') {
            return Err(unsupported(NAME, format!("has a filter inside a path: {path}")));
        }
        let operator = self.word();
        let value = self.value()?;
        if path.is_empty() || operator.is_empty() || value.is_empty() {
            return Err(wrong("has a test without path, operator or value".to_owned()));
        }
        let leaf = Leaf::Filter { operator, value: &value };
        let place = Place { name: NAME, depth: 0 };
        condition::of(self.reader, self.types, path, &leaf, place)
    }

    fn accept(&mut self, letter: char) -> bool {
        let rest = self.rest.trim_start().strip_prefix(letter);
        self.rest = rest.unwrap_or(self.rest);
        rest.is_some()
    }

    fn accept_one_of(&mut self, words: &[&'static str]) -> Option<&'static str> {
        let rest = self.rest.trim_start();
        let found = words.iter().find_map(|word| {
            let after = rest.strip_prefix(*word)?;
            after.starts_with([' ', '(']).then_some((*word, after))
        });
        let (word, after) = found?;
        self.rest = after;
        Some(word)
    }

    /// Everything up to a blank or a closing bracket.
    fn word(&mut self) -> &'a str {
        let rest = self.rest.trim_start();
        let end = rest.find([' ', ')']).unwrap_or(rest.len());
        let (word, rest) = rest.split_at_checked(end).unwrap_or((rest, ""));
        self.rest = rest;
        word
    }

    /// A JSON string, or a word.
    fn value(&mut self) -> Result<String, SearchError> {
        let rest = self.rest.trim_start();
        if !rest.starts_with('"') {
            return Ok(self.word().to_owned());
        }
        let mut texts = serde_json::Deserializer::from_str(rest).into_iter::<String>();
        match texts.next() {
            Some(Ok(text)) => {
                self.rest = rest.get(texts.byte_offset()..).unwrap_or_default();
                Ok(text)
            }
            _ => Err(wrong(format!("has a text that is not closed: {rest}"))),
        }
    }
}

/// One test: parameter, operator, value.
pub(super) fn condition(
    reader: &Reader<'_>,
    of: Named,
    operator: &str,
    value: &str,
) -> Result<Condition, SearchError> {
    if operator == "pr" {
        let present = presence(reader, of)?;
        return match value {
            "true" => Ok(present),
            "false" => Ok(negated(true, present)),
            _ => Err(wrong(format!("has the operator pr and the value {value}"))),
        };
    }
    let name = of.parameter.name;
    match of.parameter.kind {
        ParameterKind::Text => text(reader, of, operator, value),
        ParameterKind::Date => {
            let comparison = comparison(name, operator)?;
            let test = match operator {
                "po" => period::overlap(name, value)?,
                _ => period::date_of(name, value, comparison, reader.setting.now)?,
            };
            passes(reader, of, &[Test::Date(test)])
        }
        ParameterKind::Number => {
            let test = number::number_of(name, value, comparison(name, operator)?)?;
            passes(reader, of, &[Test::Number(test)])
        }
        ParameterKind::Quantity => {
            let test = number::quantity_of(name, value, comparison(name, operator)?)?;
            passes(reader, of, &[test])
        }
        ParameterKind::Token => token(reader, of, operator, value),
        _ => plain(reader, of, operator, value),
    }
}

fn refused(name: &str, operator: &str) -> SearchError {
    unsupported(NAME, format!("has the operator {operator} on {name}"))
}

fn comparison(name: &str, operator: &str) -> Result<Comparison, SearchError> {
    match operator {
        "po" => Ok(Comparison::Approximately),
        _ => number::comparison(operator).ok_or_else(|| refused(name, operator)),
    }
}

fn text(
    reader: &Reader<'_>,
    of: Named,
    operator: &str,
    value: &str,
) -> Result<Condition, SearchError> {
    let folded = normalise_text(value);
    if folded.is_empty() {
        return Err(wrong(format!("has no letter or digit to search for: {value}")));
    }
    let test = match operator {
        "eq" | "ne" => TextTest::Is(folded),
        "co" => TextTest::Contains(folded),
        "sw" => TextTest::Begins(folded),
        "ew" => TextTest::Ends(folded),
        _ => return Err(refused(of.parameter.name, operator)),
    };
    Ok(negated(operator == "ne", passes(reader, of, &[Test::Text(test)])?))
}

fn token(
    reader: &Reader<'_>,
    of: Named,
    operator: &str,
    value: &str,
) -> Result<Condition, SearchError> {
    let name = of.parameter.name;
    match operator {
        "in" => {
            let codes = members(reader, name, value)?;
            one_of(reader, of, codes)
        }
        // The value subsumes a code of the set: the code is the value or below it.
        "ss" => super::value::condition(reader, of, Some("below"), value),
        "sb" => super::value::condition(reader, of, Some("above"), value),
        _ => plain(reader, of, operator, value),
    }
}

/// `eq`, `ne` and, for references, `re`, as a URL would ask.
fn plain(
    reader: &Reader<'_>,
    of: Named,
    operator: &str,
    value: &str,
) -> Result<Condition, SearchError> {
    let is_reference = of.parameter.kind == ParameterKind::Reference;
    if !(matches!(operator, "eq" | "ne") || (operator == "re" && is_reference)) {
        return Err(refused(of.parameter.name, operator));
    }
    let tests = super::value::tests(reader, of, None, value)?;
    Ok(negated(operator == "ne", passes(reader, of, &tests)?))
}
