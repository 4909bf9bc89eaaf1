//! What a group of change sets leaves behind, gathered in memory and sent at once.
//!
//! Whether a change set is accepted is decided from the rows that were read at the beginning of
//! its group and from what the change sets before it left here. So nothing of a refused change
//! set ever reaches PostgreSQL, and a group costs two round trips, however many it holds.

use std::collections::BTreeMap;

use manzil_journey::access::Compartment;
use manzil_journey::access::Via;
use manzil_store::card::Card;
use manzil_store::chain::Hash;
use manzil_store::{Key, StoreError};
use tokio_postgres::Row;
use tokio_postgres::types::ToSql;

use crate::index::Changes;
use crate::session::{Call, Session, Value, get, text, value};
use crate::{code, fault, ids};

/// Where a resource stands.
pub(crate) const CURRENT: i16 = 1;
pub(crate) const DELETED: i16 = 2;

/// The row of a resource.
#[derive(Clone, Debug)]
pub(crate) struct Stored {
    pub(crate) home: i64,
    pub(crate) number: i64,
    pub(crate) of_type: i32,
    pub(crate) key: Key,
    pub(crate) person: Option<i64>,
    pub(crate) compartment: Compartment,
    pub(crate) state: i16,
    pub(crate) version: u64,
    pub(crate) place: i64,
    pub(crate) at: i64,
    pub(crate) card: Card,
    /// Only of what is written now: what the index has of others is not read.
    pub(crate) beginnings: Vec<i64>,
}

/// A row of the table of versions.
#[derive(Clone, Debug)]
pub(crate) struct VersionRow {
    pub(crate) home: i64,
    pub(crate) resource: i64,
    pub(crate) version: i64,
    pub(crate) place: i64,
    pub(crate) seq: i64,
    pub(crate) at: i64,
    pub(crate) person: Option<i64>,
    pub(crate) actor: i32,
    pub(crate) role: i16,
    pub(crate) purpose: i16,
    pub(crate) compartment: i16,
    pub(crate) hash: Hash,
    pub(crate) body: Vec<u8>,
}

/// A row of the change log.
#[derive(Clone, Debug)]
pub(crate) struct ChangeRow {
    pub(crate) seq: i64,
    pub(crate) at: i64,
    pub(crate) last_place: i64,
    pub(crate) actor: i32,
    pub(crate) role: i16,
    pub(crate) purpose: i16,
    pub(crate) what: String,
    pub(crate) idempotency_key: Option<String>,
    pub(crate) hash: Hash,
}

/// A row of the audit trail.
#[derive(Clone, Debug)]
pub(crate) struct EntryRow {
    pub(crate) seq: i64,
    pub(crate) at: i64,
    pub(crate) person: Option<i64>,
    pub(crate) actor: i32,
    pub(crate) role: i16,
    pub(crate) purpose: i16,
    pub(crate) what: String,
    pub(crate) object: String,
    pub(crate) persons_hash: Option<String>,
    pub(crate) hash: Hash,
    pub(crate) via: Option<Via>,
}

/// A resource as PostgreSQL has it, and as it is to be.
#[derive(Debug, Default)]
struct Pending {
    before: Option<Stored>,
    now: Option<Stored>,
}

#[derive(Debug, Default)]
pub(crate) struct Batch {
    resources: BTreeMap<i64, Pending>,
    pub(crate) versions: Vec<VersionRow>,
    pub(crate) changes: Vec<ChangeRow>,
    pub(crate) entries: Vec<EntryRow>,
    /// Which entry concerns whom.
    pub(crate) concerned: Vec<(i64, i64)>,
    /// The ids of people.
    pub(crate) persons: BTreeMap<i64, Vec<u8>>,
    pub(crate) documents: BTreeMap<(String, String), Option<String>>,
}

/// One column of many rows.
pub(crate) fn column<T, C>(rows: &[T], of: impl Fn(&T) -> C) -> Value
where
    C: ToSql + Sync + Send + 'static,
{
    value(rows.iter().map(of).collect::<Vec<C>>())
}

