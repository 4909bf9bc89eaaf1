//! Searching: one statement put together from the conditions of a query.
//!
//! A statement walks one *driver* in the order of the resource numbers (a text match, the
//! records of a person, the rarest token, or all of a type) and tests the other conditions on
//! each. No sorting and no gathering: the first page of a million matches costs as much as the
//! first page of a hundred.

use manzil_fhir::search::{self, ParameterKind};
use manzil_store::limits::{PAGE_ROWS_MAX, QUERY_TERMS_MAX, QUERY_WORDS_MAX, TOTAL_MAX};
use manzil_store::policy::Reach;
use manzil_store::{DateTerm, Page, Query, StoreError, Version};
use rusqlite::types::Value;
use rusqlite::{Connection, params_from_iter};

use crate::records::{self, Concerned};
use crate::{code, dictionary, fault, index};

/// One page of the current versions that match and are within reach.
pub(crate) fn find(
    connection: &Connection,
    reach: &Reach,
    query: &Query,
    concerned: &mut Concerned,
) -> Result<Page<Version>, StoreError> {
    check(query)?;
    let after = records::mark(query.page.after.as_deref())?.unwrap_or(0);
    let Some(search) = Search::of(connection, reach, query)? else {
        return Ok(Page { rows: Vec::new(), next: None, total: 0 });
    };
    let (statement, values) = search.count();
    let total: i64 = connection
        .prepare_cached(&statement)
        .and_then(|mut found| found.query_row(params_from_iter(values), |row| row.get(0)))
        .map_err(fault::of_sqlite)?;
    let rows_max = query.page.rows_max.min(PAGE_ROWS_MAX);
    if rows_max == 0 {
        return Ok(Page { rows: Vec::new(), next: None, total: code::count(total) });
    }
    let (statement, values) = search.page(after, rows_max as i64 + 1);
    let (mut rows, full) = records::page_rows(connection, &statement, params_from_iter(values))?;
    let rows_max = if full { rows.len() - 1 } else { rows_max };
    let next = records::cut(&mut rows, rows_max, |row| row.0.to_string());
    concerned.extend(rows.iter().filter_map(|row| row.1.meta.person.clone()));
    Ok(Page { rows: rows.into_iter().map(|row| row.1).collect(), next, total: code::count(total) })
}

fn check(query: &Query) -> Result<(), StoreError> {
    if query.tokens.len() + query.beginnings.len() + query.dates.len() > QUERY_TERMS_MAX {
        return Err(StoreError::Limit(format!(
            "a query has more than {QUERY_TERMS_MAX} conditions; leave some out"
        )));
    }
    let words = query.text.as_deref().map_or(0, |text| search::words(text).len());
    if words > QUERY_WORDS_MAX {
        return Err(StoreError::Limit(format!(
            "a text query has more than {QUERY_WORDS_MAX} words; leave some out"
        )));
    }
    Ok(())
}

/// What leads through the table of resources.
#[derive(Clone, Debug, PartialEq)]
enum Driver {
    Words(String),
    Person(i64),
    Token(Token),
    Type,
}

#[derive(Clone, Debug, PartialEq)]
struct Token {
    parameter: i64,
    hash: i64,
}

#[derive(Clone, Debug, PartialEq)]
enum Condition {
    Id(String),
    Person(i64),
    /// The person asking: their own records and the directory.
    Own(i64),
    Token(Token),
    /// From the first text to before the second.
    Phrase(i64, String, String),
    Period {
        parameter: i64,
        from: i64,
        until: i64,
        within: bool,
    },
    Updated {
        from: i64,
        until: i64,
    },
}

#[derive(Clone, Debug)]
struct Search {
    type_number: i64,
    mask: i64,
    driver: Driver,
    conditions: Vec<Condition>,
}

