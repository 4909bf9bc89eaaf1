//! The hashes that make a changed or removed line show.
//!
//! Two chains run through a store: one over the audit trail, one over the change log. Each link
//! is the SHA-256 of the link before it and a canonical encoding of the line: every field with
//! its length in front, in a fixed order, after a name that says which chain it is. The encoding
//! is part of the file format; an engine never makes its own.
//!
//! A chain shows a changed, inserted or removed line. It cannot show a cut-off end: keep the
//! `head` of an [`crate::AuditReport`] elsewhere for that.

use sha2::{Digest, Sha256};

use crate::audit::AuditEntry;
use crate::change::VersionMeta;
use crate::names;
use jiff::Timestamp;
use manzil_journey::access::Access;

/// The 32 bytes of a SHA-256.
pub type Hash = [u8; 32];

/// What the first link of each chain follows.
pub const START: Hash = [0; 32];

/// SHA-256 of a text.
pub fn hash_text(text: &str) -> Hash {
    Sha256::digest(text.as_bytes()).into()
}

/// SHA-256 over several persons' ids in the order of the ids, for `AuditEntry::persons_hash`.
pub fn hash_persons<'a>(sorted: impl IntoIterator<Item = &'a str>) -> Hash {
    let mut link = Link::new("manzil persons 1", &START);
    sorted.into_iter().for_each(|id| link.text(id));
    link.finish()
}

/// The audit link of `entry` after `previous`. Ignores `entry.hash`, which holds the result.
pub fn audit_link(previous: &Hash, entry: &AuditEntry) -> Hash {
    let mut link = Link::new("manzil audit 1", previous);
    link.number(entry.seq);
    link.time(entry.at);
    link.text(&entry.actor);
    link.text(names::role(entry.role));
    link.text(names::purpose(entry.purpose));
    link.text(&entry.what);
    link.text(&entry.object);
    link.optional(entry.person.as_deref());
    link.optional(entry.persons_hash.as_deref());
    // Nothing stands here for a line without it, so the hashes of older lines are what they were.
    if let Some(via) = &entry.via {
        link.text(&via.network);
        link.optional(via.software.as_deref());
    }
    link.finish()
}

/// The head of one change set, as the change log's chain covers it.
#[derive(Clone, Copy, Debug)]
pub struct ChangeHead<'a> {
    pub node: &'a str,
    pub seq: u64,
    pub at: Timestamp,
    pub access: &'a Access,
    pub what: &'a str,
    pub idempotency_key: Option<&'a str>,
}

/// The change log's link over a change set and all its versions, in the order written.
pub fn change_link<'a>(
    previous: &Hash,
    head: &ChangeHead<'_>,
    versions: impl IntoIterator<Item = &'a VersionMeta>,
) -> Hash {
    let mut link = Link::new("manzil change 1", previous);
    link.text(head.node);
    link.number(head.seq);
    link.time(head.at);
    link.text(&head.access.actor);
    link.text(names::role(head.access.role));
    link.text(names::purpose(head.access.purpose));
    link.text(head.what);
    link.optional(head.idempotency_key);
    for meta in versions {
        link.text(&meta.key.resource_type);
        link.text(&meta.key.id);
        link.number(meta.version);
        link.optional(meta.person.as_deref());
        link.text(names::compartment(meta.compartment));
        link.text(&meta.hash);
    }
    link.finish()
}

/// Lower-case hexadecimal.
pub fn hex(hash: &Hash) -> String {
    use std::fmt::Write;
    let mut text = String::with_capacity(64);
    for byte in hash {
        let _ = write!(text, "{byte:02x}");
    }
    text
}

struct Link(Sha256);

impl Link {
    fn new(name: &str, previous: &Hash) -> Self {
        let mut link = Self(Sha256::new());
        link.text(name);
        link.0.update(previous);
        link
    }

    fn number(&mut self, number: u64) {
        self.0.update(number.to_le_bytes());
    }

    fn time(&mut self, at: Timestamp) {
        self.0.update(at.as_millisecond().to_le_bytes());
    }

    fn text(&mut self, text: &str) {
        self.number(text.len() as u64);
        self.0.update(text.as_bytes());
    }

    fn optional(&mut self, text: Option<&str>) {
        self.0.update([u8::from(text.is_some())]);
        if let Some(text) = text {
            self.text(text);
        }
    }

    fn finish(self) -> Hash {
        self.0.finalize().into()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use manzil_journey::access::{Purpose, Role, Via};

    fn entry() -> AuditEntry {
        AuditEntry {
            seq: 1,
            at: Timestamp::UNIX_EPOCH,
            actor: "nurse".into(),
            role: Role::Nurse,
            purpose: Purpose::Care,
            via: None,
            what: "read".into(),
            object: "Observation/o1".into(),
            person: Some("p1".into()),
            persons_hash: None,
            hash: String::new(),
        }
    }

    #[test]
    fn every_field_counts() {
        let whole = audit_link(&START, &entry());
        let changes: [fn(&mut AuditEntry); 10] = [
            |e| e.seq = 2,
            |e| e.at = Timestamp::from_millisecond(1).unwrap(),
            |e| e.actor = "nurs".into(),
            |e| e.role = Role::Clerk,
            |e| e.purpose = Purpose::Assessment,
            |e| e.what = "rea".into(),
            |e| e.object = "dObservation/o1".into(),
            |e| e.person = None,
            |e| e.persons_hash = Some(String::new()),
            |e| e.via = Some(Via { network: String::new(), software: None }),
        ];
        for change in changes {
            let mut changed = entry();
            change(&mut changed);
            assert_ne!(audit_link(&START, &changed), whole, "{changed:?}");
        }
        assert_ne!(audit_link(&[1; 32], &entry()), whole);
    }

    /// Moving a letter from one field to the next must show.
    #[test]
    fn fields_cannot_run_into_each_other() {
        let link = |what: &str, object: &str| {
            let moved = AuditEntry { what: what.into(), object: object.into(), ..entry() };
            audit_link(&START, &moved)
        };
        assert_ne!(link("ab", "c"), link("a", "bc"));
        let via = |network: &str, software: Option<&str>| {
            let via = Via { network: network.into(), software: software.map(str::to_owned) };
            audit_link(&START, &AuditEntry { via: Some(via), ..entry() })
        };
        assert_ne!(via("::1", Some("app")), via("::1app", None));
        assert_ne!(via("::1", Some("")), via("::1", None));
        assert_ne!(hash_persons(["ab", "c"]), hash_persons(["a", "bc"]));
    }

    /// The encoding is part of the file format: this value must never change.
    #[test]
    fn the_encoding_stays_as_it_is() {
        assert_eq!(hex(&audit_link(&START, &entry())), FIRST_LINK);
    }

    const FIRST_LINK: &str = "7fe3d31995fcf0b6313a60b581d3e37a01a2ffbe2523451b1f319b8dde1c87d6";
}