impl Batch {
    /// Reads the rows of resources that are not known yet.
    pub(crate) fn load(&mut self, session: &Session, numbers: &[i64]) -> Result<(), StoreError> {
        let unknown = numbers.iter().filter(|number| !self.resources.contains_key(number));
        let unknown: Vec<i64> = unknown.copied().collect();
        if unknown.is_empty() {
            return Ok(());
        }
        let rows = session.query(sql::LOAD, &[&unknown])?;
        self.resources.extend(unknown.into_iter().map(|number| (number, Pending::default())));
        for row in &rows {
            let stored = read(row)?;
            let before = Some(stored);
            let number = before.as_ref().map_or(0, |stored| stored.number);
            self.resources.insert(number, Pending { now: before.clone(), before });
        }
        Ok(())
    }

    /// The row of a resource that was loaded, as the change sets so far leave it.
    pub(crate) fn current(&self, number: i64) -> Option<&Stored> {
        self.resources.get(&number).and_then(|pending| pending.now.as_ref())
    }

    pub(crate) fn put(&mut self, stored: Stored) {
        let pending = self.resources.entry(stored.number).or_default();
        pending.now = Some(stored);
    }

    pub(crate) fn mention(&mut self, person: i64, id: &str) {
        self.persons.entry(person).or_insert_with(|| ids::to_bytes(id));
    }

    /// Sends everything, within the transaction. What was loaded stays known.
    pub(crate) fn flush(&mut self, session: &Session, node: i64) -> Result<(), StoreError> {
        let calls = self.calls(node);
        session.all(&calls)?;
        for pending in self.resources.values_mut() {
            pending.before.clone_from(&pending.now);
        }
        let resources = std::mem::take(&mut self.resources);
        *self = Self { resources, ..Self::default() };
        Ok(())
    }

    fn calls(&self, node: i64) -> Vec<Call> {
        let mut calls = Vec::new();
        self.people(&mut calls);
        self.records(&mut calls);
        self.logs(&mut calls, node);
        self.documents(&mut calls, node);
        calls
    }

    fn people(&self, calls: &mut Vec<Call>) {
        if self.persons.is_empty() {
            return;
        }
        let homes: Vec<i64> = self.persons.keys().copied().collect();
        let names: Vec<Vec<u8>> = self.persons.values().cloned().collect();
        let values = vec![value(homes), value(names)];
        calls.push(Call { statement: sql::INSERT_PERSONS, values });
    }

    fn records(&self, calls: &mut Vec<Call>) {
        let mut changes = Changes::default();
        let mut rows = Vec::new();
        let none = Card::default();
        for pending in self.resources.values() {
            let Some(now) = &pending.now else { continue };
            let before = pending.before.as_ref();
            if before.is_some_and(|before| before.place == now.place) {
                continue;
            }
            let place = (now.home, now.number);
            changes.card(place, before.map_or(&none, |before| &before.card), &now.card);
            changes.words(place, &now.beginnings, before.is_some());
            rows.push(now);
        }
        if !rows.is_empty() {
            let values = vec![
                column(&rows, |it| it.home),
                column(&rows, |it| it.number),
                column(&rows, |it| it.person),
                column(&rows, |it| code::signed(it.version)),
                column(&rows, |it| it.place),
                column(&rows, |it| it.at),
                column(&rows, |it| it.of_type),
                column(&rows, |it| code::from_compartment(it.compartment)),
                column(&rows, |it| it.state),
                column(&rows, |it| ids::to_bytes(&it.key.id)),
                column(&rows, |it| it.card.to_bytes()),
            ];
            calls.push(Call { statement: sql::PUT_RESOURCES, values });
        }
        if !self.versions.is_empty() {
            calls.push(Call { statement: sql::INSERT_VERSIONS, values: self.version_columns() });
        }
        changes.calls(calls);
    }