impl Search {
    /// None when nothing can match: a type, person or parameter of which there is no record.
    fn of(
        connection: &Connection,
        reach: &Reach,
        query: &Query,
    ) -> Result<Option<Self>, StoreError> {
        let terms = Terms { connection, query };
        let Some(type_number) = dictionary::find_type(connection, &query.resource_type)? else {
            terms.conditions(0)?;
            return Ok(None);
        };
        let Some(mut conditions) = terms.conditions(type_number)? else { return Ok(None) };
        if let Some(own) = records::own_number(connection, reach)? {
            conditions.push(Condition::Own(own));
        }
        let mask = code::mask(reach.compartments());
        let driver = terms.driver(type_number, &mut conditions)?;
        Ok(Some(Self { type_number, mask, driver, conditions }))
    }

    fn count(&self) -> (String, Vec<Value>) {
        let (clause, values) = self.clause();
        let inner = format!("SELECT 1 FROM {clause} LIMIT {TOTAL_MAX}");
        (format!("SELECT count(*) FROM ({inner})"), values)
    }

    fn page(&self, after: i64, rows_max: i64) -> (String, Vec<Value>) {
        let (clause, mut values) = self.clause();
        let number = self.driver.number();
        let numbers = format!(
            "SELECT {number} AS number FROM {clause} AND {number} > ? ORDER BY {number} LIMIT ?"
        );
        values.extend([Value::from(after), Value::from(rows_max)]);
        (format!("WITH found AS MATERIALIZED ({numbers}) {}", sql::OF_FOUND), values)
    }

    /// Everything after `FROM`, with its values in order.
    fn clause(&self) -> (String, Vec<Value>) {
        let mut clause = String::new();
        let mut values = Vec::new();
        match &self.driver {
            Driver::Words(words) => {
                clause.push_str(sql::BY_WORDS);
                values.push(Value::from(words.clone()));
            }
            Driver::Person(person) => {
                clause.push_str(sql::BY_PERSON);
                values.push(Value::from(*person));
            }
            Driver::Token(token) => {
                clause.push_str(sql::BY_TOKEN);
                values.extend([Value::from(token.parameter), Value::from(token.hash)]);
            }
            Driver::Type => clause.push_str(sql::BY_TYPE),
        }
        clause.push_str(sql::OF_TYPE_IN_REACH);
        values.extend([Value::from(self.type_number), Value::from(self.mask)]);
        for condition in &self.conditions {
            clause.push_str(condition.clause());
            values.extend(condition.values());
        }
        (clause, values)
    }
}

impl Driver {
    fn number(&self) -> &'static str {
        match self {
            Self::Words(_) => "w.rowid",
            Self::Token(_) => "d.resource",
            Self::Person(_) | Self::Type => "r.number",
        }
    }
}

impl Condition {
    fn clause(&self) -> &'static str {
        match self {
            Self::Id(_) => sql::HAS_ID,
            Self::Person(_) => sql::HAS_PERSON,
            Self::Own(_) => sql::IS_OWN,
            Self::Token(_) => sql::HAS_TOKEN,
            Self::Phrase(..) => sql::HAS_PHRASE,
            Self::Period { within: true, .. } => sql::HAS_PERIOD_WITHIN,
            Self::Period { within: false, .. } => sql::HAS_PERIOD_TOUCHING,
            Self::Updated { .. } => sql::HAS_TIME,
        }
    }

    fn values(&self) -> Vec<Value> {
        match self {
            Self::Id(id) => vec![id.clone().into()],
            Self::Person(person) | Self::Own(person) => vec![(*person).into()],
            Self::Token(token) => vec![token.parameter.into(), token.hash.into()],
            Self::Phrase(parameter, from, before) => {
                vec![(*parameter).into(), from.clone().into(), before.clone().into()]
            }
            Self::Period { parameter, from, until, .. } => {
                vec![(*parameter).into(), (*from).into(), (*until).into()]
            }
            Self::Updated { from, until } => vec![(*from).into(), (*until).into()],
        }
    }
}

