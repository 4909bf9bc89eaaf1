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
