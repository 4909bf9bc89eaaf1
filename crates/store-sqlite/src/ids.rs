//! Logical ids as they stand in columns: a UUID as 16 bytes, anything else as text.

use manzil_store::StoreError;
use rusqlite::types::{ToSqlOutput, Value, ValueRef};
use rusqlite::{Row, ToSql};
use uuid::Uuid;

use crate::fault;

/// An id to be written or looked for.
pub(crate) struct Id<'a>(pub(crate) &'a str);

impl ToSql for Id<'_> {
    fn to_sql(&self) -> rusqlite::Result<ToSqlOutput<'_>> {
        Ok(match uuid(self.0) {
            Some(uuid) => ToSqlOutput::Owned(Value::Blob(uuid.into_bytes().into())),
            None => ToSqlOutput::Borrowed(ValueRef::Text(self.0.as_bytes())),
        })
    }
}

/// A UUID in the one spelling that is given back the same.
fn uuid(id: &str) -> Option<Uuid> {
    let is_plain = id.len() == 36 && !id.bytes().any(|byte| byte.is_ascii_uppercase());
    if is_plain { Uuid::try_parse(id).ok() } else { None }
}

/// The id in a column.
pub(crate) fn id(row: &Row<'_>, column: usize) -> Result<String, StoreError> {
    optional(row, column)?.ok_or_else(|| fault::damaged("an id is missing"))
}

/// The id in a column that may be empty.
pub(crate) fn optional(row: &Row<'_>, column: usize) -> Result<Option<String>, StoreError> {
    match row.get_ref(column).map_err(fault::of_sqlite)? {
        ValueRef::Null => Ok(None),
        ValueRef::Blob(bytes) => {
            let uuid =
                Uuid::from_slice(bytes).map_err(|_| fault::damaged("an id of odd length"))?;
            Ok(Some(uuid.hyphenated().to_string()))
        }
        ValueRef::Text(text) => {
            let text = std::str::from_utf8(text).map_err(|_| fault::damaged("an id is no text"))?;
            Ok(Some(text.to_owned()))
        }
        ValueRef::Integer(_) | ValueRef::Real(_) => Err(fault::damaged("an id is a number")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_id_is_read_as_it_was_written() {
        let connection = rusqlite::Connection::open_in_memory().unwrap();
        for (id, kind) in [
            ("0197a1b2-0000-7000-8000-0123456789ab", "blob"),
            ("0197A1B2-0000-7000-8000-0123456789AB", "text"),
            ("0197a1b20000700080000123456789ab", "text"),
            ("p1", "text"),
            ("17", "text"),
        ] {
            let found = connection
                .query_row("SELECT ?1, typeof(?1)", [Id(id)], |row| {
                    Ok((super::id(row, 0).unwrap(), row.get::<_, String>(1)?))
                })
                .unwrap();
            assert_eq!(found, (id.to_owned(), kind.to_owned()));
        }
    }
}
