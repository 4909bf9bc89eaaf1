//! The port itself.

use async_trait::async_trait;
use manzil_journey::access::Access;

use crate::audit::{AuditEntry, AuditReport};
use crate::change::{ChangeSet, Committed, Found, Key, Version, VersionMeta};
use crate::error::StoreError;
use crate::query::{HistoryRequest, Page, PageRequest, Query, SearchPage, SearchRequest};

/// Everything the product asks of a database.
///
/// Calls take the [`Access`] of whoever asks; the store refuses what the policy does not permit
/// and writes every read, write and refusal into the audit chain. [`crate::policy`] says what
/// "may read" means: the compartment of the asked version *and* of the current one must be within
/// reach, and a person reaches only their own records and the directory. Each call that names an
/// access leaves one audit line, except one that fails for another reason than a refusal.
#[async_trait]
pub trait Store: Send + Sync + 'static {
    /// Writes a change set whole or not at all, and returns once it is durable. The writes are
    /// done in their order; a resource may be written twice. A resource may change compartment
    /// only if `access` may write to both.
    async fn commit(&self, access: &Access, changes: ChangeSet) -> Result<Committed, StoreError>;

    /// The current version, or none when there is no such resource or it is deleted (its history
    /// tells which). Refused when the resource exists and may not be read.
    async fn read(&self, access: &Access, key: &Key) -> Result<Option<Version>, StoreError>;

    /// One version of the past.
    async fn read_version(
        &self,
        access: &Access,
        key: &Key,
        version: u64,
    ) -> Result<Option<Version>, StoreError>;

    /// The current versions of many resources, in the order of the keys; none for one that is
    /// not there or is deleted. Refused as a whole when one of them may not be read.
    async fn read_many(
        &self,
        access: &Access,
        keys: &[Key],
    ) -> Result<Vec<Option<Version>>, StoreError>;

    /// The versions of one resource, of all of a type or of everything that `access` may read,
    /// newest first, deletions among them.
    async fn history(
        &self,
        access: &Access,
        request: &HistoryRequest,
    ) -> Result<Page<Version>, StoreError>;

    /// Current versions that a FHIR search finds. What `access` may not read is neither found
    /// nor counted nor included. Without a sort, and among those that sort alike, the order is the
    /// engine's own, and the same on every page. The pages of one search show the moment of the first: a resource
    /// is neither skipped nor repeated, and appears as it was then, whatever is written
    /// meanwhile; [`StoreError::Expired`] when that moment is too far behind. The audit line
    /// concerns every person on the page.
    async fn search(
        &self,
        access: &Access,
        request: &SearchRequest,
    ) -> Result<SearchPage, StoreError>;

    /// Current versions that match a plain query: a [`Store::search`] in short. It counts to
    /// [`crate::limits::TOTAL_MAX`].
    async fn find(&self, access: &Access, query: &Query) -> Result<Page<Found>, StoreError> {
        let request = SearchRequest { search: query.to_search()?, page: query.page.clone() };
        let page = self.search(access, &request).await?;
        let total = page.total.unwrap_or_default();
        Ok(Page { rows: page.matches, next: page.next, total })
    }

    /// Every current record about one person that `access` may read, of any type, ordered by
    /// type and id. One audit entry.
    async fn person(&self, access: &Access, person: &str) -> Result<Vec<Version>, StoreError>;

    /// The change log after `seq`, oldest first, without bodies; what `access` may not read is
    /// left out. Ends with the change set in which `rows_max` is reached, never within one, so
    /// that going on after the last `seq` misses nothing. Empty at the end.
    async fn changes(
        &self,
        access: &Access,
        after_seq: u64,
        rows_max: usize,
    ) -> Result<Vec<VersionMeta>, StoreError>;

    /// Adds a line to the audit trail for something that is not a record access (a sign-in).
    async fn note(
        &self,
        access: &Access,
        what: &str,
        object: &str,
        person: Option<&str>,
    ) -> Result<(), StoreError>;

    /// The audit trail, newest first; with `person`, only what concerns that person.
    /// [`crate::policy::audit_lines`] says who may read which lines.
    async fn audit(
        &self,
        access: &Access,
        person: Option<&str>,
        page: PageRequest,
    ) -> Result<Page<AuditEntry>, StoreError>;

    /// Walks the whole audit chain and the change log, and hashes every stored body again.
    async fn verify(&self) -> Result<AuditReport, StoreError>;

    /// Node-local data that is no health record and does not travel (accounts, sessions,
    /// settings): one JSON text for each `(kind, key)`.
    async fn local_get(&self, kind: &str, key: &str) -> Result<Option<String>, StoreError>;
    async fn local_put(&self, kind: &str, key: &str, value: &str) -> Result<(), StoreError>;
    async fn local_delete(&self, kind: &str, key: &str) -> Result<(), StoreError>;
    async fn local_list(&self, kind: &str) -> Result<Vec<(String, String)>, StoreError>;

    /// Writes a consistent copy of the whole store to `path`, where nothing may be yet, while
    /// others read and write.
    async fn snapshot(&self, path: &std::path::Path) -> Result<(), StoreError>;

    /// How many change sets, resource versions and audit entries there are, and bytes on disk.
    async fn statistics(&self) -> Result<Statistics, StoreError>;

    /// Stops taking calls, finishes the queued ones and closes the files.
    async fn close(&self) -> Result<(), StoreError>;
}

/// Counts for `manzil doctor` and the operator's page.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Statistics {
    pub change_sets: u64,
    pub resources: u64,
    pub versions: u64,
    pub audit_entries: u64,
    pub bytes: u64,
    pub schema: u32,
}