/// Turns the words of a query into numbers.
struct Terms<'a> {
    connection: &'a Connection,
    query: &'a Query,
}

impl Terms<'_> {
    /// None when one of them cannot match anything.
    fn conditions(&self, type_number: i64) -> Result<Option<Vec<Condition>>, StoreError> {
        let mut all = Vec::new();
        for (name, value) in &self.query.tokens {
            all.push(self.exact(type_number, name, value)?);
        }
        for (name, value) in &self.query.beginnings {
            let beginning = index::phrase(&search::normalise_text(value));
            let end = index::after_beginning(&beginning);
            self.kind(name, |kind| kind == ParameterKind::Text)?;
            let parameter =
                dictionary::find_parameter(self.connection, type_number, self.stored(name))?;
            all.push(parameter.map(|parameter| Condition::Phrase(parameter, beginning, end)));
        }
        for term in &self.query.dates {
            all.push(self.date(type_number, term)?);
        }
        if let Some(person) = &self.query.person {
            let number = dictionary::find_person(self.connection, person)?;
            all.push(number.map(Condition::Person));
        }
        Ok(all.into_iter().collect())
    }

    fn exact(
        &self,
        type_number: i64,
        name: &str,
        value: &str,
    ) -> Result<Option<Condition>, StoreError> {
        if name == "_id" {
            return Ok(Some(Condition::Id(value.to_owned())));
        }
        let kind = self.kind(name, |kind| {
            !matches!(kind, ParameterKind::Quantity | ParameterKind::Number | ParameterKind::Date)
        })?;
        let Some(parameter) =
            dictionary::find_parameter(self.connection, type_number, self.stored(name))?
        else {
            return Ok(None);
        };
        Ok(Some(match kind {
            ParameterKind::Text => {
                let text = index::phrase(&search::normalise_text(value));
                let end = format!("{text}\0");
                Condition::Phrase(parameter, text, end)
            }
            _ => Condition::Token(Token { parameter, hash: index::token(value) }),
        }))
    }

    fn date(&self, type_number: i64, term: &DateTerm) -> Result<Option<Condition>, StoreError> {
        let (from, until) = (term.from, term.until);
        if term.parameter == "_lastUpdated" {
            let (from, until) = (from.saturating_mul(1000), until.saturating_mul(1000));
            return Ok(Some(Condition::Updated { from, until }));
        }
        self.kind(&term.parameter, |kind| kind == ParameterKind::Date)?;
        let found =
            dictionary::find_parameter(self.connection, type_number, self.stored(&term.parameter))?;
        Ok(found.map(|parameter| Condition::Period { parameter, from, until, within: term.within }))
    }

    fn stored<'n>(&self, name: &'n str) -> &'n str {
        index::stored(&self.query.resource_type, name)
    }

    /// Refuses a parameter that the type does not have, or of another kind than asked for.
    fn kind(
        &self,
        name: &str,
        fits: impl Fn(ParameterKind) -> bool,
    ) -> Result<ParameterKind, StoreError> {
        let of = &self.query.resource_type;
        match index::kind(of, name) {
            Some(kind) if fits(kind) => Ok(kind),
            Some(kind) => Err(StoreError::Malformed(format!(
                "{of} cannot be searched in this way by {name}, which is of kind {kind:?}"
            ))),
            None => Err(StoreError::Malformed(format!("{of} cannot be searched by {name}"))),
        }
    }

    /// Chooses what leads; a condition that leads need not be tested again.
    fn driver(
        &self,
        type_number: i64,
        conditions: &mut Vec<Condition>,
    ) -> Result<Driver, StoreError> {
        let words = self.query.text.as_deref().map(search::words).unwrap_or_default();
        if !words.is_empty() {
            return Ok(Driver::Words(index::match_words(type_number, &words)));
        }
        let place = match conditions.iter().position(|each| matches!(each, Condition::Person(_))) {
            Some(place) => Some(place),
            None => self.rarest_token(conditions)?,
        };
        if conditions.iter().any(|each| matches!(each, Condition::Id(_))) {
            return Ok(Driver::Type);
        }
        Ok(match place.map(|place| conditions.remove(place)) {
            Some(Condition::Person(person)) => Driver::Person(person),
            Some(Condition::Token(token)) => Driver::Token(token),
            _ => Driver::Type,
        })
    }

    fn rarest_token(&self, conditions: &[Condition]) -> Result<Option<usize>, StoreError> {
        let mut rarest = None;
        for (place, condition) in conditions.iter().enumerate() {
            let Condition::Token(token) = condition else { continue };
            let rows: i64 = self
                .connection
                .prepare_cached(sql::TOKEN_ROWS)
                .and_then(|mut found| {
                    found.query_row([token.parameter, token.hash], |row| row.get(0))
                })
                .map_err(fault::of_sqlite)?;
            if rarest.is_none_or(|(fewest, _)| rows < fewest) {
                rarest = Some((rows, place));
            }
        }
        Ok(rarest.map(|(_, place)| place))
    }
}