    fn version_columns(&self) -> Vec<Value> {
        let rows = &self.versions;
        vec![
            column(rows, |it| it.home),
            column(rows, |it| it.resource),
            column(rows, |it| it.version),
            column(rows, |it| it.place),
            column(rows, |it| it.seq),
            column(rows, |it| it.at),
            column(rows, |it| it.person),
            column(rows, |it| it.actor),
            column(rows, |it| it.role),
            column(rows, |it| it.purpose),
            column(rows, |it| it.compartment),
            column(rows, |it| it.hash.to_vec()),
            column(rows, |it| it.body.clone()),
        ]
    }

    fn logs(&self, calls: &mut Vec<Call>, node: i64) {
        if !self.changes.is_empty() {
            let rows = &self.changes;
            let values = vec![
                value(node),
                column(rows, |it| it.seq),
                column(rows, |it| it.at),
                column(rows, |it| it.last_place),
                column(rows, |it| it.actor),
                column(rows, |it| it.role),
                column(rows, |it| it.purpose),
                column(rows, |it| it.what.clone().into_bytes()),
                column(rows, |it| it.idempotency_key.clone().map(String::into_bytes)),
                column(rows, |it| it.hash.to_vec()),
            ];
            calls.push(Call { statement: sql::INSERT_CHANGES, values });
        }
        if !self.entries.is_empty() {
            let rows = &self.entries;
            let values = vec![
                value(node),
                column(rows, |it| it.seq),
                column(rows, |it| it.at),
                column(rows, |it| it.person),
                column(rows, |it| it.actor),
                column(rows, |it| it.role),
                column(rows, |it| it.purpose),
                column(rows, |it| it.what.clone().into_bytes()),
                column(rows, |it| it.object.clone().into_bytes()),
                column(rows, |it| it.persons_hash.clone()),
                column(rows, |it| it.hash.to_vec()),
                column(rows, |it| it.via.as_ref().map(|via| via.network.clone())),
                column(rows, |it| it.via.as_ref().and_then(|via| via.software.clone())),
            ];
            calls.push(Call { statement: sql::INSERT_ENTRIES, values });
        }
        if !self.concerned.is_empty() {
            let rows = &self.concerned;
            let values = vec![value(node), column(rows, |it| it.0), column(rows, |it| it.1)];
            calls.push(Call { statement: sql::INSERT_CONCERNED, values });
        }
    }

    fn documents(&self, calls: &mut Vec<Call>, node: i64) {
        let (put, gone): (Vec<_>, Vec<_>) =
            self.documents.iter().partition(|(_, document)| document.is_some());
        let kinds = |it: &(&(String, String), _)| it.0.0.clone().into_bytes();
        let keys = |it: &(&(String, String), _)| it.0.1.clone().into_bytes();
        if !put.is_empty() {
            let text = |it: &(_, &Option<String>)| it.1.clone().unwrap_or_default().into_bytes();
            let values =
                vec![value(node), column(&put, kinds), column(&put, keys), column(&put, text)];
            calls.push(Call { statement: sql::PUT_DOCUMENTS, values });
        }
        if !gone.is_empty() {
            let values = vec![value(node), column(&gone, kinds), column(&gone, keys)];
            calls.push(Call { statement: sql::DELETE_DOCUMENTS, values });
        }
    }
}

/// Reads the columns of [`sql::LOAD`].
fn read(row: &Row) -> Result<Stored, StoreError> {
    let id = ids::read(get(row, 10)?)?;
    let key = Key::new(text(row, 3)?, id);
    let card: &[u8] = get(row, 11)?;
    let card =
        Card::read(card).ok_or_else(|| fault::damaged(format!("the index card of {key}")))?;
    Ok(Stored {
        home: get(row, 0)?,
        number: get(row, 1)?,
        of_type: get(row, 2)?,
        key,
        person: get(row, 4)?,
        compartment: code::compartment(get(row, 5)?)?,
        state: get(row, 6)?,
        version: code::count(get(row, 7)?),
        place: get(row, 8)?,
        at: get(row, 9)?,
        card,
        beginnings: Vec::new(),
    })
}

