//! The stored JSON text of a resource, without its version and time.
//!
//! A version's number and time are known only when it is written, on the one thread that
//! writes. So the text is prepared before, by whoever has time, with two gaps in it; it is
//! hashed, packed and stored with the gaps, and they are filled when it is read.

use std::cell::RefCell;
use std::fmt::Write;
use std::sync::OnceLock;

use jiff::Timestamp;
use manzil_fhir::Resource;
use serde_json::{Map, Value};
use zstd::bulk::{Compressor, Decompressor};
use zstd::dict::{DecoderDictionary, EncoderDictionary};

use crate::chain::{Hash, hash_text, hex};
use crate::change::Body;
use crate::error::StoreError;
use crate::limits::{BODY_BYTES_MAX, BODY_DEPTH_MAX};
use crate::varint;

/// Words that recur in FHIR, learnt from fictional people by the example `dictionary`. Stored
/// bodies cannot be read without it: a new one gets a new [`PACKED`].
const DICTIONARY: &[u8] = include_bytes!("../data/fhir.dictionary");
/// The first byte of a body that is packed with [`DICTIONARY`].
const PACKED: u8 = 1;
/// The first byte of a body that is stored as it is.
const PLAIN: u8 = 0;
/// Packs a resource in about ten microseconds; higher levels cost more than they save.
const LEVEL: i32 = 3;

/// The JSON text of a resource with gaps for `meta.versionId` and `meta.lastUpdated`.
///
/// All other members keep their order and their digits, and the two stand where
/// `Resource::set_version` would put them. (White space is not stored, and the exponent `1E5` is stored as `1e+5`.)
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct BodyText {
    text: String,
    version_gap: usize,
    time_gap: usize,
}

impl BodyText {
    /// Prepares the text; refuses what is too long, too deep or has a `meta` that is no object.
    pub fn new(resource: &Resource) -> Result<Self, StoreError> {
        if !shallow(resource.value(), BODY_DEPTH_MAX) {
            return Err(StoreError::Limit(format!(
                "a resource is nested more than {BODY_DEPTH_MAX} levels deep; simplify it"
            )));
        }
        let Value::Object(members) = resource.value() else {
            return Err(StoreError::Malformed("a resource is not a JSON object".into()));
        };
        let mut writer = Writer { text: Vec::with_capacity(1024), version_gap: 0, time_gap: 0 };
        writer.members(members)?;
        let Writer { text, version_gap, time_gap } = writer;
        let text = String::from_utf8(text).map_err(|_| unwritable())?;
        let body = Self { text, version_gap, time_gap };
        if body.text.len() > BODY_BYTES_MAX {
            return Err(StoreError::Limit(format!(
                "a resource has {} bytes, {BODY_BYTES_MAX} are allowed; store large files beside \
                 the record",
                body.text.len()
            )));
        }
        Ok(body)
    }

    /// The text without what fills the gaps.
    pub fn text(&self) -> &str {
        &self.text
    }

    /// The length of the text without what fills the gaps.
    pub fn bytes(&self) -> usize {
        self.text.len()
    }

    /// SHA-256 of the text without what fills the gaps; of nothing for a deletion.
    pub fn hash(&self) -> Hash {
        hash_text(&self.text)
    }

    /// The text to return. The time is written to the millisecond.
    pub fn at(&self, version: u64, at: Timestamp) -> Body {
        if self.text.is_empty() {
            return Body::new(String::new());
        }
        let mut whole = String::with_capacity(self.text.len() + 48);
        let first = self.version_gap.min(self.time_gap);
        let second = self.version_gap.max(self.time_gap);
        let (before, rest) = self.text.split_at_checked(first).unwrap_or((&self.text, ""));
        let (between, after) = rest.split_at_checked(second - first).unwrap_or((rest, ""));
        for (part, gap) in [(before, first), (between, second)] {
            whole.push_str(part);
            let _ = if gap == self.version_gap {
                write!(whole, "{version}")
            } else {
                write!(whole, "{at:.3}")
            };
        }
        whole.push_str(after);
        Body::new(whole)
    }

    /// The bytes to store: the two gaps, then the text, packed when that is shorter. Nothing for
    /// a deletion.
    pub fn pack(&self) -> Vec<u8> {
        if self.text.is_empty() {
            return Vec::new();
        }
        let mut bytes = Vec::with_capacity(self.text.len() / 3);
        let packed = packed(self.text.as_bytes()).filter(|it| it.len() < self.text.len());
        bytes.push(if packed.is_some() { PACKED } else { PLAIN });
        for number in [self.version_gap, self.time_gap, self.text.len()] {
            varint::put(&mut bytes, number as u64);
        }
        bytes.extend_from_slice(packed.as_deref().unwrap_or(self.text.as_bytes()));
        bytes
    }

