//! Reads sums: `max(qft_tb1, qft_tb2) - qft_nil`.
//!
//! ```text
//! sum    = term { ("+" | "-") term }
//! term   = factor { "*" factor }            at most one factor is not a number
//! factor = number [unit] | name | "(" sum ")" | ("min" | "max") "(" sum { "," sum } ")"
//! ```

use super::error::Fault;
use super::lex::{Hyphen, Kind, lex};
use super::parse::Parser;
use super::resolve::read_amount;
use super::{LanguageError, Origin, Scope, Shape};
use crate::codes;
use crate::nearest::did_you_mean;
use crate::{Decimal, Sum, Unit};

/// The code of a mistake that needs no telling here.
const TOLD_ELSEWHERE: &str = "";

/// Reads a sum whose every part is in, or converts exactly to, `unit`.
///
/// # Errors
/// The first mistake.
pub fn read_sum(
    text: &str,
    scope: &Scope,
    unit: &Unit,
    origin: Origin,
) -> Result<Sum, Vec<LanguageError>> {
    read(text, scope, unit).map_err(|fault| match fault.code {
        TOLD_ELSEWHERE => Vec::new(),
        _ => vec![fault.at(origin)],
    })
}

fn read(text: &str, scope: &Scope, unit: &Unit) -> Result<Sum, Fault> {
    let tokens = lex(text, Hyphen::Subtracts)?;
    let parser = Parser { tokens: &tokens, at: 0, depth: 0, end: text.trim_end().len() };
    let mut reader = Reader { parser, scope, unit };
    let sum = reader.sum()?;
    match reader.parser.peek() {
        None => Ok(sum),
        Some(token) => Err(Parser::unexpected(
            token,
            "the sum should end here",
            "join its parts with +, - or *",
        )),
    }
}

struct Reader<'t> {
    parser: Parser<'t>,
    scope: &'t Scope,
    unit: &'t Unit,
}

/// A part of a product: a bare number has no unit until it is known whether it multiplies.
enum Part {
    Constant(Decimal, std::ops::Range<usize>),
    Sum(Sum),
}

impl Reader<'_> {
    fn sum(&mut self) -> Result<Sum, Fault> {
        let mut sum = self.term()?;
        loop {
            if self.parser.take_sign("+") {
                sum = Sum::Add(Box::new(sum), Box::new(self.term()?));
            } else if self.parser.take_sign("-") {
                sum = Sum::Subtract(Box::new(sum), Box::new(self.term()?));
            } else {
                return Ok(sum);
            }
        }
    }

    fn term(&mut self) -> Result<Sum, Fault> {
        let mut term = self.factor()?;
        while self.parser.take_sign("*") {
            let start = self.parser.start();
            term = match (term, self.factor()?) {
                (Part::Constant(a, piece), Part::Constant(b, _)) => {
                    let product = a.checked_mul(b).ok_or_else(|| too_large(piece.clone()))?;
                    Part::Constant(product, piece)
                }
                (Part::Constant(by, _), Part::Sum(sum))
                | (Part::Sum(sum), Part::Constant(by, _)) => {
                    Part::Sum(Sum::Times(by, Box::new(sum)))
                }
                (Part::Sum(_), Part::Sum(_)) => {
                    return Err(Fault::new(
                        codes::TYPE,
                        start..self.parser.finish(),
                        "two facts cannot be multiplied",
                        "multiply by a constant number",
                    ));
                }
            };
        }
        match term {
            Part::Sum(sum) => Ok(sum),
            Part::Constant(number, piece) => self.constant(number, piece),
        }
    }

    /// A bare number that is added: only where the sum has no unit, or the number is zero.
    fn constant(&self, number: Decimal, piece: std::ops::Range<usize>) -> Result<Sum, Fault> {
        if self.unit.is_one() || number.is_zero() {
            return Ok(Sum::Number(number));
        }
        let reason = format!("this sum is in {}, and the number has no unit", self.unit);
        let cure = format!("write `{number} {}`", self.unit.in_condition());
        Err(Fault::new(codes::UNIT, piece, reason, cure))
    }

    fn factor(&mut self) -> Result<Part, Fault> {
        if self.parser.take_sign("(") {
            let inner = self.nested()?;
            self.parser.expect_sign(")")?;
            return Ok(Part::Sum(inner));
        }
        match self.parser.peek().map(|token| &token.kind) {
            Some(Kind::Number(_) | Kind::Sign("-")) => self.number(),
            Some(Kind::Word(word)) if matches!(word.as_str(), "min" | "max") => {
                self.function(word == "min").map(Part::Sum)
            }
            _ => self.subject().map(Part::Sum),
        }
    }

    fn nested(&mut self) -> Result<Sum, Fault> {
        let depth = self.parser.depth;
        self.parser.deeper(|_| Ok(()))?;
        self.parser.depth = depth + 1;
        let inner = self.sum();
        self.parser.depth = depth;
        inner
    }

    fn number(&mut self) -> Result<Part, Fault> {
        let amount = self.parser.amount()?;
        if amount.unit.is_some() {
            return read_amount(&amount, "the sum", self.unit).map(|n| Part::Sum(Sum::Number(n)));
        }
        let number = read_amount(&amount, "the sum", &Unit::one())?;
        Ok(Part::Constant(number, amount.piece))
    }

    fn function(&mut self, least: bool) -> Result<Sum, Fault> {
        self.parser.at += 1;
        self.parser.expect_sign("(")?;
        let mut of = vec![self.nested()?];
        while self.parser.take_sign(",") {
            of.push(self.nested()?);
        }
        self.parser.expect_sign(")")?;
        Ok(if least { Sum::Least(of) } else { Sum::Greatest(of) })
    }

    fn subject(&mut self) -> Result<Sum, Fault> {
        let name = self.parser.name("a number, a fact or a compute")?;
        let Some(entry) = self.scope.get(&name.text) else {
            let cure = did_you_mean(&name.text, self.scope.names())
                .unwrap_or_else(|| "declare it as a fact or a compute".into());
            let reason = format!("nothing is called `{}`", name.text);
            return Err(Fault::new(codes::UNKNOWN_NAME, name.piece, reason, cure));
        };
        if matches!(entry.shape, Shape::Broken) {
            return Err(Fault::new(TOLD_ELSEWHERE, name.piece, "", ""));
        }
        let (Shape::Number { unit, .. }, Some(subject)) = (&entry.shape, &entry.subject) else {
            let reason = format!("`{}` is not a number", name.text);
            let cure = "only numbers can be added";
            return Err(Fault::new(codes::TYPE, name.piece, reason, cure));
        };
        match unit.factor(self.unit) {
            Some(factor) => Ok(Sum::Of { subject: subject.clone(), factor }),
            None => Err(Fault::new(
                codes::UNIT,
                name.piece,
                format!(
                    "`{}` is in {unit}, which does not convert exactly to {}",
                    name.text, self.unit
                ),
                "give the sum the unit of its parts",
            )),
        }
    }
}

fn too_large(piece: std::ops::Range<usize>) -> Fault {
    Fault::new(codes::NUMBER, piece, "this product is too large", "write a smaller number")
}
