//! The statements that walk ranges of the index.

use manzil_store::StoreError;
use manzil_store::finder::{Mark, Range, SortValue, Walk};
use tokio_postgres::Row;
use tokio_postgres::types::ToSql;

use crate::index::{BEGINNING, BEGINNING_CHARACTERS_MAX, REFERENCE};
use crate::session::{Value, get, value};
use crate::{dictionary, fault, ids};

/// A statement in the making.
pub(crate) struct Asked {
    pub(crate) statement: String,
    values: Vec<Value>,
    keyed: Keyed,
}

/// What the key of a mark is.
#[derive(Clone, Copy)]
enum Keyed {
    Not,
    Integer,
    Real,
    Text,
}

impl Asked {
    pub(crate) fn values(&self) -> Vec<&(dyn ToSql + Sync)> {
        self.values.iter().map(|value| &**value as &(dyn ToSql + Sync)).collect()
    }

    /// Adds a value; how the statement names it.
    fn value(&mut self, it: impl ToSql + Sync + Send + 'static) -> String {
        self.values.push(value(it));
        format!("${}", self.values.len())
    }

    fn add(&mut self, text: &str) {
        self.statement.push_str(text);
    }

    /// Reads a row of a walk.
    pub(crate) fn mark(&self, row: &Row) -> Result<Mark, StoreError> {
        let key = match self.keyed {
            Keyed::Not => None,
            Keyed::Integer => Some(SortValue::Integer(get(row, 1)?)),
            Keyed::Real => Some(SortValue::Real(get(row, 1)?)),
            Keyed::Text => {
                let text = std::str::from_utf8(get(row, 1)?);
                let text = text.map_err(|_| fault::damaged("a text is not UTF-8"))?;
                Some(SortValue::Text(text.to_owned()))
            }
        };
        Ok(Mark { key, number: get(row, 0)? })
    }
}

/// How many stand in a range, counted to `rows_max`.
pub(crate) fn counted(range: &Range, rows_max: usize) -> Asked {
    let mut asked = Asked {
        statement: "SELECT count(*) FROM (SELECT 1 FROM ".into(),
        values: Vec::new(),
        keyed: Keyed::Not,
    };
    clause(&mut asked, range);
    let limit = asked.value(limit(rows_max));
    asked.add(&format!(" LIMIT {limit}) AS counted"));
    asked
}

/// The number, and the key if there is one, of what stands in a range, in order.
pub(crate) fn walked(walk: &Walk<'_>) -> Asked {
    let (number, key, keyed) = columns(walk.range);
    let mut asked = Asked { statement: format!("SELECT {number}"), values: Vec::new(), keyed };
    if let Some(key) = key {
        asked.add(&format!(", {key}"));
    }
    asked.add(" FROM ");
    clause(&mut asked, walk.range);
    let (sign, order) = if walk.descending { ("<", "DESC") } else { (">", "ASC") };
    match key {
        None => {
            let after = asked.value(walk.after.map_or(i64::MIN, |after| after.number));
            asked.add(&format!(" AND {number} > {after} ORDER BY {number}"));
        }
        Some(key) => {
            if let Some(mark) = walk.after {
                let at = after_key(&mut asked, mark);
                let after = asked.value(mark.number);
                asked.add(&format!(" AND ({key}, {number}) {sign} ({at}, {after})"));
            }
            asked.add(&format!(" ORDER BY {key} {order}, {number} {order}"));
        }
    }
    let limit = asked.value(limit(walk.rows_max));
    asked.add(&format!(" LIMIT {limit}"));
    asked
}

/// Those of some numbers that stand in a range that is ordered by number alone.
pub(crate) fn among(range: &Range, numbers: &[i64]) -> Asked {
    let (number, ..) = columns(range);
    let (values, keyed) = (Vec::new(), Keyed::Not);
    let mut asked = Asked { statement: format!("SELECT {number} FROM "), values, keyed };
    clause(&mut asked, range);
    let numbers = asked.value(numbers.to_vec());
    asked.add(&format!(" AND {number} = ANY ({numbers})"));
    asked
}

fn after_key(asked: &mut Asked, mark: &Mark) -> String {
    match &mark.key {
        Some(SortValue::Integer(number)) => asked.value(*number),
        Some(SortValue::Real(number)) => asked.value(*number),
        Some(SortValue::Text(text)) => asked.value(text.clone().into_bytes()),
        Some(SortValue::Last) | None => "NULL".into(),
    }
}

