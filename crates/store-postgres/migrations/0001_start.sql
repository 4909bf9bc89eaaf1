-- The record in PostgreSQL. All times are milliseconds since 1970, UTC. Texts that come from
-- outside are bytea: JSON may hold U+0000, which the type text cannot, and bytes sort everywhere
-- alike.
--
-- `home` is the compartment of a person: the number of their Patient. Whatever is first written
-- about a person stays in their home; what is about nobody has its own number as home; the logs
-- have the home of the node. Every key begins with it, no uniqueness reaches across homes and no
-- sequence is used, so that tables can be distributed by it. A resource's number is the first 64
-- bits of the SHA-256 of its type and id.

CREATE TABLE node (
    home bigint PRIMARY KEY,
    name bytea NOT NULL
);

-- Dictionaries: small, the same on every machine. The writer numbers them.
CREATE TABLE resource_type (
    number int PRIMARY KEY,
    name bytea NOT NULL UNIQUE,
    -- Fingerprint of the search parameters that its index was built with; when a program has
    -- others, it builds the index of the type again.
    indexed_with bytea NOT NULL
);
CREATE TABLE actor (number int PRIMARY KEY, name bytea NOT NULL UNIQUE);
CREATE TABLE parameter (
    number int PRIMARY KEY,
    type int NOT NULL,
    name bytea NOT NULL,
    UNIQUE (type, name)
);
-- Longer than an index entry may be: found by their hash.
CREATE TABLE system (number int PRIMARY KEY, uri bytea NOT NULL);
CREATE UNIQUE INDEX system_uri ON system (sha256(uri));
CREATE TABLE unit (number int PRIMARY KEY, name bytea NOT NULL);
CREATE UNIQUE INDEX unit_name ON unit (sha256(name));

-- The ids of people who are mentioned; their home is their number.
CREATE TABLE person (home bigint PRIMARY KEY, id bytea NOT NULL);

-- One row for each resource: the pointer to its current version.
CREATE TABLE resource (
    home bigint NOT NULL,
    number bigint NOT NULL,
    -- The number of the Patient whom it is about.
    person bigint,
    version bigint NOT NULL CHECK (version > 0),
    place bigint NOT NULL,
    at bigint NOT NULL,
    type int NOT NULL,
    compartment smallint NOT NULL CHECK (compartment BETWEEN 0 AND 4),
    -- 1: current, 2: deleted.
    state smallint NOT NULL CHECK (state BETWEEN 1 AND 2),
    id bytea NOT NULL,
    -- Everything under which it is found, see manzil_store::card.
    card bytea NOT NULL,
    PRIMARY KEY (home, number)
) WITH (fillfactor = 90);
CREATE INDEX resource_number ON resource (number);
CREATE INDEX resource_of_type ON resource (type, number) WHERE state = 1;
CREATE INDEX resource_of_person ON resource (person, number)
    WHERE state = 1 AND person IS NOT NULL;

-- Change sets, gapless from 1 for each node; `hash` chains each to the one before.
CREATE TABLE change_set (
    home bigint NOT NULL,
    seq bigint NOT NULL,
    at bigint NOT NULL,
    -- The last version of this change set: its versions follow that of the one before.
    last_place bigint NOT NULL,
    actor int NOT NULL,
    role smallint NOT NULL CHECK (role BETWEEN 0 AND 9),
    purpose smallint NOT NULL CHECK (purpose BETWEEN 0 AND 5),
    what bytea NOT NULL,
    idempotency_key bytea,
    hash bytea NOT NULL CHECK (length(hash) = 32),
    PRIMARY KEY (home, seq)
);
CREATE UNIQUE INDEX change_set_idempotency ON change_set (home, idempotency_key)
    WHERE idempotency_key IS NOT NULL;
CREATE INDEX change_set_at ON change_set (home, at, seq);