    /// Reads what [`BodyText::pack`] made.
    pub fn unpack(bytes: &[u8]) -> Result<Self, StoreError> {
        let damaged = || StoreError::Damaged("a stored body cannot be unpacked".into());
        if bytes.is_empty() {
            return Ok(Self::default());
        }
        let (&form, rest) = bytes.split_first().ok_or_else(damaged)?;
        let (version_gap, rest) = number(rest).ok_or_else(damaged)?;
        let (time_gap, rest) = number(rest).ok_or_else(damaged)?;
        let (length, rest) = number(rest).ok_or_else(damaged)?;
        let text = match form {
            PLAIN => rest.to_vec(),
            PACKED if length <= BODY_BYTES_MAX => unpacked(rest, length).ok_or_else(damaged)?,
            _ => return Err(damaged()),
        };
        let text = String::from_utf8(text).map_err(|_| damaged())?;
        Ok(Self { text, version_gap, time_gap })
    }
}

/// The text while it is written.
struct Writer {
    text: Vec<u8>,
    version_gap: usize,
    time_gap: usize,
}

impl Writer {
    fn members(&mut self, members: &Map<String, Value>) -> Result<(), StoreError> {
        self.text.push(b'{');
        let mut names: Vec<&str> = members.keys().map(String::as_str).collect();
        add_early(&mut names, "meta", &["resourceType", "id"]);
        for name in names {
            self.name(name)?;
            match (name, members.get(name)) {
                ("meta", None) => self.meta(&Map::new())?,
                ("meta", Some(Value::Object(meta))) => self.meta(meta)?,
                ("meta", Some(_)) => {
                    return Err(StoreError::Malformed("meta is not a JSON object".into()));
                }
                (_, value) => self.value(value)?,
            }
        }
        self.text.push(b'}');
        Ok(())
    }

    fn meta(&mut self, meta: &Map<String, Value>) -> Result<(), StoreError> {
        self.text.push(b'{');
        let mut names: Vec<&str> = meta.keys().map(String::as_str).collect();
        add_early(&mut names, "versionId", &["id"]);
        add_early(&mut names, "lastUpdated", &["id", "versionId"]);
        for name in names {
            self.name(name)?;
            match name {
                "versionId" => self.version_gap = self.gap(),
                "lastUpdated" => self.time_gap = self.gap(),
                _ => self.value(meta.get(name))?,
            }
        }
        self.text.push(b'}');
        Ok(())
    }

    fn value(&mut self, value: Option<&Value>) -> Result<(), StoreError> {
        match value {
            Some(value) => serde_json::to_writer(&mut self.text, value).map_err(|_| unwritable()),
            None => Ok(()),
        }
    }

    fn gap(&mut self) -> usize {
        self.text.extend_from_slice(b"\"\"");
        self.text.len() - 1
    }

    fn name(&mut self, name: &str) -> Result<(), StoreError> {
        if !self.text.ends_with(b"{") {
            self.text.push(b',');
        }
        serde_json::to_writer(&mut self.text, name).map_err(|_| unwritable())?;
        self.text.push(b':');
        Ok(())
    }
}

fn unwritable() -> StoreError {
    StoreError::Malformed("a resource cannot be written as JSON".into())
}

/// The hash under which a store keeps a resource, whatever version and time it states.
///
/// # Errors
///
/// When it is no resource that a store would keep.
pub fn hash_of(json: &str) -> Result<String, StoreError> {
    let resource =
        Resource::parse(json).map_err(|error| StoreError::Malformed(error.to_string()))?;
    Ok(hex(&BodyText::new(&resource)?.hash()))
}

thread_local! {
    // Each holds a few hundred kilobytes that would be cleared for every resource otherwise.
    static PACKER: RefCell<Option<Compressor<'static>>> = const { RefCell::new(None) };
    static UNPACKER: RefCell<Option<Decompressor<'static>>> = const { RefCell::new(None) };
}

fn packed(text: &[u8]) -> Option<Vec<u8>> {
    static PREPARED: OnceLock<EncoderDictionary<'static>> = OnceLock::new();
    let dictionary = PREPARED.get_or_init(|| EncoderDictionary::copy(DICTIONARY, LEVEL));
    PACKER.with_borrow_mut(|packer| {
        if packer.is_none() {
            let mut new = Compressor::with_prepared_dictionary(dictionary).ok()?;
            // The text's length and hash stand beside it.
            new.include_contentsize(false).ok()?;
            new.include_dictid(false).ok()?;
            *packer = Some(new);
        }
        packer.as_mut()?.compress(text).ok()
    })
}

