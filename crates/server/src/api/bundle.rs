//! Writes Bundles as text, so that stored resources are handed on without being read.

use std::fmt::Write;

use jiff::Timestamp;
use serde_json::Value;

/// A Bundle while it is written. Members and entries are added in the order of the text.
#[derive(Debug)]
pub(crate) struct BundleText {
    text: String,
    entries: usize,
}

impl BundleText {
    /// Begins a Bundle of this type (`searchset`), with room for so many bytes.
    pub(crate) fn new(kind: &str, at: Timestamp, bytes: usize) -> Self {
        let mut text = String::with_capacity(bytes + 512);
        let _ = write!(
            text,
            r#"{{"resourceType":"Bundle","meta":{{"lastUpdated":"{at:.3}"}},"type":"{kind}""#
        );
        Self { text, entries: 0 }
    }

    pub(crate) fn total(&mut self, total: u64) {
        let _ = write!(self.text, r#","total":{total}"#);
    }

    /// The links, as relation and address.
    pub(crate) fn links(&mut self, links: &[(&str, String)]) {
        self.text.push_str(r#","link":["#);
        for (number, (relation, url)) in links.iter().enumerate() {
            let comma = if number == 0 { "" } else { "," };
            let _ = write!(self.text, r#"{comma}{{"relation":"{relation}","url":"#);
            quote(&mut self.text, url);
            self.text.push('}');
        }
        self.text.push(']');
    }

    /// Begins an entry; its members follow.
    pub(crate) fn entry(&mut self) -> EntryText<'_> {
        self.text.push_str(if self.entries == 0 { r#","entry":[{"# } else { ",{" });
        self.entries += 1;
        EntryText { text: &mut self.text, members: 0 }
    }

    pub(crate) fn finish(mut self) -> String {
        self.text.push_str(if self.entries == 0 { "}" } else { "]}" });
        self.text
    }
}

/// An entry while it is written. Its end is written when it is dropped.
#[derive(Debug)]
pub(crate) struct EntryText<'a> {
    text: &'a mut String,
    members: usize,
}

impl EntryText<'_> {
    fn name(&mut self, name: &str) {
        if self.members > 0 {
            self.text.push(',');
        }
        self.members += 1;
        let _ = write!(self.text, r#""{name}":"#);
    }

    /// `fullUrl`: base, type and id need no escape.
    pub(crate) fn full_url(mut self, base: &str, resource_type: &str, id: &str) -> Self {
        self.name("fullUrl");
        quote(self.text, base);
        // Continues within the quotation marks.
        self.text.pop();
        let _ = write!(self.text, r#"/{resource_type}/{id}""#);
        self
    }

    /// The JSON text of a resource, as it is.
    pub(crate) fn resource(mut self, json: &str) -> Self {
        self.name("resource");
        self.text.push_str(json);
        self
    }

    pub(crate) fn mode(mut self, mode: &str) -> Self {
        self.name("search");
        let _ = write!(self.text, r#"{{"mode":"{mode}"}}"#);
        self
    }

    /// Any other member.
    pub(crate) fn member(mut self, name: &str, value: &Value) -> Self {
        self.name(name);
        let _ = write!(self.text, "{value}");
        self
    }
}

impl Drop for EntryText<'_> {
    fn drop(&mut self) {
        self.text.push('}');
    }
}

/// Writes a text as JSON.
fn quote(into: &mut String, text: &str) {
    let plain = |byte: u8| byte >= 0x20 && byte != b'"' && byte != b'\\';
    if text.bytes().all(plain) {
        into.push('"');
        into.push_str(text);
        into.push('"');
        return;
    }
    let _ = write!(into, "{}", Value::from(text));
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_written_can_be_read() {
        let mut bundle = BundleText::new("searchset", Timestamp::UNIX_EPOCH, 0);
        bundle.total(2);
        bundle.links(&[("self", "http://a/fhir?x=\"\\".to_owned())]);
        let json = r#"{"resourceType":"Patient","id":"1"}"#;
        drop(bundle.entry().full_url("http://a/fhir", "Patient", "1").resource(json).mode("match"));
        drop(bundle.entry().resource(json));
        let value: Value = serde_json::from_str(&bundle.finish()).unwrap();
        assert_eq!(value["link"][0]["url"], "http://a/fhir?x=\"\\");
        assert_eq!(value["entry"][0]["fullUrl"], "http://a/fhir/Patient/1");
        assert_eq!(value["entry"][1]["resource"]["id"], "1");
        assert_eq!(value["meta"]["lastUpdated"], "1970-01-01T00:00:00.000Z");

        let empty = BundleText::new("history", Timestamp::UNIX_EPOCH, 0).finish();
        assert!(serde_json::from_str::<Value>(&empty).unwrap().get("entry").is_none());
    }
}
