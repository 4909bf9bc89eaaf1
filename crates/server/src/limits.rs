//! Every limit of the server, with its unit last and its reason.

use jiff::SignedDuration;

/// A form without a file. Ten times the longest form we have.
pub const FORM_BYTES_MAX: usize = 64 * 1024;
/// A form with a file: a caseload of about 50,000 rows.
pub const UPLOAD_BYTES_MAX: usize = 32 * 1024 * 1024;
/// How long one request may take before the person gets an answer anyway.
pub const REQUEST_SECONDS_MAX: u64 = 30;
/// How long running requests may go on after the program was told to stop.
pub const SHUTDOWN_SECONDS_MAX: u64 = 10;
/// How long a client may take to send the head of a request; holds off slow-header attacks.
pub const HEADER_SECONDS_MAX: u64 = 15;
/// Connections at the same time: a clinic of 60 people with four browsers each, and room.
pub const CONNECTIONS_MAX: usize = 512;

/// A session ends when nobody has used it for this long: shared clinic computers.
pub const SESSION_IDLE_MAX: SignedDuration = SignedDuration::from_mins(30);
/// A session ends after this long whatever happens: one working day.
pub const SESSION_AGE_MAX: SignedDuration = SignedDuration::from_hours(12);
/// How often the last use of a session is written down at most, to spare the disk.
pub const SESSION_TOUCH_EVERY: SignedDuration = SignedDuration::from_mins(1);

/// The window in which failed sign-ins are counted.
pub const SIGN_IN_WINDOW: SignedDuration = SignedDuration::from_mins(15);
/// Failures of one account from one address in the window.
pub const SIGN_IN_FAILURES_PAIR_MAX: usize = 5;
/// Failures of one account from all addresses in the window; high, so that a stranger cannot
/// easily lock a colleague out.
pub const SIGN_IN_FAILURES_ACCOUNT_MAX: usize = 30;
/// Failures of one address over all accounts in the window; a clinic shares one address.
pub const SIGN_IN_FAILURES_ADDRESS_MAX: usize = 50;
/// Accounts and addresses that the counter remembers at once.
pub const SIGN_IN_KEYS_MAX: usize = 20_000;

/// Characters in a new password, at least and at most.
pub const PASSWORD_CHARS_MIN: usize = 10;
pub const PASSWORD_CHARS_MAX: usize = 128;
/// Characters in an account name.
pub const ACCOUNT_NAME_CHARS_MIN: usize = 2;
pub const ACCOUNT_NAME_CHARS_MAX: usize = 64;
/// Characters in a person's name or registration number.
pub const DISPLAY_NAME_CHARS_MAX: usize = 120;
/// Passwords hashed at the same time; each takes 19 MiB.
pub const PASSWORD_HASHES_AT_ONCE_MAX: usize = 2;
/// Accounts in one clinic.
pub const ACCOUNTS_MAX: usize = 2_000;

/// Scopes in one request of other software, and characters of them.
pub const SCOPES_MAX: usize = 200;
pub const SCOPES_CHARS_MAX: usize = 8_000;

/// How long software may take to fetch its token with a code (RFC 6749 allows ten minutes).
pub const CODE_AGE_MAX: SignedDuration = SignedDuration::from_mins(1);
/// How long an access token counts that somebody gave.
pub const ACCESS_AGE_MAX: SignedDuration = SignedDuration::from_mins(15);
/// How long an access token of a backend counts: what SMART advises.
pub const BACKEND_ACCESS_AGE_MAX: SignedDuration = SignedDuration::from_mins(5);
/// How long software may go on with refresh tokens after somebody agreed.
pub const GRANT_AGE_MAX: SignedDuration = SignedDuration::from_hours(30 * 24);
/// How far ahead the end of a signed assertion may lie: what SMART asks for.
pub const ASSERTION_AGE_MAX: SignedDuration = SignedDuration::from_mins(5);
/// Characters of a signed assertion, and of its `jti`.
pub const ASSERTION_CHARS_MAX: usize = 8_000;
pub const ASSERTION_ID_CHARS_MAX: usize = 200;
/// Characters of the `state` of software, which goes back to it as it came.
pub const STATE_CHARS_MAX: usize = 2_000;
/// Bits of an RSA key: fewer are weak, more cost time at every request.
pub const RSA_BITS_MIN: usize = 2_048;
pub const RSA_BITS_MAX: usize = 4_096;
/// Keys and return addresses of one piece of software.
pub const CLIENT_KEYS_MAX: usize = 10;
pub const REDIRECTS_MAX: usize = 10;
/// Pieces of software in one clinic.
pub const CLIENTS_MAX: usize = 200;