-- Immutable versions. `place` is their order of writing on the node. What the change set says is
-- repeated, so that a version is read without leaving its home.
CREATE TABLE version (
    home bigint NOT NULL,
    resource bigint NOT NULL,
    version bigint NOT NULL CHECK (version > 0),
    place bigint NOT NULL,
    seq bigint NOT NULL,
    at bigint NOT NULL,
    person bigint,
    actor int NOT NULL,
    role smallint NOT NULL CHECK (role BETWEEN 0 AND 9),
    purpose smallint NOT NULL CHECK (purpose BETWEEN 0 AND 5),
    compartment smallint NOT NULL CHECK (compartment BETWEEN 0 AND 4),
    hash bytea NOT NULL CHECK (length(hash) = 32),
    -- Packed as manzil_store::body says; empty for a deletion.
    body bytea NOT NULL,
    PRIMARY KEY (home, resource, version)
);
ALTER TABLE version ALTER COLUMN body SET STORAGE EXTERNAL;
CREATE INDEX version_place ON version (place);

-- The audit trail, gapless from 1 for each node; `hash` chains each entry to the one before.
CREATE TABLE audit (
    home bigint NOT NULL,
    seq bigint NOT NULL,
    at bigint NOT NULL,
    person bigint,
    actor int NOT NULL,
    role smallint NOT NULL CHECK (role BETWEEN 0 AND 9),
    purpose smallint NOT NULL CHECK (purpose BETWEEN 0 AND 5),
    what bytea NOT NULL,
    object bytea NOT NULL,
    persons_hash text,
    hash bytea NOT NULL CHECK (length(hash) = 32),
    PRIMARY KEY (home, seq)
);
-- Whom each entry concerns.
CREATE TABLE audit_person (
    home bigint NOT NULL,
    seq bigint NOT NULL,
    person bigint NOT NULL,
    PRIMARY KEY (home, seq, person)
);
CREATE INDEX audit_person_trail ON audit_person (person, seq);

-- The search index over current versions: where each value leads. What it holds of a resource is
-- on the resource's card as well, but for words. Derived: it can be dropped and built again.
--
-- Codes, references and beginnings of words: `word` mixes what is looked for with its parameter
-- or type; `system` is the number of the code system, 0 for none, -1 for a reference, -2 for the
-- beginning of a word.
CREATE TABLE token (
    home bigint NOT NULL,
    resource bigint NOT NULL,
    word bigint NOT NULL,
    system int NOT NULL,
    PRIMARY KEY (home, resource, word, system)
);
CREATE INDEX token_word ON token (word, system, resource);
-- Half-open, in milliseconds; apart by day, month, year and longer.
CREATE TABLE period (
    home bigint NOT NULL,
    resource bigint NOT NULL,
    starts bigint NOT NULL,
    ends bigint NOT NULL,
    parameter int NOT NULL,
    span smallint NOT NULL,
    PRIMARY KEY (home, resource, parameter, starts, ends)
);
CREATE INDEX period_starts ON period (parameter, span, starts, resource);
-- Numbers and quantities; unit 0 is none; ranges apart.
CREATE TABLE amount (
    home bigint NOT NULL,
    resource bigint NOT NULL,
    low double precision NOT NULL,
    high double precision NOT NULL,
    parameter int NOT NULL,
    unit int NOT NULL,
    wide boolean NOT NULL,
    PRIMARY KEY (home, resource, parameter, unit, low, high)
);
CREATE INDEX amount_low ON amount (parameter, unit, wide, low, resource);
-- Normalised texts, and URIs.
CREATE TABLE phrase (
    home bigint NOT NULL,
    resource bigint NOT NULL,
    parameter int NOT NULL,
    text bytea NOT NULL,
    PRIMARY KEY (home, resource, parameter, text)
);
CREATE INDEX phrase_text ON phrase (parameter, text, resource);

-- Node-local documents.
CREATE TABLE local (
    home bigint NOT NULL,
    kind bytea NOT NULL,
    key bytea NOT NULL,
    value bytea NOT NULL,
    PRIMARY KEY (home, kind, key)
);
