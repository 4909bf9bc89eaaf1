//! Node-local documents: accounts, sessions, settings.

use manzil_store::StoreError;
use manzil_store::change::check_label;
use manzil_store::limits::LOCAL_BYTES_MAX;

use crate::heads;
use crate::session::{Session, text};

/// A document to be written, or removed when it has no value.
#[derive(Clone, Debug)]
pub(crate) struct Document {
    pub(crate) kind: String,
    pub(crate) key: String,
    pub(crate) value: Option<String>,
}

impl Document {
    pub(crate) fn new(kind: &str, key: &str, value: Option<&str>) -> Result<Self, StoreError> {
        check_label(kind, "the kind of a document")?;
        check_label(key, "the key of a document")?;
        if value.is_some_and(|value| value.len() > LOCAL_BYTES_MAX) {
            return Err(StoreError::Limit(format!(
                "a document of kind {kind} has more than {LOCAL_BYTES_MAX} bytes"
            )));
        }
        Ok(Self { kind: kind.into(), key: key.into(), value: value.map(str::to_owned) })
    }
}

pub(crate) fn get(session: &Session, kind: &str, key: &str) -> Result<Option<String>, StoreError> {
    let (_, home) = heads::node(session)?;
    let row = session.first(sql::GET, &[&home, &kind.as_bytes(), &key.as_bytes()])?;
    row.map(|row| text(&row, 0)).transpose()
}

/// All documents of a kind, ordered by key.
pub(crate) fn list(session: &Session, kind: &str) -> Result<Vec<(String, String)>, StoreError> {
    let (_, home) = heads::node(session)?;
    let rows = session.query(sql::LIST, &[&home, &kind.as_bytes()])?;
    rows.iter().map(|row| Ok((text(row, 0)?, text(row, 1)?))).collect()
}

pub(crate) mod sql {
    pub(crate) const GET: &str =
        "SELECT value FROM local WHERE home = $1 AND kind = $2 AND key = $3";
    pub(crate) const LIST: &str =
        "SELECT key, value FROM local WHERE home = $1 AND kind = $2 ORDER BY key";
    #[cfg(test)]
    pub(crate) const ALL: &[&str] = &[GET, LIST];
}
