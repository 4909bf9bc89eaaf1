//! The limits that every engine keeps, each with its unit last.

/// Rows in one page.
pub const PAGE_ROWS_MAX: usize = 1_000;
/// Bytes of JSON in one page; a page that reaches it is shorter than asked and has a `next`.
pub const PAGE_BYTES_MAX: usize = 32 * 1024 * 1024;
/// Matches counted for `Page::total` of a search. A total of this value means "this many or
/// more": counting every match of the letter `m` among ten million people helps nobody.
pub const TOTAL_MAX: u64 = 10_000;
/// Records returned by `Store::person`.
pub const PERSON_ROWS_MAX: usize = 20_000;
/// JSON text of one resource.
pub const BODY_BYTES_MAX: usize = 5 * 1024 * 1024;
/// Nesting of JSON objects and arrays in one resource.
pub const BODY_DEPTH_MAX: usize = 100;
/// Resources in one change set.
pub const WRITES_MAX: usize = 10_000;
/// Bytes of an actor's name, of what was done, of an audited object and of an idempotency key.
pub const LABEL_BYTES_MAX: usize = 500;
/// Exact parameters in one query.
pub const QUERY_TERMS_MAX: usize = 16;
/// Words in one text query.
pub const QUERY_WORDS_MAX: usize = 8;
/// Bytes of one node-local document.
pub const LOCAL_BYTES_MAX: usize = 1024 * 1024;
/// Conditions on what a change set was decided on.
pub const GUARDS_MAX: usize = 1_000;
/// Resources that one such condition may find.
pub const GUARD_KEYS_MAX: usize = 16;
/// Keys of one `Store::read_many`.
pub const KEYS_MAX: usize = 10_000;
/// Resources that a search adds to its matches (`_include`, `_revinclude`) on one page.
pub const INCLUDED_MAX: usize = 1_000;
/// Changes between the first page of a search and a later one, beyond which its pages can no
/// longer show the moment of the first.
pub const MOMENT_CHANGES_MAX: u64 = 200_000;
