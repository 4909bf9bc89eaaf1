//! SMART v2 scopes: what a piece of software asked for, as data.
//!
//! The grammar is that of SMART App Launch 2, "Scopes for requesting FHIR Resources":
//! `patient/Observation.rs`, `user/*.cruds`, `system/Patient.r`. The forms of version 1 (`.read`,
//! `.write`, `.*`) are read as aliases. The form with a query (`?category=...`) is refused by
//! name, because a scope that is read wider than it was written would give too much.

use std::collections::BTreeSet;
use std::fmt;

use manzil_fhir::table;
use serde::{Deserialize, Serialize};
use thiserror::Error;

use crate::limits::{SCOPES_CHARS_MAX, SCOPES_MAX};

/// Whose records a scope is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Level {
    /// Those of the one person whom the token names.
    Patient,
    /// All that the account may reach.
    User,
    /// All that the software's own role may reach.
    System,
}

/// What is done over the REST interface, as SMART v2 divides it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Interaction {
    Create,
    /// Also a version of the past and the history of one resource.
    Read,
    /// Also a patch.
    Update,
    Delete,
    /// Also the history of a type or of everything.
    Search,
}

/// One scope about resources.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct ResourceScope {
    pub level: Level,
    /// None for every type.
    pub resource_type: Option<String>,
    pub interactions: BTreeSet<Interaction>,
}

/// One scope that this server knows.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Scope {
    /// A refresh token is wanted, which outlives the session.
    OfflineAccess,
    /// The software was started from a person's page.
    Launch,
    /// The software wants to be told which person it is about.
    LaunchPatient,
    Resource(ResourceScope),
}

/// A set of scopes. Written and stored as SMART writes it: words with one space between.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Scopes(BTreeSet<Scope>);

/// Why a text with scopes was refused.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum ScopeError {
    #[error("MZ-0693: the scope {0} has a query, which is not supported; ask for the whole type")]
    Query(String),
    #[error(
        "MZ-0668: {0} is not a scope; write it like patient/Observation.rs, with the letters of \
         cruds in this order"
    )]
    Malformed(String),
    #[error("MZ-0694: the scope {0} names no resource type of FHIR R4")]
    UnknownType(String),
    #[error("MZ-0696: more than {SCOPES_MAX} scopes or {SCOPES_CHARS_MAX} characters of scopes")]
    TooMany,
}

impl Level {
    pub const ALL: [Self; 3] = [Self::Patient, Self::User, Self::System];

    fn word(self) -> &'static str {
        match self {
            Self::Patient => "patient",
            Self::User => "user",
            Self::System => "system",
        }
    }
}

impl Interaction {
    /// In the order in which SMART wants their letters.
    pub const ALL: [Self; 5] = [Self::Create, Self::Read, Self::Update, Self::Delete, Self::Search];

    /// The letter of `cruds`.
    pub fn letter(self) -> char {
        match self {
            Self::Create => 'c',
            Self::Read => 'r',
            Self::Update => 'u',
            Self::Delete => 'd',
            Self::Search => 's',
        }
    }

    /// Whether it changes the record.
    pub fn writes(self) -> bool {
        matches!(self, Self::Create | Self::Update | Self::Delete)
    }
}

impl ResourceScope {
    /// Whether it covers this interaction with this type of resource.
    pub fn covers(&self, resource_type: &str, interaction: Interaction) -> bool {
        let of_type = self.resource_type.as_deref().is_none_or(|own| own == resource_type);
        of_type && self.interactions.contains(&interaction)
    }

    /// What both allow; none when that is nothing.
    fn both(&self, other: &Self) -> Option<Self> {
        let resource_type = match (&self.resource_type, &other.resource_type) {
            (Some(a), Some(b)) if a != b => return None,
            (Some(one), _) | (None, Some(one)) => Some(one.clone()),
            (None, None) => None,
        };
        let interactions: BTreeSet<_> =
            self.interactions.intersection(&other.interactions).copied().collect();
        let some = self.level == other.level && !interactions.is_empty();
        some.then_some(Self { level: self.level, resource_type, interactions })
    }
}

