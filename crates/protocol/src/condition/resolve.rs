//! Gives names their meaning and checks types, codes and units.

use std::collections::BTreeSet;
use std::ops::Range;

use super::error::Fault;
use super::parse::{Amount, Word, Written, parse};
use super::{Condition, Entry, LanguageError, Origin, Scope, Shape};
use crate::codes;
use crate::nearest::did_you_mean;
use crate::number::parse_decimal;
use crate::{Comparison, Decimal, Name, Subject, Unit};

/// Reads a condition.
///
/// # Errors
/// Everything that is wrong with it: the first mistake in grammar, else every mistake in
/// names, types, codes and units.
pub fn read_condition(
    text: &str,
    scope: &Scope,
    origin: Origin,
) -> Result<Condition, Vec<LanguageError>> {
    let written = parse(text).map_err(|fault| vec![fault.at(origin)])?;
    let mut resolver = Resolver { scope, origin, faults: Vec::new() };
    let condition = resolver.condition(&written);
    match condition {
        Some(condition) if resolver.faults.is_empty() => Ok(condition),
        _ => Err(resolver.faults.into_iter().map(|fault| fault.at(origin)).collect()),
    }
}

struct Resolver<'s> {
    scope: &'s Scope,
    origin: Origin,
    faults: Vec<Fault>,
}

impl<'s> Resolver<'s> {
    fn condition(&mut self, written: &Written) -> Option<Condition> {
        match written {
            Written::Always(piece) => Some(Condition::Always { span: self.span(piece) }),
            Written::Name(name) => self.name(name),
            Written::Equals { name, codes, negated, piece } => {
                self.equals(name, codes, *negated, piece)
            }
            Written::Compare { name, op, amount, piece } => self.compare(name, *op, amount, piece),
            Written::Has { name, codes, all, piece } => self.has(name, codes, *all, piece),
            Written::IsEmpty { name, piece } => {
                let subject = self.set(name)?.0;
                Some(Condition::IsEmpty { subject, span: self.span(piece) })
            }
            Written::Not(inner) => Some(Condition::Not(Box::new(self.condition(inner)?))),
            Written::And(parts) => self.all(parts).map(Condition::And),
            Written::Or(parts) => self.all(parts).map(Condition::Or),
            Written::AtLeast { count, of, piece } => self.at_least(count, of, piece),
        }
    }

    /// Every part, so that every part's mistakes are told.
    fn all(&mut self, parts: &[Written]) -> Option<Vec<Condition>> {
        let resolved: Vec<_> = parts.iter().map(|part| self.condition(part)).collect();
        resolved.into_iter().collect()
    }

    fn name(&mut self, name: &Word) -> Option<Condition> {
        let entry = self.entry(name)?;
        let span = self.span(&name.piece);
        match (&entry.shape, &entry.subject) {
            (Shape::Truth, Some(_)) => {
                Some(Condition::Is { fact: name.text.as_str().into(), span })
            }
            (Shape::Truth, None) => {
                Some(Condition::Named { define: name.text.as_str().into(), span })
            }
            (shape, _) => {
                let cure = how_to_ask(&name.text, shape);
                self.fail(codes::TYPE, &name.piece, describe(&name.text, shape), cure)
            }
        }
    }

    fn equals(
        &mut self,
        name: &Word,
        written: &[Word],
        negated: bool,
        piece: &Range<usize>,
    ) -> Option<Condition> {
        let entry = self.entry(name)?;
        match (&entry.shape, entry.subject.clone()) {
            (Shape::One(values), Some(subject)) => {
                let codes = self.codes(name, written, values)?;
                Some(Condition::Code { subject, codes, negated, span: self.span(piece) })
            }
            (shape, _) => {
                let cure = how_to_ask(&name.text, shape);
                self.fail(codes::TYPE, piece, describe(&name.text, shape), cure)
            }
        }
    }

    fn has(
        &mut self,
        name: &Word,
        written: &[Word],
        all: bool,
        piece: &Range<usize>,
    ) -> Option<Condition> {
        let (subject, values) = self.set(name)?;
        let codes = self.codes(name, written, &values)?;
        Some(Condition::Has { subject, codes, all, span: self.span(piece) })
    }

