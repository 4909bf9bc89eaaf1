-- The record: dictionaries, resources with their versions, the change log, the audit trail,
-- the search index and node-local documents. All times are milliseconds since 1970, UTC.

CREATE TABLE node (
    only_row INTEGER PRIMARY KEY CHECK (only_row = 1),
    name TEXT NOT NULL
) STRICT;

-- Dictionaries: a short number for each word that recurs in every row.
CREATE TABLE resource_type (
    number INTEGER PRIMARY KEY,
    name TEXT NOT NULL UNIQUE,
    -- Fingerprint of the search parameters that its index was built with; when a program has
    -- others, it builds the index of the type again.
    indexed_with BLOB NOT NULL
) STRICT;
CREATE TABLE actor (number INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE) STRICT;
CREATE TABLE parameter (
    number INTEGER PRIMARY KEY,
    type INTEGER NOT NULL REFERENCES resource_type,
    name TEXT NOT NULL,
    UNIQUE (type, name)
) STRICT;

CREATE TABLE system (number INTEGER PRIMARY KEY, uri TEXT NOT NULL UNIQUE) STRICT;
-- Units of quantities; the name is a JSON array of system, code, printed unit and whether it is
-- the base unit into which others are converted.
CREATE TABLE unit (number INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE) STRICT;

-- One row for each resource: the pointer to its current version. Numbered in the order of first
-- writing, which is the order of search results; a resource that is pointed to before it is
-- written has a number already. An id that is a UUID is kept as its 16 bytes.
CREATE TABLE resource (
    number INTEGER PRIMARY KEY,
    type INTEGER NOT NULL REFERENCES resource_type,
    id ANY NOT NULL,
    -- The number of the Patient whom it is about.
    person INTEGER,
    compartment INTEGER NOT NULL CHECK (compartment BETWEEN 0 AND 4),
    -- 0: mentioned only, 1: current, 2: deleted.
    state INTEGER NOT NULL CHECK (state BETWEEN 0 AND 2),
    version INTEGER NOT NULL CHECK (version >= 0),
    -- The row of the current version. No foreign key: a deferred one would look through the whole
    -- table for each new version. The check of the change log proves it instead.
    place INTEGER NOT NULL,
    at INTEGER NOT NULL,
    -- Everything under which it is found, see manzil_store::card.
    card BLOB NOT NULL,
    UNIQUE (type, id)
) STRICT;
CREATE INDEX resource_of_type ON resource (type) WHERE state = 1;
CREATE INDEX resource_of_person ON resource (person, type) WHERE state = 1 AND person IS NOT NULL;

-- Change sets, gapless from 1; `hash` chains each to the one before.
CREATE TABLE change_set (
    seq INTEGER PRIMARY KEY,
    at INTEGER NOT NULL,
    actor INTEGER NOT NULL REFERENCES actor,
    role INTEGER NOT NULL CHECK (role BETWEEN 0 AND 9),
    purpose INTEGER NOT NULL CHECK (purpose BETWEEN 0 AND 5),
    what TEXT NOT NULL,
    idempotency_key TEXT,
    -- The last version of this change set: its versions follow that of the one before.
    last_place INTEGER NOT NULL,
    hash BLOB NOT NULL CHECK (length(hash) = 32)
) STRICT;
CREATE UNIQUE INDEX change_set_idempotency ON change_set (idempotency_key)
    WHERE idempotency_key IS NOT NULL;
CREATE INDEX change_set_at ON change_set (at);

-- Immutable versions in the order of writing. The body comes last, so that reading the other
-- columns does not touch its overflow pages; it is packed as manzil_store::body says, and empty
-- for a deletion.
CREATE TABLE version (
    place INTEGER PRIMARY KEY,
    resource INTEGER NOT NULL REFERENCES resource,
    version INTEGER NOT NULL CHECK (version > 0),
    -- The place of the version before, if there is one.
    former INTEGER,
    seq INTEGER NOT NULL,
    person INTEGER,
    compartment INTEGER NOT NULL CHECK (compartment BETWEEN 0 AND 4),
    hash BLOB NOT NULL CHECK (length(hash) = 32),
    body BLOB NOT NULL
) STRICT;

-- The audit trail, gapless from 1; `hash` chains each entry to the one before.
CREATE TABLE audit (
    seq INTEGER PRIMARY KEY,
    at INTEGER NOT NULL,
    actor INTEGER NOT NULL REFERENCES actor,
    role INTEGER NOT NULL CHECK (role BETWEEN 0 AND 9),
    purpose INTEGER NOT NULL CHECK (purpose BETWEEN 0 AND 5),
    what TEXT NOT NULL,
    object TEXT NOT NULL,
    person INTEGER,
    persons_hash TEXT,
    hash BLOB NOT NULL CHECK (length(hash) = 32)
) STRICT;
-- Whom each entry concerns.
CREATE TABLE audit_person (
    person INTEGER NOT NULL,
    seq INTEGER NOT NULL,
    PRIMARY KEY (person, seq)
) STRICT, WITHOUT ROWID;

-- The search index over current versions: where each value leads. What it holds of a resource is
-- on the resource's card as well. Derived: it can be dropped and built again.
--
-- Codes as the first 64 bits of a SHA-256; system 0 is none.
CREATE TABLE token (
    parameter INTEGER NOT NULL,
    code INTEGER NOT NULL,
    system INTEGER NOT NULL,
    resource INTEGER NOT NULL,
    PRIMARY KEY (parameter, code, system, resource)
) STRICT, WITHOUT ROWID;
CREATE TABLE link (
    parameter INTEGER NOT NULL,
    target INTEGER NOT NULL,
    resource INTEGER NOT NULL,
    PRIMARY KEY (parameter, target, resource)
) STRICT, WITHOUT ROWID;
-- Half-open, in milliseconds; those longer than a year apart.
CREATE TABLE period (
    parameter INTEGER NOT NULL,
    long INTEGER NOT NULL,
    starts INTEGER NOT NULL,
    resource INTEGER NOT NULL,
    ends INTEGER NOT NULL,
    PRIMARY KEY (parameter, long, starts, resource, ends)
) STRICT, WITHOUT ROWID;
-- Numbers and quantities; unit 0 is none; ranges apart.
CREATE TABLE amount (
    parameter INTEGER NOT NULL,
    unit INTEGER NOT NULL,
    wide INTEGER NOT NULL,
    low REAL NOT NULL,
    resource INTEGER NOT NULL,
    high REAL NOT NULL,
    PRIMARY KEY (parameter, unit, wide, low, resource, high)
) STRICT, WITHOUT ROWID;
-- Normalised texts, and URIs.
CREATE TABLE phrase (
    parameter INTEGER NOT NULL,
    text TEXT NOT NULL,
    resource INTEGER NOT NULL,
    PRIMARY KEY (parameter, text, resource)
) STRICT, WITHOUT ROWID;
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
