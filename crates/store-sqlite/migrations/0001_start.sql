-- The record: dictionaries, resources with their versions, the change log, the audit trail,
-- the search index and node-local documents. All times are milliseconds since 1970, UTC.

CREATE TABLE node (
    only_row INTEGER PRIMARY KEY CHECK (only_row = 1),
    name TEXT NOT NULL,
    -- The last audit entry that was made durable by a seal, without a change set.
    sealed INTEGER NOT NULL DEFAULT 0
) STRICT;

-- Dictionaries: a short number for each word that recurs in every row.
CREATE TABLE resource_type (
    number INTEGER PRIMARY KEY,
    name TEXT NOT NULL UNIQUE,
    -- Fingerprint of the search parameters that its index was built with; when a program has
    -- others, it builds the index of the type again.
    indexed_with BLOB NOT NULL
) STRICT;
CREATE TABLE person (number INTEGER PRIMARY KEY, id TEXT NOT NULL UNIQUE) STRICT;
CREATE TABLE actor (number INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE) STRICT;
CREATE TABLE parameter (
    number INTEGER PRIMARY KEY,
    type INTEGER NOT NULL REFERENCES resource_type,
    name TEXT NOT NULL,
    UNIQUE (type, name)
) STRICT;

-- One row for each resource: the pointer to its current version. Numbered in the order of
-- first writing, which is the order of search results.
CREATE TABLE resource (
    number INTEGER PRIMARY KEY,
    type INTEGER NOT NULL REFERENCES resource_type,
    id TEXT NOT NULL,
    person INTEGER REFERENCES person,
    compartment INTEGER NOT NULL CHECK (compartment BETWEEN 0 AND 4),
    version INTEGER NOT NULL CHECK (version > 0),
    -- The row of the current version. No foreign key: a deferred one would look through the whole
    -- table for each new version. The check of the change log proves it instead.
    place INTEGER NOT NULL,
    UNIQUE (type, id)
) STRICT;
CREATE INDEX resource_of_type ON resource (type);
CREATE INDEX resource_of_person ON resource (person, type) WHERE person IS NOT NULL;

-- Change sets, gapless from 1; `hash` chains each to the one before.
CREATE TABLE change_set (
    seq INTEGER PRIMARY KEY,
    at INTEGER NOT NULL,
    actor INTEGER NOT NULL REFERENCES actor,
    role INTEGER NOT NULL CHECK (role BETWEEN 0 AND 9),
    purpose INTEGER NOT NULL CHECK (purpose BETWEEN 0 AND 5),
    what TEXT NOT NULL,
    idempotency_key TEXT,
    hash BLOB NOT NULL CHECK (length(hash) = 32)
) STRICT;
CREATE UNIQUE INDEX change_set_idempotency ON change_set (idempotency_key)
    WHERE idempotency_key IS NOT NULL;

-- Immutable versions in the order of writing. The body comes last, so that reading the other
-- columns does not touch its overflow pages.
CREATE TABLE version (
    place INTEGER PRIMARY KEY,
    resource INTEGER NOT NULL REFERENCES resource,
    version INTEGER NOT NULL CHECK (version > 0),
    seq INTEGER NOT NULL REFERENCES change_set DEFERRABLE INITIALLY DEFERRED,
    person INTEGER REFERENCES person,
    compartment INTEGER NOT NULL CHECK (compartment BETWEEN 0 AND 4),
    hash BLOB NOT NULL CHECK (length(hash) = 32),
    body TEXT NOT NULL,
    UNIQUE (resource, version)
) STRICT;
CREATE INDEX version_of_change ON version (seq);

-- The audit trail, gapless from 1; `hash` chains each entry to the one before.
CREATE TABLE audit (
    seq INTEGER PRIMARY KEY,
    at INTEGER NOT NULL,
    actor INTEGER NOT NULL REFERENCES actor,
    role INTEGER NOT NULL CHECK (role BETWEEN 0 AND 9),
    purpose INTEGER NOT NULL CHECK (purpose BETWEEN 0 AND 5),
    what TEXT NOT NULL,
    object TEXT NOT NULL,
    person INTEGER REFERENCES person,
    persons_hash TEXT,
    hash BLOB NOT NULL CHECK (length(hash) = 32)
) STRICT;
-- Whom each entry concerns.
CREATE TABLE audit_person (
    person INTEGER NOT NULL,
    seq INTEGER NOT NULL,
    PRIMARY KEY (person, seq)
) STRICT, WITHOUT ROWID;

-- The search index over current versions: exact tokens as the first 64 bits of a SHA-256,
-- normalised texts for a search by their beginning, and dates as half-open periods in seconds.
-- Derived: it can be dropped and built again.
CREATE TABLE token (
    parameter INTEGER NOT NULL,
    hash INTEGER NOT NULL,
    resource INTEGER NOT NULL,
    PRIMARY KEY (parameter, hash, resource)
) STRICT, WITHOUT ROWID;
CREATE TABLE phrase (
    parameter INTEGER NOT NULL,
    text TEXT NOT NULL,
    resource INTEGER NOT NULL,
    PRIMARY KEY (parameter, text, resource)
) STRICT, WITHOUT ROWID;
CREATE TABLE period (
    parameter INTEGER NOT NULL,
    starts INTEGER NOT NULL,
    ends INTEGER NOT NULL,
    resource INTEGER NOT NULL,
    PRIMARY KEY (parameter, resource, starts, ends)
) STRICT, WITHOUT ROWID;
CREATE INDEX period_by_start ON period (parameter, starts, ends, resource);
-- Each word is written with one character for its resource type in front; the prefixes of two
-- to seven characters answer one to six typed letters without gathering whole words.
CREATE VIRTUAL TABLE word USING fts5 (
    words,
    content = '',
    contentless_delete = 1,
    detail = 'none',
    prefix = '2 3 4 5 6 7',
    tokenize = "unicode61 remove_diacritics 0 categories 'L* M* N* P* S* Co'"
);

-- Node-local documents.
CREATE TABLE local (
    kind TEXT NOT NULL,
    key TEXT NOT NULL,
    value TEXT NOT NULL,
    PRIMARY KEY (kind, key)
) STRICT;