    fn compare(
        &mut self,
        name: &Word,
        op: Comparison,
        amount: &Amount,
        piece: &Range<usize>,
    ) -> Option<Condition> {
        let entry = self.entry(name)?.clone();
        let (Shape::Number { unit, whole, age, bounds }, Some(subject)) =
            (&entry.shape, entry.subject.clone())
        else {
            let cure = how_to_ask(&name.text, &entry.shape);
            return self.fail(codes::TYPE, piece, describe(&name.text, &entry.shape), cure);
        };
        let number = match read_amount(amount, &name.text, unit) {
            Ok(number) => number,
            Err(fault) => {
                self.faults.push(fault);
                return None;
            }
        };
        if *whole && !number.is_integer() {
            let reason = format!("`{}` is a whole number", name.text);
            return self.fail(
                codes::NUMBER,
                &amount.piece,
                reason,
                "compare it with a whole number",
            );
        }
        if *age {
            self.refuse_ambiguous_years(name, op, amount)?;
        }
        if let Some((min, max)) = bounds
            && (number < *min || number > *max)
        {
            let reason = format!("`{}` lies between {min} and {max} {unit}", name.text);
            return self.fail(codes::NUMBER, &amount.piece, reason, "compare it within that range");
        }
        Some(Condition::Compare { subject, op, number, span: self.span(piece) })
    }

    /// "Aged 14 years or less" is read by some as up to the 14th birthday, by most as up to the
    /// day before the 15th. Neither may be guessed.
    fn refuse_ambiguous_years(
        &mut self,
        name: &Word,
        op: Comparison,
        amount: &Amount,
    ) -> Option<()> {
        let in_years = amount
            .unit
            .as_ref()
            .is_some_and(|unit| matches!(unit.text.as_str(), "year" | "years" | "a"));
        if !in_years || matches!(op, Comparison::Less | Comparison::AtLeast) {
            return Some(());
        }
        let (age, years) = (&name.text, &amount.digits);
        let next =
            parse_decimal(years).map_or_else(|_| years.clone(), |n| (n + Decimal::ONE).to_string());
        let cure = match op {
            Comparison::AtMost => format!("write `{age} < {next} years`"),
            Comparison::Greater => format!("write `{age} >= {next} years`"),
            _ => format!("write `{age} >= {years} years and {age} < {next} years`"),
        };
        let reason = format!("`{age} {op} {years} years` can be read in two ways");
        self.fail::<()>(codes::NUMBER, &amount.piece, reason, cure)
    }

    fn at_least(
        &mut self,
        count: &Word,
        of: &[Written],
        piece: &Range<usize>,
    ) -> Option<Condition> {
        let parts = self.all(of);
        match count.text.parse::<u32>() {
            Ok(number) if number >= 1 && number as usize <= of.len() => {
                Some(Condition::AtLeast { count: number, of: parts?, span: self.span(piece) })
            }
            _ => self.fail(
                codes::NUMBER,
                &count.piece,
                format!("{} of {} conditions cannot be asked", count.text, of.len()),
                format!("write a whole number from 1 to {}", of.len()),
            ),
        }
    }

