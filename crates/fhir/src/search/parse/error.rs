//! Why a search cannot be read.

use thiserror::Error;

/// Why a search cannot be read.
#[derive(Clone, Debug, Error, PartialEq, Eq)]
#[error("{code}: {parameter} {reason}. {cure}")]
pub struct SearchError {
    /// `MZ-0170` unknown parameter, `MZ-0171` modifier, `MZ-0172` value, `MZ-0173` prefix,
    /// `MZ-0174` chain, `MZ-0175` limit, `MZ-0176` include, `MZ-0177` not supported, `MZ-0178`
    /// sort, `MZ-0179` codes not known.
    pub code: &'static str,
    /// As it was asked, cut at 128 characters.
    pub parameter: String,
    /// Fits after the parameter: `is no search parameter of Patient`.
    pub reason: String,
    /// What to ask instead.
    pub cure: String,
}

impl SearchError {
    /// Whether lenient handling leaves the parameter out instead.
    pub fn can_be_ignored(&self) -> bool {
        matches!(self.code, UNKNOWN | "MZ-0177" | "MZ-0178")
    }

    pub(super) fn is_unknown(&self) -> bool {
        self.code == UNKNOWN
    }
}

const UNKNOWN: &str = "MZ-0170";

fn error(
    code: &'static str,
    parameter: &str,
    reason: impl Into<String>,
    cure: impl Into<String>,
) -> SearchError {
    let parameter = parameter.chars().take(128).collect();
    SearchError { code, parameter, reason: reason.into(), cure: cure.into() }
}

pub(super) fn unknown(parameter: &str, of: &str) -> SearchError {
    let reason = format!("is no search parameter of {of}");
    error(UNKNOWN, parameter, reason, "check its spelling, or leave it out")
}

pub(super) fn modifier(parameter: &str, modifier: &str, allowed: &str) -> SearchError {
    let reason = format!("cannot have the modifier :{modifier}");
    error("MZ-0171", parameter, reason, format!("use none, or one of these: {allowed}"))
}

pub(super) fn wrong_value(parameter: &str, reason: String, cure: &str) -> SearchError {
    error("MZ-0172", parameter, reason, cure)
}

pub(super) fn wrong_prefix(parameter: &str, prefix: &str) -> SearchError {
    let reason = format!("has the unknown prefix {prefix}");
    error("MZ-0173", parameter, reason, "use eq, ne, gt, lt, ge, le, sa, eb or ap")
}

pub(super) fn chain(parameter: &str, reason: impl Into<String>, cure: &str) -> SearchError {
    error("MZ-0174", parameter, reason, cure)
}

pub(super) fn limit(parameter: &str, reason: String) -> SearchError {
    error("MZ-0175", parameter, reason, "ask for less at once")
}

pub(super) fn include(parameter: &str, reason: String) -> SearchError {
    let cure = "write Type:parameter, where the parameter is a reference, or Type:parameter:Target";
    error("MZ-0176", parameter, reason, cure)
}

pub(super) fn unsupported(parameter: &str, reason: impl Into<String>) -> SearchError {
    error("MZ-0177", parameter, reason, "search without it")
}

pub(super) fn sort(parameter: &str, reason: String) -> SearchError {
    error("MZ-0178", parameter, reason, "sort by a date, text, number, code, _id or _lastUpdated")
}

pub(super) fn codes_unknown(parameter: &str, what: &str) -> SearchError {
    let reason = format!("asks for codes that are not known here: {what}");
    error("MZ-0179", parameter, reason, "load the value set or code system, or list the codes")
}