/// Everything after `FROM`.
fn clause(asked: &mut Asked, range: &Range) {
    let text = match range {
        Range::Token { parameter, code, system } => {
            let system = dictionary::column(*system);
            token(asked, ids::word(*parameter, *code), system)
        }
        Range::Link { parameter, target } => {
            token(asked, ids::word(*parameter, *target), REFERENCE)
        }
        Range::Type { of } => {
            format!("resource k WHERE k.state = 1 AND k.type = {}", number(asked, *of))
        }
        Range::Everything => "resource k WHERE k.state = 1".into(),
        Range::Person { person } => {
            let person = asked.value(*person);
            format!("resource k WHERE k.state = 1 AND k.person IS NOT NULL AND k.person = {person}")
        }
        Range::Words { of, beginnings } => words(asked, *of, beginnings),
        Range::Period { parameter, span, from, before } => {
            let (parameter, span) = (number(asked, *parameter), asked.value(i16::from(*span)));
            let (from, before) = (asked.value(*from), asked.value(*before));
            format!(
                "period k WHERE k.parameter = {parameter} AND k.span = {span} \
                 AND k.starts >= {from} AND k.starts < {before}"
            )
        }
        Range::Amount { parameter, unit, wide, from, to } => {
            let (parameter, unit) = (number(asked, *parameter), number(asked, *unit));
            let (wide, from, to) = (asked.value(*wide), asked.value(*from), asked.value(*to));
            format!(
                "amount k WHERE k.parameter = {parameter} AND k.unit = {unit} \
                 AND k.wide = {wide} AND k.low >= {from} AND k.low <= {to}"
            )
        }
        Range::Phrase { parameter, from, before } => {
            let parameter = number(asked, *parameter);
            let from = asked.value(from.clone().into_bytes());
            let mut text = format!("phrase k WHERE k.parameter = {parameter} AND k.text >= {from}");
            if let Some(before) = before {
                let before = asked.value(before.clone().into_bytes());
                text = format!("{text} AND k.text < {before}");
            }
            text
        }
        Range::Written { of, after } => written(asked, *of, *after),
    };
    asked.add(&text);
}

fn token(asked: &mut Asked, word: i64, system: i32) -> String {
    let (word, system) = (asked.value(word), asked.value(system));
    format!("token k WHERE k.word = {word} AND k.system = {system}")
}

/// The rarest beginning leads, which is most likely the longest; the others are looked up in the
/// home of what it leads to.
fn words(asked: &mut Asked, of_type: u32, beginnings: &[String]) -> String {
    let short = |word: &String| word.chars().take(BEGINNING_CHARACTERS_MAX).collect::<String>();
    let mut all: Vec<String> = beginnings.iter().map(short).collect();
    all.sort_by_key(|word| std::cmp::Reverse(word.chars().count()));
    let mut all = all.iter().map(|word| ids::beginning(of_type, word));
    let Some(first) = all.next() else {
        return format!("resource k WHERE k.state = 1 AND k.type = {}", number(asked, of_type));
    };
    let mut text = token(asked, first, BEGINNING);
    for other in all {
        let (word, system) = (asked.value(other), asked.value(BEGINNING));
        text = format!(
            "{text} AND EXISTS (SELECT 1 FROM token o WHERE o.home = k.home \
             AND o.resource = k.resource AND o.word = {word} AND o.system = {system})"
        );
    }
    text
}

fn written(asked: &mut Asked, of_type: Option<u32>, after: i64) -> String {
    let after = asked.value(after);
    let mut text = format!(
        "version k JOIN resource r ON r.home = k.home AND r.number = k.resource \
         AND r.place = k.place WHERE k.place > {after} AND r.state = 1"
    );
    if let Some(of_type) = of_type {
        let of_type = number(asked, of_type);
        text = format!("{text} AND r.type = {of_type}");
    }
    text
}

fn number(asked: &mut Asked, number: u32) -> String {
    asked.value(dictionary::column(number))
}

/// The columns of the number and of the key.
fn columns(range: &Range) -> (&'static str, Option<&'static str>, Keyed) {
    match range {
        Range::Words { beginnings, .. } if beginnings.is_empty() => ("k.number", None, Keyed::Not),
        Range::Token { .. } | Range::Link { .. } | Range::Words { .. } => {
            ("k.resource", None, Keyed::Not)
        }
        Range::Type { .. } | Range::Everything | Range::Person { .. } => {
            ("k.number", None, Keyed::Not)
        }
        Range::Period { .. } => ("k.resource", Some("k.starts"), Keyed::Integer),
        Range::Amount { .. } => ("k.resource", Some("k.low"), Keyed::Real),
        Range::Phrase { .. } => ("k.resource", Some("k.text"), Keyed::Text),
        Range::Written { .. } => ("k.resource", Some("k.place"), Keyed::Integer),
    }
}

fn limit(rows_max: usize) -> i64 {
    i64::try_from(rows_max).unwrap_or(i64::MAX)
}
