//! A change set with everything that can be worked out before its turn comes.

use manzil_journey::access::{Access, Compartment};
use manzil_store::archive::{self, Kept};
use manzil_store::body::BodyText;
use manzil_store::chain::Hash;
use manzil_store::terms::Terms;
use manzil_store::{ChangeSet, Content, Expect, Guard, Key, StoreError, Write};

use crate::{ids, trail};

#[derive(Debug)]
pub(crate) struct Prepared {
    pub(crate) access: Access,
    pub(crate) what: String,
    pub(crate) idempotency_key: Option<String>,
    pub(crate) writes: Vec<PreparedWrite>,
    pub(crate) guards: Vec<Guard>,
    pub(crate) bytes: usize,
}

#[derive(Debug)]
pub(crate) struct PreparedWrite {
    pub(crate) number: i64,
    pub(crate) key: Key,
    pub(crate) person: Option<String>,
    pub(crate) compartment: Compartment,
    pub(crate) expect: Expect,
    /// Packed; empty for a deletion.
    pub(crate) body: Vec<u8>,
    pub(crate) hash: Hash,
    pub(crate) terms: Terms,
}

impl Prepared {
    pub(crate) fn new(access: &Access, changes: ChangeSet) -> Result<Self, StoreError> {
        changes.check()?;
        let mut bytes = 0;
        let mut writes = Vec::with_capacity(changes.writes.len());
        for write in changes.writes {
            let write = PreparedWrite::new(&write)?;
            bytes += write.body.len();
            writes.push(write);
        }
        let ChangeSet { what, idempotency_key, guards, .. } = changes;
        Ok(Self { access: access.clone(), what, idempotency_key, writes, guards, bytes })
    }

    /// A change set of another store.
    pub(crate) fn kept(change: &archive::Change) -> Result<Self, StoreError> {
        let writes: Vec<_> =
            change.versions.iter().map(PreparedWrite::kept).collect::<Result<_, _>>()?;
        Ok(Self {
            access: change.access(),
            what: change.what.clone(),
            idempotency_key: change.idempotency_key.clone(),
            bytes: writes.iter().map(|write| write.body.len()).sum(),
            writes,
            guards: Vec::new(),
        })
    }

    /// The numbers of what is written.
    pub(crate) fn numbers(&self) -> impl Iterator<Item = i64> + '_ {
        self.writes.iter().map(|write| write.number)
    }

    /// The audit line of this change set.
    pub(crate) fn line(&self, what: &str) -> trail::Line {
        let object = match self.writes.as_slice() {
            [write] => write.key.to_string(),
            writes => format!("{} records", writes.len()),
        };
        let persons = self.writes.iter().filter_map(|write| write.person.clone()).collect();
        trail::Line { access: self.access.clone(), what: what.to_owned(), object, persons }
    }
}

impl PreparedWrite {
    fn kept(kept: &Kept) -> Result<Self, StoreError> {
        let (body, terms) = match kept.resource()? {
            Some((resource, body)) => (body, Terms::of(&resource)),
            None => (BodyText::default(), Terms::default()),
        };
        Ok(Self {
            number: ids::number(&kept.meta.key),
            key: kept.meta.key.clone(),
            person: kept.meta.person.clone(),
            compartment: kept.meta.compartment,
            expect: Expect::Any,
            body: body.pack(),
            hash: body.hash(),
            terms,
        })
    }

    fn new(write: &Write) -> Result<Self, StoreError> {
        let (body, terms) = match &write.content {
            Content::Put(resource) => (BodyText::new(resource)?, Terms::of(resource)),
            Content::Delete(_) => (BodyText::default(), Terms::default()),
        };
        let key = write.key()?;
        Ok(Self {
            number: ids::number(&key),
            key,
            person: write.about().map(str::to_owned),
            compartment: write.compartment,
            expect: write.expect,
            body: body.pack(),
            hash: body.hash(),
            terms,
        })
    }
}
