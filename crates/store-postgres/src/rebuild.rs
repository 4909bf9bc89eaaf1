//! Building the search index of a type again, when this program indexes it differently from
//! the one that wrote it.

use jiff::Timestamp;
use manzil_store::StoreError;
use manzil_store::body::BodyText;
use manzil_store::card::Card;
use manzil_store::terms::Terms;

use crate::dictionary::{Dictionary, OfType};
use crate::index::{self, Changes};
use crate::session::{Session, get, text};

/// Resources that are indexed together.
const CHUNK_ROWS: i64 = 1_000;

/// Brings the index of every stored type to the search parameters of this program.
pub(crate) fn run(session: &Session) -> Result<(), StoreError> {
    for row in session.query(sql::TYPES, &[])? {
        let (number, name): (i32, String) = (get(&row, 0)?, text(&row, 1)?);
        if get::<&[u8]>(&row, 2)? == index::fingerprint(&name) {
            continue;
        }
        tracing::info!(resource_type = name, "building the search index again");
        session.batch("BEGIN")?;
        rebuild(session, number)?;
        session.execute(sql::MARK, &[&number, &index::fingerprint(&name).as_slice()])?;
        session.batch("COMMIT")?;
    }
    Ok(())
}

fn rebuild(session: &Session, of_type: i32) -> Result<(), StoreError> {
    for statement in sql::CLEAR {
        session.execute(statement, &[&of_type])?;
    }
    let mut dictionary = Dictionary::default();
    let mut after = i64::MIN;
    loop {
        let rows = session.query(sql::BODIES, &[&of_type, &after, &CHUNK_ROWS])?;
        let Some(last) = rows.last() else { return Ok(()) };
        after = get(last, 1)?;
        let mut changes = Changes::default();
        for row in &rows {
            let place = (get(row, 0)?, get(row, 1)?);
            let body = BodyText::unpack(get(row, 2)?)?.at(1, Timestamp::UNIX_EPOCH);
            let terms = Terms::of(&body.resource()?);
            let card = terms.card(&mut OfType {
                session,
                dictionary: &mut dictionary,
                type_number: of_type,
            })?;
            changes.card(place, &Card::default(), &card);
            changes.words(place, &index::beginnings(of_type, &terms.words), false);
            session.execute(sql::SET_CARD, &[&place.0, &place.1, &card.to_bytes()])?;
        }
        let mut calls = Vec::new();
        changes.calls(&mut calls);
        session.all(&calls)?;
    }
}

pub(crate) mod sql {
    pub(crate) const TYPES: &str = "SELECT number, name, indexed_with FROM resource_type";
    macro_rules! clear {
        ($table:literal) => {
            concat!(
                "DELETE FROM ",
                $table,
                " k USING resource r WHERE r.type = $1 AND k.home = r.home \
                 AND k.resource = r.number"
            )
        };
    }
    pub(crate) const CLEAR: [&str; 4] =
        [clear!("token"), clear!("period"), clear!("amount"), clear!("phrase")];
    pub(crate) const BODIES: &str = "SELECT r.home, r.number, v.body FROM resource r \
         JOIN version v ON v.home = r.home AND v.resource = r.number AND v.version = r.version \
         WHERE r.type = $1 AND r.state = 1 AND r.number > $2 ORDER BY r.number LIMIT $3";
    pub(crate) const SET_CARD: &str =
        "UPDATE resource SET card = $3 WHERE home = $1 AND number = $2";
    pub(crate) const MARK: &str = "UPDATE resource_type SET indexed_with = $2 WHERE number = $1";
    #[cfg(test)]
    pub(crate) const ALL: &[&str] = &[TYPES, BODIES, SET_CARD, MARK];
}
