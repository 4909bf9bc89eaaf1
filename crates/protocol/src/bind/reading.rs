//! Reads one value out of JSON as the fact's type asks.

use std::collections::BTreeSet;

use jiff::civil::Date;
use manzil_fhir::Resource;
use manzil_fhir::date::{PartialDate, age_in_completed_months, completed_months};
use manzil_fhir::fhirpath::Item;
use serde_json::Value as Json;

use super::NONE_CODE;
use crate::model::As;
use crate::number::parse_decimal;
use crate::{Fact, FactKind, Library, Name, Unit, Value};

/// How to read one fact.
pub(super) struct Reading<'a> {
    pub library: &'a Library,
    pub fact: &'a Fact,
    pub how: &'a As,
    pub exam: Date,
}

/// A value, nothing, or why what is there cannot be read.
type Read = Result<Option<Value>, String>;

impl Reading<'_> {
    /// From an `Observation` of the fact itself; nothing there is a `dataAbsentReason`.
    pub(super) fn observation(&self, resource: &Resource) -> Read {
        let json = resource.value();
        if let FactKind::Codes { .. } = self.fact.kind
            && let Some(components) = json.get("component").and_then(Json::as_array)
        {
            return self.components(components).map(Some);
        }
        let value = json
            .as_object()
            .into_iter()
            .flatten()
            .find(|(name, _)| name.starts_with("value"))
            .map(|(_, value)| value);
        value.map_or(Ok(None), |value| self.one(value))
    }

    fn components(&self, components: &[Json]) -> Result<Value, String> {
        let chosen = components
            .iter()
            .filter(|each| each.get("valueBoolean") != Some(&Json::Bool(false)))
            .map(|each| self.code(each.get("code").unwrap_or(&Json::Null)))
            .collect::<Result<BTreeSet<Name>, String>>()?;
        Ok(Value::Codes(chosen))
    }

    /// From what an expression found.
    pub(super) fn items(&self, items: &[Item<'_>]) -> Read {
        if let FactKind::Codes { .. } = self.fact.kind {
            return self.codes(items);
        }
        match items {
            [] => Ok(None),
            [item] => match item.json() {
                Some(json) => self.one(json),
                None => self.one(&computed(item)?),
            },
            many => Err(format!("there are {} values where one is wanted", many.len())),
        }
    }

    fn codes(&self, items: &[Item<'_>]) -> Read {
        if items.is_empty() {
            return Ok(None);
        }
        let mut chosen = BTreeSet::new();
        for item in items {
            let json = item.json().cloned().map_or_else(|| computed(item), Ok)?;
            if !says_none(&json) {
                chosen.insert(self.code(&json)?);
            }
        }
        Ok(Some(Value::Codes(chosen)))
    }

    fn one(&self, json: &Json) -> Read {
        match self.how {
            As::Plain => self.plain(json).map(Some),
            As::Age => self.age(json).map(Some),
            As::MonthsSince => self.months_since(json).map(Some),
            As::Lookup(table) => self.lookup(table, json),
        }
    }

    fn plain(&self, json: &Json) -> Result<Value, String> {
        match &self.fact.kind {
            FactKind::Boolean => {
                json.as_bool().map(Value::Boolean).ok_or_else(|| "it is not yes or no".to_owned())
            }
            FactKind::Code { .. } => self.code(json).map(Value::Code),
            FactKind::Codes { .. } if says_none(json) => Ok(Value::Codes(BTreeSet::new())),
            FactKind::Codes { .. } => Ok(Value::Codes(BTreeSet::from([self.code(json)?]))),
            FactKind::Count { .. } | FactKind::Quantity { .. } => self.number(json),
            FactKind::Age => self.age(json),
        }
    }

    /// A code as text, as a `Coding` or as a `CodeableConcept`.
    fn code(&self, json: &Json) -> Result<Name, String> {
        let values = self.fact.kind.values();
        let known = |code: &str| values.iter().find(|value| value.id == *code);
        let written: Vec<&str> = match json {
            Json::String(code) => vec![code],
            Json::Object(members) => {
                let codings = members.get("coding").and_then(Json::as_array);
                codings
                    .map_or(std::slice::from_ref(json), Vec::as_slice)
                    .iter()
                    .filter_map(|coding| coding.get("code")?.as_str())
                    .collect()
            }
            _ => Vec::new(),
        };
        let found = written.iter().find_map(|code| known(code));
        found
            .map(|value| value.id.clone())
            .ok_or_else(|| format!("the code `{}` is none of its values", written.join(" ")))
    }

    fn number(&self, json: &Json) -> Result<Value, String> {
        let digits = |json: &Json| match json {
            Json::Number(number) => parse_decimal(&number.to_string()),
            _ => Err("it is not a number".to_owned()),
        };
        let Some(members) = json.as_object() else {
            return self.within(digits(json)?);
        };
        if members.contains_key("comparator") {
            return Err("it says more or less than a number, not how much".into());
        }
        let number = digits(members.get("value").unwrap_or(&Json::Null))?;
        let written = members.get("code").or_else(|| members.get("unit")).and_then(Json::as_str);
        let own = self.fact.kind.unit().unwrap_or_else(Unit::one);
        let converted = match written {
            None => Some(number),
            Some(code) => Unit::new(code).and_then(|unit| unit.convert(number, &own)),
        };
        let number = converted.ok_or_else(|| {
            format!("its unit {} does not convert to {own}", written.unwrap_or_default())
        })?;
        self.within(number)
    }

    fn within(&self, number: crate::Decimal) -> Result<Value, String> {
        match self.fact.kind.bounds() {
            Some((min, max)) if number < min || number > max => {
                Err(format!("{number} is not plausible (from {min} to {max})"))
            }
            _ => Ok(Value::exactly(number)),
        }
    }

    /// The age on the exam date, from a birth date or a `Period` of possible birth days.
    fn age(&self, json: &Json) -> Result<Value, String> {
        let (least, greatest) = match json {
            Json::String(text) => {
                let born: PartialDate = text.parse().map_err(|_| format!("{text} is no date"))?;
                age_in_completed_months(&born, self.exam)
            }
            Json::Object(period) => {
                let day = |name: &str| period.get(name)?.as_str()?.parse::<Date>().ok();
                day("start").zip(day("end")).and_then(|(first, last)| {
                    let last = last.min(self.exam);
                    Some((completed_months(last, self.exam)?, completed_months(first, self.exam)?))
                })
            }
            _ => None,
        }
        .ok_or_else(|| format!("the birth is not before the exam on {}", self.exam))?;
        Ok(Value::Number { lo: least.into(), hi: greatest.into() })
    }

    fn months_since(&self, json: &Json) -> Result<Value, String> {
        let text = json.as_str().unwrap_or_default();
        let day = text.split('T').next().unwrap_or(text);
        let date: PartialDate = day.parse().map_err(|_| format!("{text} is no date"))?;
        let (least, greatest) = age_in_completed_months(&date, self.exam)
            .ok_or_else(|| format!("{text} is after the exam on {}", self.exam))?;
        Ok(Value::Number { lo: least.into(), hi: greatest.into() })
    }

    /// A code that the table does not have says nothing: the fact is asked.
    fn lookup(&self, table: &str, json: &Json) -> Read {
        let Some(table) = self.library.reference(table) else { return Ok(None) };
        let found = json.as_str().and_then(|code| table.values.get(code));
        found.map(|text| Value::parse(self.fact, text).map_err(|error| error.reason)).transpose()
    }
}

fn says_none(json: &Json) -> bool {
    let is_none = |code: Option<&Json>| code.and_then(Json::as_str) == Some(NONE_CODE);
    json.as_str() == Some(NONE_CODE)
        || json
            .get("coding")
            .and_then(Json::as_array)
            .is_some_and(|codings| codings.iter().any(|coding| is_none(coding.get("code"))))
}

/// A value that an expression worked out, as JSON.
fn computed(item: &Item<'_>) -> Result<Json, String> {
    use manzil_fhir::fhirpath::System;
    let number = |text: String| serde_json::from_str(&text).unwrap_or(Json::Null);
    Ok(match item.system()? {
        Some(System::Boolean(yes)) => Json::Bool(yes),
        Some(System::Integer(whole)) => whole.into(),
        Some(System::Decimal(decimal)) => number(decimal.to_string()),
        Some(System::String(text)) => Json::String(text.into_owned()),
        Some(System::Temporal(temporal)) => Json::String(temporal.to_string()),
        _ => Json::Null,
    })
}
