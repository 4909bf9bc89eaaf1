//! Every limit of the language, by name and unit.

/// Longest condition or sum, in bytes.
pub const CONDITION_BYTES_MAX: usize = 4_000;
/// Deepest nesting of parentheses, `not` and functions in one condition or sum.
pub const CONDITION_DEPTH_MAX: usize = 32;
/// Longest chain of names that refer to names (a define to a table to a define ...).
pub const REFERENCE_DEPTH_MAX: usize = 32;
/// Parts (tests, connectives, numbers) of all conditions and sums of one protocol, libraries
/// included. Evaluation visits each at most once for each table and step.
pub const PROTOCOL_NODES_MAX: usize = 100_000;
/// Parts visited in one evaluation, after which it stops and says so. A loaded protocol has at
/// most [`PROTOCOL_NODES_MAX`] and names are remembered, so that it stays far below.
pub const EVALUATION_NODES_MAX: usize = 4 * PROTOCOL_NODES_MAX;
/// Largest file, in bytes.
pub const FILE_BYTES_MAX: usize = 1_000_000;
/// Values of one code or codes fact, and outcomes of one table.
pub const VALUES_MAX: usize = 500;
/// Oldest age, in completed months (150 years).
pub const AGE_MONTHS_MAX: u32 = 1_800;
/// Largest number in a protocol, either side of zero. Keeps decimal sums exact.
pub const NUMBER_MAX: u64 = 1_000_000_000_000;
/// Digits after the decimal point of a number in a protocol.
pub const NUMBER_SCALE_MAX: u32 = 9;
/// Unknown facts up to which it is tried which of them can still change a result. With more, all
/// that stand in an undecided part of a condition are listed as missing; the trials would take
/// long, and as facts become known fewer are left.
pub const RELEVANCE_FACTS_MAX: usize = 6;
/// Trial evaluations spent on one fact to find out whether it could still change a result. A fact
/// about which that many do not settle the question is listed as missing.
pub const RELEVANCE_TRIALS_MAX: usize = 48;
/// Trial evaluations spent on finding what would change one table's result.
pub const CHANGE_TRIALS_MAX: usize = 10_000;
/// Changes listed for one outcome.
pub const CHANGES_SHOWN_MAX: usize = 12;
/// Affine pieces of one sum that are followed when looking for the value that changes it.
pub const SUM_PIECES_MAX: usize = 64;
