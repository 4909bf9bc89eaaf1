//! Reads the grammar by recursive descent. Names have no meaning yet.

use std::ops::Range;

use super::error::Fault;
use super::lex::{Hyphen, Kind, Token, is_reserved, lex};
use crate::Comparison;
use crate::codes;
use crate::limits::CONDITION_DEPTH_MAX;

/// A name or code as written.
#[derive(Clone, Debug)]
pub(super) struct Word {
    pub(super) text: String,
    pub(super) piece: Range<usize>,
}

/// A number as written.
#[derive(Clone, Debug)]
pub(super) struct Amount {
    pub(super) digits: String,
    /// A unit word or the inside of the quotes.
    pub(super) unit: Option<Word>,
    pub(super) quoted: bool,
    pub(super) piece: Range<usize>,
}

/// A condition as written.
#[derive(Clone, Debug)]
pub(super) enum Written {
    Always(Range<usize>),
    Name(Word),
    Equals { name: Word, codes: Vec<Word>, negated: bool, piece: Range<usize> },
    Compare { name: Word, op: Comparison, amount: Amount, piece: Range<usize> },
    Has { name: Word, codes: Vec<Word>, all: bool, piece: Range<usize> },
    IsEmpty { name: Word, piece: Range<usize> },
    Not(Box<Written>),
    And(Vec<Written>),
    Or(Vec<Written>),
    AtLeast { count: Word, of: Vec<Written>, piece: Range<usize> },
}

pub(super) fn parse(text: &str) -> Result<Written, Fault> {
    let tokens = lex(text, Hyphen::Joins)?;
    let mut parser = Parser { tokens: &tokens, at: 0, depth: 0, end: text.trim_end().len() };
    let condition = parser.condition()?;
    match parser.peek() {
        None => Ok(condition),
        Some(token) => Err(Parser::unexpected(
            token,
            "the condition should end here",
            "join conditions with `and` or `or`",
        )),
    }
}

pub(super) struct Parser<'t> {
    pub(super) tokens: &'t [Token],
    pub(super) at: usize,
    pub(super) depth: usize,
    /// Where the text ends, for complaints about what is missing.
    pub(super) end: usize,
}

impl Parser<'_> {
    fn condition(&mut self) -> Result<Written, Fault> {
        self.deeper(|parser| {
            let mut parts = vec![parser.conjunction()?];
            while parser.take_word("or") {
                parts.push(parser.conjunction()?);
            }
            Ok(join(parts, Written::Or))
        })
    }

    fn conjunction(&mut self) -> Result<Written, Fault> {
        let mut parts = vec![self.unary()?];
        while self.take_word("and") {
            parts.push(self.unary()?);
        }
        Ok(join(parts, Written::And))
    }

    fn unary(&mut self) -> Result<Written, Fault> {
        if self.take_word("not") {
            return self.deeper(|parser| Ok(Written::Not(Box::new(parser.unary()?))));
        }
        self.test()
    }

    fn test(&mut self) -> Result<Written, Fault> {
        let start = self.start();
        if self.take_sign("(") {
            let inner = self.condition()?;
            self.expect_sign(")")?;
            return Ok(inner);
        }
        if self.take_word("always") {
            return Ok(Written::Always(start..self.finish()));
        }
        if self.take_word("at") {
            return self.at_least(start);
        }
        let name = self.name("a fact, a define, a compute or a table")?;
        self.test_of(name, start)
    }

    fn test_of(&mut self, name: Word, start: usize) -> Result<Written, Fault> {
        if self.take_word("in") {
            let codes = self.codes()?;
            return Ok(Written::Equals {
                name,
                codes,
                negated: false,
                piece: start..self.finish(),
            });
        }
        if self.take_word("has") {
            let all = self.take_word("all");
            let codes = if all || self.take_word("any") {
                self.codes()?
            } else {
                vec![self.name("a code")?]
            };
            return Ok(Written::Has { name, codes, all, piece: start..self.finish() });
        }
        if self.take_word("is") {
            self.expect_word("empty")?;
            return Ok(Written::IsEmpty { name, piece: start..self.finish() });
        }
        let Some(op) = self.comparison() else { return Ok(Written::Name(name)) };
        if let (Comparison::Equal | Comparison::NotEqual, Some(Kind::Word(_))) =
            (op, self.peek().map(|token| &token.kind))
        {
            let codes = vec![self.name("a code")?];
            let negated = op == Comparison::NotEqual;
            return Ok(Written::Equals { name, codes, negated, piece: start..self.finish() });
        }
        let amount = self.amount()?;
        Ok(Written::Compare { name, op, amount, piece: start..self.finish() })
    }

    fn at_least(&mut self, start: usize) -> Result<Written, Fault> {
        self.expect_word("least")?;
        let count = match self.peek() {
            Some(Token { kind: Kind::Number(digits), piece }) => {
                self.at += 1;
                Word { text: digits.clone(), piece: piece.clone() }
            }
            other => return Err(self.wanted("a whole number", other)),
        };
        self.expect_word("of")?;
        self.expect_sign("(")?;
        let mut of = vec![self.condition()?];
        while self.take_sign(",") {
            of.push(self.condition()?);
        }
        self.expect_sign(")")?;
        Ok(Written::AtLeast { count, of, piece: start..self.finish() })
    }

    fn codes(&mut self) -> Result<Vec<Word>, Fault> {
        self.expect_sign("{")?;
        let mut codes = vec![self.name("a code")?];
        while self.take_sign(",") {
            codes.push(self.name("a code")?);
        }
        self.expect_sign("}")?;
        Ok(codes)
    }

    fn comparison(&mut self) -> Option<Comparison> {
        const SIGNS: [(&str, Comparison); 6] = [
            ("<", Comparison::Less),
            ("<=", Comparison::AtMost),
            (">", Comparison::Greater),
            (">=", Comparison::AtLeast),
            ("=", Comparison::Equal),
            ("!=", Comparison::NotEqual),
        ];
        SIGNS.into_iter().find(|(sign, _)| self.take_sign(sign)).map(|(_, op)| op)
    }

    pub(super) fn amount(&mut self) -> Result<Amount, Fault> {
        let start = self.start();
        let negative = self.take_sign("-");
        let Some(Token { kind: Kind::Number(digits), .. }) = self.peek() else {
            return Err(self.wanted("a number", self.peek()));
        };
        self.at += 1;
        let digits = if negative { format!("-{digits}") } else { digits.clone() };
        let (unit, quoted) = self.unit();
        Ok(Amount { digits, unit, quoted, piece: start..self.finish() })
    }

    fn unit(&mut self) -> (Option<Word>, bool) {
        let Some(token) = self.peek() else { return (None, false) };
        let (text, quoted) = match &token.kind {
            Kind::Quoted(text) => (text.clone(), true),
            Kind::Word(text) if !is_reserved(text) => (text.clone(), false),
            Kind::Sign("%") => ("%".to_owned(), false),
            _ => return (None, false),
        };
        self.at += 1;
        (Some(Word { text, piece: token.piece.clone() }), quoted)
    }

    pub(super) fn name(&mut self, what: &str) -> Result<Word, Fault> {
        match self.peek() {
            Some(Token { kind: Kind::Word(text), piece }) if !is_reserved(text) => {
                self.at += 1;
                Ok(Word { text: text.clone(), piece: piece.clone() })
            }
            other => Err(self.wanted(what, other)),
        }
    }

    pub(super) fn deeper<T>(
        &mut self,
        read: impl FnOnce(&mut Self) -> Result<T, Fault>,
    ) -> Result<T, Fault> {
        if self.depth >= CONDITION_DEPTH_MAX {
            return Err(Fault::new(
                codes::CONDITION_LIMIT,
                self.start()..self.start(),
                format!("this is nested deeper than {CONDITION_DEPTH_MAX}"),
                "give the inner part a name",
            ));
        }
        self.depth += 1;
        let result = read(self);
        self.depth -= 1;
        result
    }
}