fn unpacked(bytes: &[u8], length: usize) -> Option<Vec<u8>> {
    static PREPARED: OnceLock<DecoderDictionary<'static>> = OnceLock::new();
    let dictionary = PREPARED.get_or_init(|| DecoderDictionary::copy(DICTIONARY));
    UNPACKER.with_borrow_mut(|unpacker| {
        if unpacker.is_none() {
            *unpacker = Decompressor::with_prepared_dictionary(dictionary).ok();
        }
        unpacker.as_mut()?.decompress(bytes, length).ok()
    })
}

fn number(bytes: &[u8]) -> Option<(usize, &[u8])> {
    let (number, rest) = varint::take(bytes)?;
    Some((usize::try_from(number).ok()?, rest))
}

/// Adds a name that is missing behind the leading ones of `behind`, as `Resource::set_version`
/// does.
fn add_early<'a>(names: &mut Vec<&'a str>, name: &'a str, behind: &[&str]) {
    if !names.contains(&name) {
        let leading = names.iter().take_while(|each| behind.contains(each)).count();
        names.insert(leading, name);
    }
}

fn shallow(value: &Value, levels: usize) -> bool {
    match value {
        Value::Array(items) => levels > 0 && items.iter().all(|each| shallow(each, levels - 1)),
        Value::Object(members) => {
            levels > 0 && members.values().all(|each| shallow(each, levels - 1))
        }
        _ => true,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(json: &str, stored: &str) {
        let at = Timestamp::from_millisecond(1_700_000_000_120).unwrap();
        let mut resource = Resource::parse(json).unwrap();
        let body = BodyText::new(&resource).unwrap();
        assert_eq!(body.at(7, at).json(), stored);
        assert_eq!(BodyText::unpack(&body.pack()).unwrap(), body);
        assert_eq!(hash_of(json).unwrap(), hash_of(stored).unwrap());
        assert_eq!(Resource::parse(stored).unwrap().to_json(), stored);
        resource.set_version("7", at);
        assert_eq!(resource.to_json(), stored);
    }

    #[test]
    fn meta_is_added_after_the_id() {
        check(
            r#"{"resourceType":"Patient","id":"p","name":[]}"#,
            r#"{"resourceType":"Patient","id":"p","meta":{"versionId":"7","lastUpdated":"2023-11-14T22:13:20.120Z"},"name":[]}"#,
        );
    }

    #[test]
    fn meta_keeps_its_place_and_its_other_members() {
        check(
            r#"{"id":"p","x":{},"meta":{"lastUpdated":"2000-01-01T00:00:00Z","tag":[{"code":"é\n"}],"versionId":"1"},"resourceType":"Patient"}"#,
            r#"{"id":"p","x":{},"meta":{"lastUpdated":"2023-11-14T22:13:20.120Z","tag":[{"code":"é\n"}],"versionId":"7"},"resourceType":"Patient"}"#,
        );
    }

    #[test]
    fn what_stands_in_front_stays_there() {
        check(
            r#"{"x":1,"id":"p","resourceType":"Patient"}"#,
            r#"{"meta":{"versionId":"7","lastUpdated":"2023-11-14T22:13:20.120Z"},"x":1,"id":"p","resourceType":"Patient"}"#,
        );
        check(
            r#"{"resourceType":"Patient","id":"p","meta":{"id":"m","tag":[]}}"#,
            r#"{"resourceType":"Patient","id":"p","meta":{"id":"m","versionId":"7","lastUpdated":"2023-11-14T22:13:20.120Z","tag":[]}}"#,
        );
    }

    #[test]
    fn digits_stay_as_written() {
        check(
            r#"{"resourceType":"Observation","id":"o","v":[0.350,1e+2,-0.0,12345678901234567890123]}"#,
            r#"{"resourceType":"Observation","id":"o","meta":{"versionId":"7","lastUpdated":"2023-11-14T22:13:20.120Z"},"v":[0.350,1e+2,-0.0,12345678901234567890123]}"#,
        );
    }

    #[test]
    fn what_cannot_be_stored_is_refused() {
        let refuse = |value: Value| BodyText::new(&Resource::from_value(value).unwrap());
        let meta = serde_json::json!({"resourceType": "Patient", "id": "p", "meta": []});
        assert!(matches!(refuse(meta), Err(StoreError::Malformed(_))));
        let mut deep = Value::Null;
        for _ in 0..BODY_DEPTH_MAX {
            deep = Value::Array(vec![deep]);
        }
        let mut resource = Resource::parse(r#"{"resourceType":"Patient","id":"p","x":1}"#).unwrap();
        *resource.value_mut().get_mut("x").unwrap() = deep;
        assert!(matches!(BodyText::new(&resource), Err(StoreError::Limit(_))));
        let long = "x".repeat(BODY_BYTES_MAX);
        let long = serde_json::json!({"resourceType": "Patient", "id": "p", "x": long});
        assert!(matches!(refuse(long), Err(StoreError::Limit(_))));
    }
}