impl Scopes {
    /// Reads scopes. Words that this server does not know (`openid`, `profile`) are left out,
    /// which is a smaller grant; what begins like a scope about resources and is not one is
    /// refused.
    pub fn parse(text: &str) -> Result<Self, ScopeError> {
        let words: Vec<&str> = text.split_ascii_whitespace().collect();
        if words.len() > SCOPES_MAX || text.len() > SCOPES_CHARS_MAX {
            return Err(ScopeError::TooMany);
        }
        let read: Result<Vec<Option<Scope>>, ScopeError> = words.into_iter().map(word).collect();
        Ok(Self(read?.into_iter().flatten().collect()))
    }

    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    pub fn has(&self, scope: &Scope) -> bool {
        self.0.contains(scope)
    }

    /// Those about resources.
    pub fn resources(&self) -> impl Iterator<Item = &ResourceScope> {
        self.0.iter().filter_map(|scope| match scope {
            Scope::Resource(scope) => Some(scope),
            _ => None,
        })
    }

    /// Whether a scope about resources of this level is among them.
    pub fn has_level(&self, level: Level) -> bool {
        self.resources().any(|scope| scope.level == level)
    }

    /// Whether a scope of this level covers the interaction.
    pub fn covers(&self, level: Level, resource_type: &str, interaction: Interaction) -> bool {
        let mut scopes = self.resources().filter(|scope| scope.level == level);
        scopes.any(|scope| scope.covers(resource_type, interaction))
    }

    /// What these scopes and those of `limit` both allow. Never more than either.
    #[must_use]
    pub fn within(&self, limit: &Self) -> Self {
        let both = self.resources().flat_map(|asked| {
            limit.resources().filter_map(move |allowed| asked.both(allowed).map(Scope::Resource))
        });
        let plain = self.0.intersection(&limit.0).cloned();
        Self(both.chain(plain).collect())
    }

    /// Without the scopes about resources that are not of these levels.
    #[must_use]
    pub fn of_levels(&self, levels: &[Level]) -> Self {
        self.keeping(|scope| match scope {
            Scope::Resource(scope) => levels.contains(&scope.level),
            _ => true,
        })
    }

    /// Those that the test accepts.
    #[must_use]
    pub fn keeping(&self, keep: impl Fn(&Scope) -> bool) -> Self {
        Self(self.0.iter().filter(|scope| keep(scope)).cloned().collect())
    }

    pub fn iter(&self) -> impl Iterator<Item = &Scope> {
        self.0.iter()
    }
}

/// Reads one word; none for one that this server does not know.
fn word(text: &str) -> Result<Option<Scope>, ScopeError> {
    match text {
        "offline_access" => return Ok(Some(Scope::OfflineAccess)),
        "launch" => return Ok(Some(Scope::Launch)),
        "launch/patient" => return Ok(Some(Scope::LaunchPatient)),
        _ => {}
    }
    let Some((level, rest)) = text.split_once('/') else { return Ok(None) };
    let Some(level) = Level::ALL.into_iter().find(|it| it.word() == level) else {
        return Ok(None);
    };
    if rest.contains('?') {
        return Err(ScopeError::Query(text.to_owned()));
    }
    let malformed = || ScopeError::Malformed(text.to_owned());
    let (resource_type, letters) = rest.split_once('.').ok_or_else(malformed)?;
    let resource_type = match resource_type {
        "*" => None,
        name if table::is_resource_type(name) => Some(name.to_owned()),
        _ => return Err(ScopeError::UnknownType(text.to_owned())),
    };
    let interactions = interactions(letters).ok_or_else(malformed)?;
    Ok(Some(Scope::Resource(ResourceScope { level, resource_type, interactions })))
}

