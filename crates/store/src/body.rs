//! The stored JSON text of a resource, with its version and time set.
//!
//! A version's number and time are known only when it is written, on the one thread that
//! writes. So the text is prepared before, by whoever has time, with two gaps in it; filling
//! them is a copy.

use std::fmt::Write;

use jiff::Timestamp;
use manzil_fhir::Resource;
use serde_json::{Map, Value};

use crate::error::StoreError;
use crate::limits::{BODY_BYTES_MAX, BODY_DEPTH_MAX};

/// The JSON text of a resource with gaps for `meta.versionId` and `meta.lastUpdated`.
///
/// All other members keep their order and their digits, and the two stand where
/// `Resource::set_version` would put them. (White space is not stored, and the exponent `1E5` is stored as `1e+5`.)
#[derive(Clone, Debug)]
pub struct BodyText {
    text: String,
    gaps: Vec<(usize, Gap)>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Gap {
    Version,
    Time,
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
        let mut body = Self { text: String::with_capacity(1024), gaps: Vec::with_capacity(2) };
        body.members(members)?;
        if body.text.len() > BODY_BYTES_MAX {
            return Err(StoreError::Limit(format!(
                "a resource has {} bytes, {BODY_BYTES_MAX} are allowed; store large files beside \
                 the record",
                body.text.len()
            )));
        }
        Ok(body)
    }

    /// The length of the text without what fills the gaps.
    pub fn bytes(&self) -> usize {
        self.text.len()
    }

    /// The text to store and to return. The time is written to the millisecond.
    pub fn at(&self, version: u64, at: Timestamp) -> String {
        let mut whole = String::with_capacity(self.text.len() + 48);
        let mut rest = self.text.as_str();
        let mut done = 0;
        for &(place, gap) in &self.gaps {
            let (before, after) = rest.split_at_checked(place - done).unwrap_or((rest, ""));
            whole.push_str(before);
            match gap {
                Gap::Version => drop(write!(whole, "{version}")),
                Gap::Time => drop(write!(whole, "{at:.3}")),
            }
            (rest, done) = (after, place);
        }
        whole.push_str(rest);
        whole
    }

    fn members(&mut self, members: &Map<String, Value>) -> Result<(), StoreError> {
        self.text.push('{');
        let mut names: Vec<&str> = members.keys().map(String::as_str).collect();
        add_early(&mut names, "meta", &["resourceType", "id"]);
        for name in names {
            self.name(name);
            match (name, members.get(name)) {
                ("meta", None) => self.meta(&Map::new()),
                ("meta", Some(Value::Object(meta))) => self.meta(meta),
                ("meta", Some(_)) => {
                    return Err(StoreError::Malformed("meta is not a JSON object".into()));
                }
                (_, value) => self.value(value),
            }
        }
        self.text.push('}');
        Ok(())
    }

    fn meta(&mut self, meta: &Map<String, Value>) {
        self.text.push('{');
        let mut names: Vec<&str> = meta.keys().map(String::as_str).collect();
        add_early(&mut names, "versionId", &["id"]);
        add_early(&mut names, "lastUpdated", &["id", "versionId"]);
        for name in names {
            self.name(name);
            match name {
                "versionId" => self.gap(Gap::Version),
                "lastUpdated" => self.gap(Gap::Time),
                _ => self.value(meta.get(name)),
            }
        }
        self.text.push('}');
    }

    fn value(&mut self, value: Option<&Value>) {
        if let Some(value) = value {
            self.text.push_str(&value.to_string());
        }
    }

    fn gap(&mut self, gap: Gap) {
        self.text.push('"');
        self.gaps.push((self.text.len(), gap));
        self.text.push('"');
    }

    fn name(&mut self, name: &str) {
        if !self.text.ends_with('{') {
            self.text.push(',');
        }
        self.text.push_str(&Value::from(name).to_string());
        self.text.push(':');
    }
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
        assert_eq!(BodyText::new(&resource).unwrap().at(7, at), stored);
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