/// Moving along the words.
impl<'t> Parser<'t> {
    pub(super) fn peek(&self) -> Option<&'t Token> {
        self.tokens.get(self.at)
    }

    /// Where the next word starts.
    pub(super) fn start(&self) -> usize {
        self.peek().map_or(self.end, |token| token.piece.start)
    }

    /// Where the last word ended.
    pub(super) fn finish(&self) -> usize {
        self.at.checked_sub(1).and_then(|last| self.tokens.get(last)).map_or(0, |t| t.piece.end)
    }

    fn take_word(&mut self, word: &str) -> bool {
        let found =
            matches!(self.peek(), Some(Token { kind: Kind::Word(text), .. }) if text == word);
        self.at += usize::from(found);
        found
    }

    pub(super) fn take_sign(&mut self, sign: &str) -> bool {
        let found =
            matches!(self.peek(), Some(Token { kind: Kind::Sign(text), .. }) if *text == sign);
        self.at += usize::from(found);
        found
    }

    fn expect_word(&mut self, word: &str) -> Result<(), Fault> {
        if self.take_word(word) {
            Ok(())
        } else {
            Err(self.wanted(&format!("`{word}`"), self.peek()))
        }
    }

    pub(super) fn expect_sign(&mut self, sign: &str) -> Result<(), Fault> {
        if self.take_sign(sign) {
            Ok(())
        } else {
            Err(self.wanted(&format!("`{sign}`"), self.peek()))
        }
    }

    pub(super) fn wanted(&self, what: &str, found: Option<&Token>) -> Fault {
        let cure = format!("write {what} here");
        match found {
            None => {
                let piece = self.end.saturating_sub(1)..self.end;
                Fault::new(codes::SYNTAX, piece, format!("{what} is missing at the end"), cure)
            }
            Some(token) => Self::unexpected(token, &format!("{what} should stand here"), &cure),
        }
    }

    pub(super) fn unexpected(token: &Token, reason: &str, cure: &str) -> Fault {
        let found = match &token.kind {
            Kind::Word(text) | Kind::Number(text) => text.clone(),
            Kind::Quoted(text) => format!("'{text}'"),
            Kind::Sign(sign) => (*sign).to_owned(),
        };
        let lower = found.to_ascii_lowercase();
        let cure = if found != lower && is_reserved(&lower) {
            format!("keywords are written in small letters: `{lower}`")
        } else {
            cure.to_owned()
        };
        Fault::new(codes::SYNTAX, token.piece.clone(), format!("{reason}, not `{found}`"), cure)
    }
}

fn join(mut parts: Vec<Written>, all: impl FnOnce(Vec<Written>) -> Written) -> Written {
    if parts.len() > 1 {
        return all(parts);
    }
    parts.pop().unwrap_or(Written::Always(0..0))
}
