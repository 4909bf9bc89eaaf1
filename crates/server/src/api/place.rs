//! What a path below `/fhir` names.

use manzil_fhir::reference::is_id;
use manzil_fhir::table::{is_resource_type, nearest_resource_type, type_definition};

use super::fault::Fault;

/// What a path below `/fhir` names. The types are those of R4, the ids are ids.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Place {
    /// The whole of the record: `/fhir`.
    System,
    SystemSearch,
    SystemHistory,
    Metadata,
    Type(&'static str),
    TypeSearch(&'static str),
    TypeHistory(&'static str),
    Instance(&'static str, String),
    InstanceHistory(&'static str, String),
    Version(&'static str, String, u64),
    /// `Patient/1/Observation`; no type for `Patient/1/*`.
    Compartment(&'static str, String, Option<&'static str>),
    CompartmentSearch(&'static str, String, Option<&'static str>),
    /// `$validate`, without its sign, of everything, of a type or of a resource.
    Operation(Option<&'static str>, Option<String>, String),
    /// A running or finished export, by its id; with the name of one of its files.
    Export(String, Option<String>),
}

impl Place {
    /// Reads the path behind `/fhir`, which is not percent-decoded: nothing that it may name
    /// needs it.
    ///
    /// # Errors
    ///
    /// A path that names nothing, and a type that R4 does not know.
    pub(crate) fn parse(path: &str) -> Result<Self, Fault> {
        let nothing = || Fault::NoPlace(path.chars().take(200).collect());
        let parts: Vec<&str> = path.split('/').filter(|part| !part.is_empty()).collect();
        let place = match *parts.as_slice() {
            [] => Self::System,
            ["metadata"] => Self::Metadata,
            ["_search"] => Self::SystemSearch,
            ["_history"] => Self::SystemHistory,
            ["_export", id] => Self::Export(id.to_owned(), None),
            ["_export", id, file] => Self::Export(id.to_owned(), Some(file.to_owned())),
            [operation] if operation.starts_with('$') => {
                Self::Operation(None, None, bare(operation))
            }
            [of] => Self::Type(known(of)?),
            [of, "_search"] => Self::TypeSearch(known(of)?),
            [of, "_history"] => Self::TypeHistory(known(of)?),
            [of, operation] if operation.starts_with('$') => {
                Self::Operation(Some(known(of)?), None, bare(operation))
            }
            [of, id] => Self::Instance(known(of)?, checked(id)?),
            [of, id, "_history"] => Self::InstanceHistory(known(of)?, checked(id)?),
            [of, id, operation] if operation.starts_with('$') => {
                Self::Operation(Some(known(of)?), Some(checked(id)?), bare(operation))
            }
            [of, id, "_history", version] => {
                // A version that is no number of ours cannot be there.
                let version = version.parse().unwrap_or(0);
                Self::Version(known(of)?, checked(id)?, version)
            }
            [owner, id, of] => Self::Compartment(known(owner)?, checked(id)?, any_or_known(of)?),
            [owner, id, of, "_search"] => {
                Self::CompartmentSearch(known(owner)?, checked(id)?, any_or_known(of)?)
            }
            _ => return Err(nothing()),
        };
        Ok(place)
    }
}

/// The type of this name.
pub(crate) fn known(name: &str) -> Result<&'static str, Fault> {
    if is_resource_type(name)
        && let Some(found) = type_definition(name)
    {
        return Ok(found.name);
    }
    let name: String = name.chars().take(64).collect();
    let nearest = nearest_resource_type(&name);
    Err(Fault::NoType { name, nearest })
}

fn any_or_known(name: &str) -> Result<Option<&'static str>, Fault> {
    if name == "*" { Ok(None) } else { known(name).map(Some) }
}

fn checked(id: &str) -> Result<String, Fault> {
    if is_id(id) {
        return Ok(id.to_owned());
    }
    Err(Fault::NotAnId(id.chars().take(80).collect()))
}

fn bare(operation: &str) -> String {
    operation.trim_start_matches('$').chars().take(64).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_are_read() {
        let id = || "1".to_owned();
        for (path, place) in [
            ("", Place::System),
            ("/", Place::System),
            ("/metadata", Place::Metadata),
            ("/Patient", Place::Type("Patient")),
            ("/Patient/", Place::Type("Patient")),
            ("/Patient/_search", Place::TypeSearch("Patient")),
            ("/Patient/1", Place::Instance("Patient", id())),
            ("/Patient/1/_history/3", Place::Version("Patient", id(), 3)),
            ("/Patient/1/Observation", Place::Compartment("Patient", id(), Some("Observation"))),
            ("/Patient/1/*", Place::Compartment("Patient", id(), None)),
            ("/$export", Place::Operation(None, None, "export".to_owned())),
            (
                "/Patient/1/$everything",
                Place::Operation(Some("Patient"), Some(id()), "everything".to_owned()),
            ),
        ] {
            assert_eq!(Place::parse(path).unwrap(), place, "{path}");
        }
    }

    #[test]
    fn a_misspelt_type_gets_advice_and_case_counts() {
        for path in ["/Pateint", "/patient/1", "/Pateint/1/_history"] {
            let error = Place::parse(path).unwrap_err();
            assert!(matches!(error, Fault::NoType { nearest: Some("Patient"), .. }), "{path}");
        }
        assert!(matches!(Place::parse("/Patient/a%20b"), Err(Fault::NotAnId(_))));
        assert!(matches!(Place::parse("/a/b/c/d/e"), Err(Fault::NoPlace(_))));
    }
}
