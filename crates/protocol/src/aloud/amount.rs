//! Numbers, ages, spans of time and values of facts in words.

use super::Reader;
use crate::number::plain;
use crate::{Decimal, Period, Subject, Unit, Value};

/// Months in a year, for ages.
const YEAR: Decimal = Decimal::from_parts(12, 0, 0, false, 0);

impl Reader<'_> {
    /// A number of a fact or compute with its unit; ages in years where they are whole years.
    pub fn amount(&self, subject: &Subject, number: Decimal) -> String {
        match self.unit(subject) {
            Some(unit) => self.quantity(number, &unit),
            None => plain(number),
        }
    }

    fn unit(&self, subject: &Subject) -> Option<Unit> {
        match subject {
            Subject::Fact(fact) => self.library.fact(fact)?.kind.unit(),
            Subject::Compute(compute) => Some(self.protocol.compute(compute)?.unit.clone()),
            Subject::Table(_) => None,
        }
    }

    fn quantity(&self, number: Decimal, unit: &Unit) -> String {
        match unit.code() {
            "mo" if !number.is_zero() && (number % YEAR).is_zero() => {
                self.counted("years", number / YEAR)
            }
            "mo" => self.counted("months", number),
            "a" => self.counted("years", number),
            "d" => self.counted("days", number),
            "1" => self.phrases.say("number_plain", &[("number", &plain(number))]),
            "10*-5" => self.phrases.say("per_hundred_thousand", &[("number", &plain(number))]),
            "[iU]/mL" => self.phrases.say("iu_per_ml", &[("number", &plain(number))]),
            code => self.phrases.say("number", &[("number", &plain(number)), ("unit", code)]),
        }
    }

    /// The pattern for exactly this number where there is one.
    fn counted(&self, key: &str, number: Decimal) -> String {
        let number = plain(number);
        let exact = format!("{key}_{number}");
        let key = if self.phrases.has(&exact) { &exact } else { key };
        self.phrases.say(key, &[("number", &number)])
    }

    /// A span of calendar time.
    pub fn period(&self, period: Period) -> String {
        let mut parts = Vec::new();
        if period.months > 0 {
            parts.push(self.quantity(Decimal::from(period.months), &Unit::month()));
        }
        if period.days > 0 {
            parts.push(self.counted("days", Decimal::from(period.days)));
        }
        self.all(parts)
    }

    /// The value of a fact.
    pub fn value(&self, subject: &Subject, value: &Value) -> String {
        match value {
            Value::Boolean(true) => self.phrases.get("yes").to_owned(),
            Value::Boolean(false) => self.phrases.get("no").to_owned(),
            Value::Code(code) => self.code(subject, code),
            Value::Codes(codes) => self.all(codes.iter().map(|code| self.code(subject, code))),
            Value::Number { lo, hi } if lo == hi => self.amount(subject, *lo),
            Value::Number { lo, hi } => self.between(subject, *lo, *hi),
        }
    }

    /// A range. An age that is one whole year is said as that year.
    fn between(&self, subject: &Subject, lo: Decimal, hi: Decimal) -> String {
        let months = self.unit(subject) == Some(Unit::month());
        if months && (lo % YEAR).is_zero() && hi == lo + YEAR - Decimal::ONE && !lo.is_zero() {
            return self.amount(subject, lo);
        }
        let (from, to) = (self.amount(subject, lo), self.amount(subject, hi));
        self.phrases.say("range", &[("from", &from), ("to", &to)])
    }
}