    fn entry(&mut self, name: &Word) -> Option<&'s Entry> {
        let scope = self.scope;
        if scope.get(&name.text).is_none() {
            let cure = did_you_mean(&name.text, scope.names())
                .unwrap_or_else(|| "declare it as a fact, define, compute or table".into());
            let reason = format!("nothing is called `{}`", name.text);
            self.faults.push(Fault::new(codes::UNKNOWN_NAME, name.piece.clone(), reason, cure));
        }
        scope.get(&name.text).filter(|entry| !matches!(entry.shape, Shape::Broken))
    }

    fn set(&mut self, name: &Word) -> Option<(Subject, Vec<Name>)> {
        let entry = self.entry(name)?;
        match (&entry.shape, &entry.subject) {
            (Shape::Set(values), Some(subject)) => Some((subject.clone(), values.clone())),
            (shape, _) => {
                let cure = how_to_ask(&name.text, shape);
                self.fail(codes::TYPE, &name.piece, describe(&name.text, shape), cure)
            }
        }
    }

    fn codes(&mut self, name: &Word, written: &[Word], values: &[Name]) -> Option<BTreeSet<Name>> {
        let mut found = BTreeSet::new();
        let before = self.faults.len();
        for code in written {
            let Some(value) = values.iter().find(|value| ***value == code.text) else {
                let cure = did_you_mean(&code.text, values.iter().map(Name::as_str))
                    .unwrap_or_else(|| format!("`{}` can be {}", name.text, list(values)));
                let reason = format!("`{}` has no value `{}`", name.text, code.text);
                self.faults.push(Fault::new(codes::UNKNOWN_CODE, code.piece.clone(), reason, cure));
                continue;
            };
            if !found.insert(value.clone()) {
                let reason = format!("`{}` stands here twice", code.text);
                let cure = "leave one out";
                self.faults.push(Fault::new(codes::SYNTAX, code.piece.clone(), reason, cure));
            }
        }
        (self.faults.len() == before).then_some(found)
    }

    fn span(&self, piece: &Range<usize>) -> crate::Span {
        self.origin.span(piece.clone())
    }

    fn fail<T>(
        &mut self,
        code: &'static str,
        piece: &Range<usize>,
        reason: impl Into<String>,
        cure: impl Into<String>,
    ) -> Option<T> {
        self.faults.push(Fault::new(code, piece.clone(), reason, cure));
        None
    }
}

/// A written number in the unit of what it is compared with.
pub(super) fn read_amount(amount: &Amount, name: &str, unit: &Unit) -> Result<Decimal, Fault> {
    let number = parse_decimal(&amount.digits).map_err(|reason| {
        let reason = format!("`{}` {reason}", amount.digits);
        Fault::new(codes::NUMBER, amount.piece.clone(), reason, "write a shorter number")
    })?;
    let example = format!("write `{} {}`", amount.digits, unit.in_condition());
    let Some(written) = &amount.unit else {
        if unit.is_one() {
            return Ok(number);
        }
        let reason = format!("`{name}` is measured in {unit}, and this number has no unit");
        return Err(Fault::new(codes::UNIT, amount.piece.clone(), reason, example));
    };
    let given =
        if amount.quoted { Unit::new(&written.text) } else { Unit::from_word(&written.text) };
    let Some(given) = given else {
        let reason = format!("`{}` is not a unit", written.text);
        let cure = "units are years, months, weeks, days, %, kg, g, cm or a UCUM code between \
                    single quotes";
        return Err(Fault::new(codes::UNIT, written.piece.clone(), reason, cure));
    };
    given.convert(number, unit).ok_or_else(|| {
        let reason = if unit.is_one() {
            format!("`{name}` is a plain number without a unit")
        } else {
            format!(
                "`{name}` is measured in {unit}, and {} {given} does not convert exactly",
                amount.digits
            )
        };
        let cure = if unit.is_one() { format!("write `{}`", amount.digits) } else { example };
        Fault::new(codes::UNIT, written.piece.clone(), reason, cure)
    })
}

fn describe(name: &str, shape: &Shape) -> String {
    match shape {
        Shape::Truth => format!("`{name}` is yes or no"),
        Shape::One(_) => format!("`{name}` is one of several values"),
        Shape::Set(_) => format!("`{name}` is a set of values"),
        Shape::Number { .. } => format!("`{name}` is a number"),
        Shape::Broken => format!("`{name}` is not declared rightly"),
    }
}

fn how_to_ask(name: &str, shape: &Shape) -> String {
    match shape {
        Shape::Truth => format!("write `{name}` or `not {name}`"),
        Shape::One(values) => {
            format!("write `{name} = {}`", values.first().map_or("code", Name::as_str))
        }
        Shape::Set(values) => format!(
            "write `{name} has {}` or `{name} is empty`",
            values.first().map_or("code", Name::as_str)
        ),
        Shape::Broken => "correct its declaration".into(),
        Shape::Number { unit, .. } => {
            format!("write `{name} >= 1 {}`", unit.in_condition()).replace("1 `", "1`")
        }
    }
}

fn list(values: &[Name]) -> String {
    const SHOWN_MAX: usize = 8;
    let mut shown: Vec<&str> = values.iter().take(SHOWN_MAX).map(Name::as_str).collect();
    if values.len() > SHOWN_MAX {
        shown.push("...");
    }
    shown.join(", ")
}
