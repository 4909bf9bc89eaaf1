//! Bringing a schema to that of this program: forward only, each step in one transaction.

use manzil_store::StoreError;

use crate::session::Session;
use crate::{fault, ids};

/// The numbered migrations; the schema's number is their count.
pub(crate) const ALL: &[&str] =
    &[include_str!("../migrations/0001_start.sql"), include_str!("../migrations/0002_via.sql")];

/// Where the number of a schema stands: in its comment, which holds no record.
const MARK: &str = "Manzil schema ";

/// Makes the schema when it is missing; refuses one that is not ours or that a newer program
/// wrote, before anything is changed.
pub(crate) fn run(session: &Session, schema: &str, node: &str) -> Result<(), StoreError> {
    let known = ALL.len() as u32;
    let found = number(session, schema)?;
    if found > known {
        return Err(StoreError::Newer { found, known });
    }
    let missing = ALL.iter().skip(found as usize).copied().collect::<Vec<_>>();
    if missing.is_empty() {
        return Ok(());
    }
    let steps = missing.join("\n");
    session.batch(&format!(
        "BEGIN; CREATE SCHEMA IF NOT EXISTS {schema}; {steps} \
         COMMENT ON SCHEMA {schema} IS '{MARK}{known}';"
    ))?;
    if found == 0 {
        let (home, name) = (ids::node_home(node), node.as_bytes());
        session.execute(sql::INSERT_NODE, &[&home, &name])?;
    }
    session.batch("COMMIT")
}

/// The number of a schema; 0 when there is none.
pub(crate) fn number(session: &Session, schema: &str) -> Result<u32, StoreError> {
    let Some(row) = session.first(sql::COMMENT, &[&schema])? else { return Ok(0) };
    let comment: Option<String> = crate::session::get(&row, 0)?;
    let number = comment.as_deref().and_then(|comment| comment.strip_prefix(MARK));
    match number.and_then(|number| number.parse().ok()) {
        Some(number) => Ok(number),
        None if session.one::<i64>(sql::TABLES, &[&schema])? == 0 => Ok(0),
        None => Err(fault::damaged(format!(
            "the schema {schema} holds tables and is not one of Manzil; name another"
        ))),
    }
}

/// A schema's name goes into statements as it is.
pub(crate) fn check_name(schema: &str) -> Result<(), StoreError> {
    let fits = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'_';
    if !schema.is_empty() && schema.len() < 60 && schema.bytes().all(fits) {
        return Ok(());
    }
    Err(StoreError::Malformed(format!(
        "{schema} cannot be the name of a schema; use small letters, digits and underscores"
    )))
}

pub(crate) mod sql {
    pub(crate) const COMMENT: &str =
        "SELECT obj_description(oid, 'pg_namespace') FROM pg_namespace WHERE nspname = $1::text";
    pub(crate) const TABLES: &str = "SELECT count(*) FROM pg_tables WHERE schemaname = $1::text";
    pub(crate) const INSERT_NODE: &str = "INSERT INTO node (home, name) VALUES ($1, $2)";
    #[cfg(test)]
    pub(crate) const ALL: &[&str] = &[COMMENT, TABLES, INSERT_NODE];
}