pub(crate) mod sql {
    pub(crate) const LOAD: &str = "SELECT r.home, r.number, r.type, t.name, r.person, \
         r.compartment, r.state, r.version, r.place, r.at, r.id, r.card \
         FROM unnest($1::int8[]) AS asked (number) CROSS JOIN LATERAL \
             (SELECT * FROM resource f WHERE f.number = asked.number LIMIT 4) r \
         JOIN resource_type t ON t.number = r.type";
    pub(crate) const INSERT_PERSONS: &str = "INSERT INTO person (home, id) \
         SELECT * FROM unnest($1::int8[], $2::bytea[]) ON CONFLICT DO NOTHING";
    pub(crate) const PUT_RESOURCES: &str = "INSERT INTO resource \
         (home, number, person, version, place, at, type, compartment, state, id, card) \
         SELECT * FROM unnest($1::int8[], $2::int8[], $3::int8[], $4::int8[], $5::int8[], \
         $6::int8[], $7::int4[], $8::int2[], $9::int2[], $10::bytea[], $11::bytea[]) \
         ON CONFLICT (home, number) DO UPDATE SET person = excluded.person, \
         version = excluded.version, place = excluded.place, at = excluded.at, \
         compartment = excluded.compartment, state = excluded.state, card = excluded.card";
    pub(crate) const INSERT_VERSIONS: &str = "INSERT INTO version (home, resource, version, \
         place, seq, at, person, actor, role, purpose, compartment, hash, body) \
         SELECT * FROM unnest($1::int8[], $2::int8[], $3::int8[], $4::int8[], $5::int8[], \
         $6::int8[], $7::int8[], $8::int4[], $9::int2[], $10::int2[], $11::int2[], \
         $12::bytea[], $13::bytea[])";
    pub(crate) const INSERT_CHANGES: &str = "INSERT INTO change_set (home, seq, at, last_place, \
         actor, role, purpose, what, idempotency_key, hash) \
         SELECT $1, * FROM unnest($2::int8[], $3::int8[], $4::int8[], $5::int4[], $6::int2[], \
         $7::int2[], $8::bytea[], $9::bytea[], $10::bytea[])";
    pub(crate) const INSERT_ENTRIES: &str = "INSERT INTO audit (home, seq, at, person, actor, \
         role, purpose, what, object, persons_hash, hash, network, software) \
         SELECT $1, * FROM unnest($2::int8[], $3::int8[], $4::int8[], $5::int4[], $6::int2[], \
         $7::int2[], $8::bytea[], $9::bytea[], $10::text[], $11::bytea[], $12::text[], \
         $13::text[])";
    pub(crate) const INSERT_CONCERNED: &str = "INSERT INTO audit_person (home, seq, person) \
         SELECT $1, * FROM unnest($2::int8[], $3::int8[])";
    pub(crate) const PUT_DOCUMENTS: &str = "INSERT INTO local (home, kind, key, value) \
         SELECT $1, * FROM unnest($2::bytea[], $3::bytea[], $4::bytea[]) \
         ON CONFLICT (home, kind, key) DO UPDATE SET value = excluded.value";
    pub(crate) const DELETE_DOCUMENTS: &str = "DELETE FROM local t \
         USING unnest($2::bytea[], $3::bytea[]) AS d (kind, key) \
         WHERE t.home = $1 AND t.kind = d.kind AND t.key = d.key";
    #[cfg(test)]
    pub(crate) const ALL: &[&str] = &[
        LOAD,
        INSERT_PERSONS,
        PUT_RESOURCES,
        INSERT_VERSIONS,
        INSERT_CHANGES,
        INSERT_ENTRIES,
        INSERT_CONCERNED,
        PUT_DOCUMENTS,
        DELETE_DOCUMENTS,
    ];
}
