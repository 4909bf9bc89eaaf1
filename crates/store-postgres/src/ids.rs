//! Numbers and homes of resources, and ids as they stand in columns.

use manzil_store::chain::hash_text;
use manzil_store::terms::code_number;
use manzil_store::{Key, StoreError};
use uuid::Uuid;

use crate::fault;

/// The first byte of an id that is a UUID; its 16 bytes follow.
const UUID: u8 = 0;
/// The first byte of any other id.
const TEXT: u8 = 1;

/// The number of a resource: the first 64 bits of the SHA-256 of its type and id. References
/// need no look-up, and every node gives the same.
pub(crate) fn number(key: &Key) -> i64 {
    code_number(&key.to_string())
}

/// The number, and the home, of a person.
pub(crate) fn person(id: &str) -> i64 {
    number(&Key::new("Patient", id))
}

/// The home of a node's logs and documents.
pub(crate) fn node_home(name: &str) -> i64 {
    code_number(&format!("node {name}"))
}

/// What an advisory lock is taken on: the first 64 bits of a hash of the words.
pub(crate) fn lock(schema: &str, node: &str) -> i64 {
    hash_text(&format!("manzil {schema} {node}"))
        .first_chunk()
        .map_or(0, |first| i64::from_le_bytes(*first))
}

/// Mixes what stands in the index with the parameter that it stands under.
pub(crate) fn word(parameter: u32, value: i64) -> i64 {
    value ^ spread(u64::from(parameter) + 1)
}

/// The word of a beginning of a word of a type.
pub(crate) fn beginning(of_type: u32, beginning: &str) -> i64 {
    code_number(beginning) ^ spread((1 << 40) + u64::from(of_type))
}

/// Splitmix64, so that neighbouring parameters differ in all bits.
fn spread(number: u64) -> i64 {
    let mut bits = number.wrapping_mul(0x9e37_79b9_7f4a_7c15);
    bits = (bits ^ (bits >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    bits = (bits ^ (bits >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    (bits ^ (bits >> 31)).cast_signed()
}

/// An id as it is stored.
pub(crate) fn to_bytes(id: &str) -> Vec<u8> {
    match uuid(id) {
        Some(uuid) => [&[UUID], uuid.as_bytes().as_slice()].concat(),
        None => [&[TEXT], id.as_bytes()].concat(),
    }
}

/// Reads a stored id.
pub(crate) fn read(bytes: &[u8]) -> Result<String, StoreError> {
    let odd = || fault::damaged("an id is no id");
    match bytes.split_first() {
        Some((&UUID, rest)) => {
            let uuid = Uuid::from_slice(rest).map_err(|_| odd())?;
            Ok(uuid.hyphenated().to_string())
        }
        Some((&TEXT, rest)) => String::from_utf8(rest.to_vec()).map_err(|_| odd()),
        _ => Err(odd()),
    }
}

/// A UUID in the one spelling that is given back the same.
fn uuid(id: &str) -> Option<Uuid> {
    let is_plain = id.len() == 36 && !id.bytes().any(|byte| byte.is_ascii_uppercase());
    if is_plain { Uuid::try_parse(id).ok() } else { None }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_id_is_read_as_it_was_written() {
        for (id, bytes) in [
            ("0197a1b2-0000-7000-8000-0123456789ab", 17),
            ("0197A1B2-0000-7000-8000-0123456789AB", 37),
            ("0197a1b20000700080000123456789ab", 33),
            ("p1", 3),
            ("1234567890123456", 17),
        ] {
            let stored = to_bytes(id);
            assert_eq!((read(&stored).unwrap().as_str(), stored.len()), (id, bytes));
        }
        assert!(read(&[]).is_err() && read(&[7, 7]).is_err() && read(&[UUID, 1]).is_err());
    }

    /// Numbers are stored and travel: they must never change.
    #[test]
    fn numbers_stay_as_they_are() {
        let key = Key::new("Patient", "p1");
        assert_eq!(number(&key), person("p1"));
        assert_eq!(number(&key), code_number("Patient/p1"));
        assert_ne!(word(1, 5), word(2, 5));
        assert_ne!(beginning(1, "a"), beginning(2, "a"));
    }
}