/// People of one queue on one page: what fits on a screen and under the weight of a page.
pub const QUEUE_ROWS_MAX: usize = 50;
/// How old the board of stations may grow while nobody looks at it.
pub const BOARD_SECONDS_MAX: u64 = 60;
/// People found by one search, on one page.
pub const FOUND_ROWS_MAX: usize = 20;
/// Characters in a search for a person.
pub const SEARCH_CHARS_MAX: usize = 100;
/// Records in the timeline of a person, on one page.
pub const TIMELINE_ROWS_MAX: usize = 20;
/// Lines of the audit trail on one page.
pub const TRAIL_ROWS_MAX: usize = 50;
/// Characters in a name.
pub const NAME_CHARS_MAX: usize = 200;
/// Characters in a number, a language tag or a word of a form.
pub const WORD_CHARS_MAX: usize = 80;
/// A caseload brought in by the browser: about 10,000 rows, which are compared with the store
/// well before the request must end. The command line takes larger ones.
pub const IMPORT_BYTES_MAX: usize = 1024 * 1024;
/// How long an uploaded caseload is kept for its confirmation.
pub const IMPORT_AGE_MAX: SignedDuration = SignedDuration::from_mins(60);
/// Problems of a caseload that are listed on one page.
pub const IMPORT_PROBLEMS_MAX: usize = 100;
/// Imported people that the result page links to.
pub const IMPORT_LINKS_MAX: usize = 100;

/// Certificates on one page, about: a stretch of time is chosen that holds no more.
pub const CERTIFICATES_MAX: usize = 200;
/// Fewer certificates than this, and the page looks further back.
pub const CERTIFICATES_WANTED: usize = 25;
/// Certificates of one day on one page, at most.
pub const CERTIFICATES_OF_DAY_MAX: usize = 1_000;
/// People with the same number whose certificates are listed.
pub const SAME_NUMBER_MAX: usize = 20;

/// Rows of a search or history at `/fhir` when the client does not say how many.
pub const FHIR_PAGE_ROWS: usize = 50;
/// Rows of a search or history at `/fhir`: what a store gives at once.
pub const FHIR_PAGE_ROWS_MAX: usize = manzil_store::limits::PAGE_ROWS_MAX;
/// How often a conditional write is decided again when the record moved meanwhile.
pub const FHIR_DECISIONS_MAX: usize = 3;
/// Entries of one batch or transaction.
pub const FHIR_ENTRIES_MAX: usize = 10_000;
/// A body at `/fhir` that is not a Bundle: the largest resource that is stored.
pub const FHIR_RESOURCE_BYTES_MAX: usize = manzil_store::limits::BODY_BYTES_MAX;
/// How long a request at `/fhir` may take: a Bundle of the largest size on a slow disk.
pub const FHIR_SECONDS_MAX: u64 = 60;
/// How often codes are looked up again because they led to others: value sets in value sets.
pub const TERMINOLOGY_ROUNDS_MAX: usize = 32;
/// Lines of the audit trail that one request at `/fhir` looks through.
pub const FHIR_AUDIT_LINES_MAX: usize = 20_000;
/// Exports that run at the same time; each reads the whole record.
pub const EXPORTS_RUNNING_MAX: usize = 2;
/// Exports whose files are kept at the same time.
pub const EXPORTS_KEPT_MAX: usize = 20;
/// How long the files of an export are kept after it was begun.
pub const EXPORT_AGE_MAX: SignedDuration = SignedDuration::from_hours(1);
/// One file of an export, about; it is sent in one piece.
pub const EXPORT_FILE_BYTES_MAX: usize = 16 * 1024 * 1024;