/// The interactions behind the letters of version 2, or a word of version 1 as section
/// "Scope equivalence" of SMART App Launch 2 gives it.
fn interactions(letters: &str) -> Option<BTreeSet<Interaction>> {
    let letters = match letters {
        "read" => "rs",
        "write" => "cud",
        "*" => "cruds",
        other => other,
    };
    let mut rest = letters.chars().peekable();
    let found = Interaction::ALL
        .into_iter()
        .filter(|each| rest.next_if(|letter| *letter == each.letter()).is_some())
        .collect::<BTreeSet<_>>();
    (rest.peek().is_none() && !found.is_empty()).then_some(found)
}

impl fmt::Display for Scope {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::OfflineAccess => f.write_str("offline_access"),
            Self::Launch => f.write_str("launch"),
            Self::LaunchPatient => f.write_str("launch/patient"),
            Self::Resource(scope) => scope.fmt(f),
        }
    }
}

impl fmt::Display for ResourceScope {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let of_type = self.resource_type.as_deref().unwrap_or("*");
        write!(f, "{}/{of_type}.", self.level.word())?;
        self.interactions.iter().try_for_each(|each| write!(f, "{}", each.letter()))
    }
}

impl fmt::Display for Scopes {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let words: Vec<String> = self.0.iter().map(ToString::to_string).collect();
        f.write_str(&words.join(" "))
    }
}

impl FromIterator<Scope> for Scopes {
    fn from_iter<I: IntoIterator<Item = Scope>>(scopes: I) -> Self {
        Self(scopes.into_iter().collect())
    }
}

impl TryFrom<String> for Scopes {
    type Error = ScopeError;

    fn try_from(text: String) -> Result<Self, ScopeError> {
        Self::parse(&text)
    }
}

impl From<Scopes> for String {
    fn from(scopes: Scopes) -> Self {
        scopes.to_string()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(text: &str) -> String {
        Scopes::parse(text).unwrap().to_string()
    }

    #[test]
    fn the_words_of_both_versions_are_read() {
        for (text, canonical) in [
            ("patient/Observation.rs", "patient/Observation.rs"),
            ("user/*.cruds", "user/*.cruds"),
            ("patient/Patient.read", "patient/Patient.rs"),
            ("system/Condition.write", "system/Condition.cud"),
            ("user/Patient.*", "user/Patient.cruds"),
            ("launch  launch/patient\toffline_access", "offline_access launch launch/patient"),
            ("openid fhirUser profile email", ""),
        ] {
            assert_eq!(parse(text), canonical, "{text}");
            assert_eq!(parse(canonical), canonical);
        }
    }

    #[test]
    fn what_is_not_a_scope_is_refused() {
        use ScopeError::{Malformed, Query, UnknownType};
        let query = "patient/Observation.rs?category=laboratory".to_owned();
        assert_eq!(Scopes::parse(&query), Err(Query(query.clone())));
        for text in ["patient/Observation.sr", "patient/Patient.", "user/Patient", "user/*.rr"] {
            assert_eq!(Scopes::parse(text), Err(Malformed(text.to_owned())), "{text}");
        }
        for text in ["user/Person2.r", "user/patient.r", "user/HumanName.r", "user/.r"] {
            assert_eq!(Scopes::parse(text), Err(UnknownType(text.to_owned())), "{text}");
        }
        assert_eq!(Scopes::parse(&"launch ".repeat(SCOPES_MAX + 1)), Err(ScopeError::TooMany));
    }

    #[test]
    fn a_limit_only_narrows() {
        for (asked, limit, given) in [
            ("user/*.cruds", "user/Patient.rs", "user/Patient.rs"),
            ("user/Patient.rs", "user/*.r", "user/Patient.r"),
            ("user/Patient.rs", "patient/Patient.rs", ""),
            ("user/Patient.rs", "user/Observation.rs", ""),
            ("user/Patient.c", "user/Patient.r", ""),
            ("user/*.r offline_access", "user/*.r", "user/*.r"),
        ] {
            let (asked, limit) = (Scopes::parse(asked).unwrap(), Scopes::parse(limit).unwrap());
            assert_eq!(asked.within(&limit).to_string(), given, "{asked} within {limit}");
        }
    }
}