pub(crate) mod sql {
    use crate::records::sql::select;

    pub(super) const BY_WORDS: &str = "word w CROSS JOIN resource r ON r.number = w.rowid \
         WHERE w.word MATCH ?";
    pub(super) const BY_PERSON: &str =
        "resource r INDEXED BY resource_of_person WHERE r.person = ?";
    pub(super) const BY_TOKEN: &str = "token d CROSS JOIN resource r ON r.number = d.resource \
         WHERE d.parameter = ? AND d.hash = ?";
    pub(super) const BY_TYPE: &str = "resource r WHERE 1";
    pub(super) const OF_TYPE_IN_REACH: &str = " AND r.type = ? AND (1 << r.compartment) & ?";
    pub(super) const HAS_ID: &str = " AND r.id = ?";
    pub(super) const HAS_PERSON: &str = " AND r.person = ?";
    pub(super) const IS_OWN: &str = " AND (r.compartment = 0 OR r.person = ?)";
    pub(super) const HAS_TOKEN: &str = " AND EXISTS (SELECT 1 FROM token k \
         WHERE k.parameter = ? AND k.hash = ? AND k.resource = r.number)";
    pub(super) const HAS_PHRASE: &str = " AND r.number IN (SELECT k.resource FROM phrase k \
         WHERE k.parameter = ? AND k.text >= ? AND k.text < ?)";
    pub(super) const HAS_PERIOD_TOUCHING: &str = " AND EXISTS (SELECT 1 FROM period k \
         WHERE k.parameter = ? AND k.resource = r.number AND k.ends > ? AND k.starts < ?)";
    pub(super) const HAS_PERIOD_WITHIN: &str = " AND EXISTS (SELECT 1 FROM period k \
         WHERE k.parameter = ? AND k.resource = r.number AND k.starts >= ? AND k.ends <= ?)";
    pub(super) const HAS_TIME: &str = " AND EXISTS (SELECT 1 FROM version u \
         CROSS JOIN change_set g ON g.seq = u.seq \
         WHERE u.place = r.place AND g.at >= ? AND g.at < ?)";
    /// How many resources have a token, as far as it matters for choosing.
    pub(crate) const TOKEN_ROWS: &str = "SELECT count(*) FROM (SELECT 1 FROM token \
         WHERE parameter = ?1 AND hash = ?2 LIMIT 500)";
    pub(super) const OF_FOUND: &str = select!(
        "v.body",
        "found CROSS JOIN resource r ON r.number = found.number \
         CROSS JOIN version v ON v.place = r.place",
        "ORDER BY found.number"
    );
    #[cfg(test)]
    pub(crate) const ALL: &[&str] = &[TOKEN_ROWS];
}

#[cfg(test)]
mod tests;
