//! Cuts the text of a condition or a sum into words.

use std::ops::Range;

use super::error::Fault;
use crate::codes;
use crate::limits::CONDITION_BYTES_MAX;

/// One word and where it stands.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Token {
    pub(crate) kind: Kind,
    pub(crate) piece: Range<usize>,
}

/// The kinds of words.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Kind {
    /// A name or a keyword.
    Word(String),
    Number(String),
    /// `'[iU]/mL'`, without the quotes.
    Quoted(String),
    Sign(&'static str),
}

const RESERVED: [&str; 13] =
    ["and", "or", "not", "in", "has", "any", "all", "is", "empty", "at", "least", "of", "always"];

/// Whether a word belongs to the grammar and cannot be a name.
pub fn is_reserved(word: &str) -> bool {
    RESERVED.contains(&word)
}

/// What a `-` inside a word means.
#[derive(Clone, Copy, PartialEq)]
pub(crate) enum Hyphen {
    /// Part of the name, as in a code `x-ray`.
    Joins,
    /// Minus.
    Subtracts,
}

pub(crate) fn lex(text: &str, hyphen: Hyphen) -> Result<Vec<Token>, Fault> {
    if text.len() > CONDITION_BYTES_MAX {
        return Err(Fault::new(
            codes::CONDITION_LIMIT,
            0..text.len(),
            format!("this is longer than {CONDITION_BYTES_MAX} bytes"),
            "give parts of it a name with [[define]]",
        ));
    }
    let mut lexer = Lexer { text, at: 0, hyphen };
    let mut tokens = Vec::new();
    while let Some(token) = lexer.next_token()? {
        tokens.push(token);
    }
    Ok(tokens)
}

struct Lexer<'t> {
    text: &'t str,
    at: usize,
    hyphen: Hyphen,
}

impl Lexer<'_> {
    fn next_token(&mut self) -> Result<Option<Token>, Fault> {
        self.take_while(char::is_whitespace);
        let start = self.at;
        let Some(first) = self.rest().chars().next() else { return Ok(None) };
        let kind = if first.is_ascii_alphabetic() {
            self.word()
        } else if first.is_ascii_digit() {
            self.number()
        } else if first == '\'' {
            self.quoted()?
        } else {
            self.sign(first)?
        };
        Ok(Some(Token { kind, piece: start..self.at }))
    }

    fn rest(&self) -> &str {
        self.text.get(self.at..).unwrap_or_default()
    }

    fn take_while(&mut self, belongs: impl Fn(char) -> bool) -> String {
        let taken: String = self.rest().chars().take_while(|c| belongs(*c)).collect();
        self.at += taken.len();
        taken
    }

    fn word(&mut self) -> Kind {
        let joins = self.hyphen == Hyphen::Joins;
        let word =
            self.take_while(|c| c.is_ascii_alphanumeric() || c == '_' || (joins && c == '-'));
        Kind::Word(word)
    }

    fn number(&mut self) -> Kind {
        let mut number = self.take_while(|c| c.is_ascii_digit());
        let mut following = self.rest().chars();
        if following.next() == Some('.') && following.next().is_some_and(|c| c.is_ascii_digit()) {
            self.at += 1;
            number.push('.');
            number.push_str(&self.take_while(|c| c.is_ascii_digit()));
        }
        Kind::Number(number)
    }

    fn quoted(&mut self) -> Result<Kind, Fault> {
        let start = self.at;
        self.at += 1;
        let inside = self.take_while(|c| c != '\'');
        if self.rest().is_empty() {
            return Err(Fault::new(
                codes::SYNTAX,
                start..self.at,
                "the unit's closing quote is missing",
                "write the unit between two single quotes, such as '[iU]/mL'",
            ));
        }
        self.at += 1;
        Ok(Kind::Quoted(inside))
    }

    fn sign(&mut self, first: char) -> Result<Kind, Fault> {
        const SIGNS: [&str; 16] =
            ["&&", "||", "==", "<>", "<=", ">=", "!=", "<", ">", "=", "(", ")", "{", "}", ",", "%"];
        const SUM_SIGNS: [&str; 3] = ["+", "-", "*"];
        let rest = self.rest();
        let sign = SIGNS.iter().chain(&SUM_SIGNS).find(|sign| rest.starts_with(**sign)).copied();
        let width = sign.map_or(first.len_utf8(), str::len);
        let piece = self.at..self.at + width;
        self.at += width;
        match (sign, misspelt(sign.unwrap_or_default(), first)) {
            (Some(sign), None) => Ok(Kind::Sign(sign)),
            (_, Some(cure)) => {
                let written = self.text.get(piece.clone()).unwrap_or_default();
                Err(Fault::new(
                    codes::SYNTAX,
                    piece.clone(),
                    format!("`{written}` is not part of the language"),
                    cure,
                ))
            }
            (None, None) => Err(Fault::new(
                codes::SYNTAX,
                piece,
                format!("`{first}` is not part of the language"),
                "names are made of letters, digits and _",
            )),
        }
    }
}

/// The cure for signs of other languages.
fn misspelt(sign: &str, first: char) -> Option<&'static str> {
    match (sign, first) {
        ("&&", _) | (_, '&') => Some("write `and`"),
        ("||", _) | (_, '|') => Some("write `or`"),
        ("==", _) => Some("write `=`"),
        ("<>", _) | (_, '≠') => Some("write `!=`"),
        (_, '≤') => Some("write `<=`"),
        (_, '≥') => Some("write `>=`"),
        ("", '!') => Some("write `not`"),
        ("", '/') => Some("units with a slash stand between single quotes, such as '[iU]/mL'"),
        ("", '"' | '‘' | '’' | '`') => {
            Some("codes are written without quotes, units between straight single quotes")
        }
        ("", '.') => Some("a decimal number has a digit before and after the point"),
        _ => None,
    }
}
