//! The stable codes of this crate's errors.
//!
//! | codes | where |
//! |---|---|
//! | 0201 to 0209 | conditions and sums |
//! | 0210 to 0229 | files: TOML, keys, names, citations, dates, editions |
//! | 0230 to 0249 | proofs ([`crate::check`]) |
//! | 0250 to 0259 | values given to facts |
//! | 0260 to 0269 | facts read from the record |
//! | 0270 to 0279 | cases |

/// A condition or sum does not follow the grammar.
pub const SYNTAX: &str = "MZ-0201";
/// A condition or sum uses a name that nothing has.
pub const UNKNOWN_NAME: &str = "MZ-0202";
/// A name is asked something that does not fit its type.
pub const TYPE: &str = "MZ-0203";
/// A code that the fact or table does not have.
pub const UNKNOWN_CODE: &str = "MZ-0204";
/// A number without its unit, or in one that does not convert exactly.
pub const UNIT: &str = "MZ-0205";
/// A number that makes no sense where it stands.
pub const NUMBER: &str = "MZ-0206";
/// A condition or sum past its limits.
pub const CONDITION_LIMIT: &str = "MZ-0207";

/// The file is not TOML.
pub const TOML: &str = "MZ-0210";
/// A key that does not belong there.
pub const UNKNOWN_KEY: &str = "MZ-0211";
/// A key that has to be there.
pub const MISSING_KEY: &str = "MZ-0212";
/// A value of the wrong kind.
pub const WRONG_KIND: &str = "MZ-0213";
/// An identifier that is not one, or a reserved word.
pub const BAD_ID: &str = "MZ-0214";
/// The same identifier twice.
pub const DUPLICATE: &str = "MZ-0215";
/// A reference to something that is not there.
pub const DANGLING: &str = "MZ-0216";
/// Things that refer to each other in a circle.
pub const CYCLE: &str = "MZ-0217";
/// A rule or step without its reason or source.
pub const UNCITED: &str = "MZ-0218";
/// A date that does not exist, or an end before its beginning.
pub const DATE: &str = "MZ-0219";
/// Two editions in force on one day.
pub const OVERLAP: &str = "MZ-0220";
/// A file in a place where it means nothing, or that its content contradicts.
pub const MISPLACED: &str = "MZ-0221";
/// A file, list or chain past its limit.
pub const LIMIT: &str = "MZ-0222";
/// A binding that does not fit its fact.
pub const BINDING: &str = "MZ-0223";

/// A combination of facts for which a table has no outcome.
pub const GAP: &str = "MZ-0231";
/// A combination for which a table of one outcome has two.
pub const AMBIGUOUS: &str = "MZ-0232";
/// A rule or step that can never happen.
pub const UNREACHABLE: &str = "MZ-0233";
/// A combination with both outcomes of an excluded pair.
pub const NOT_EXCLUSIVE: &str = "MZ-0235";
/// Limits of the vocabulary that leave no combination at all.
pub const NOBODY: &str = "MZ-0236";
/// A table or vocabulary that is too large to prove.
pub const TOO_LARGE: &str = "MZ-0237";

/// A value that the fact cannot have.
pub const BAD_VALUE: &str = "MZ-0250";
/// A number outside the plausible range.
pub const IMPLAUSIBLE: &str = "MZ-0251";
/// Facts that cannot be true together.
pub const IMPOSSIBLE: &str = "MZ-0252";

/// A record that does not say what its binding expects.
pub const RECORD: &str = "MZ-0260";

/// A case that comes out otherwise.
pub const CASE_DIFFERS: &str = "MZ-0270";
/// A rule or step that no case shows true, or none shows false.
pub const UNCOVERED: &str = "MZ-0271";
