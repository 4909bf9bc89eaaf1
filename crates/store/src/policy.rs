//! The access policy as every engine applies it.
//!
//! [`manzil_journey::access::permits`] says which compartments a role reaches for a purpose.
//! Here is what only a store can add, because it knows whose record it is: a person reaches
//! their own records and the directory, nobody else's; and who may read the audit trail.

use manzil_journey::access::{Access, Action, Compartment, Purpose, Role};

use crate::error::StoreError;
use crate::names::COMPARTMENTS;

/// The rows that an access may read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Reach {
    access: Access,
    own: Option<String>,
}

impl Reach {
    /// What `access` may read, or the refusal when it may read nothing at all.
    pub fn of(access: &Access) -> Result<Self, StoreError> {
        let reach = Self { access: access.clone(), own: own_person(access) };
        if reach.compartments().next().is_none() {
            return Err(refused(access, Action::Read, Compartment::Directory));
        }
        Ok(reach)
    }

    /// The compartments within reach.
    pub fn compartments(&self) -> impl Iterator<Item = Compartment> + '_ {
        COMPARTMENTS.into_iter().filter(|&each| self.access.permits(Action::Read, each))
    }

    /// For somebody who reads their own record: the `Patient` id outside of which only the
    /// directory may be read. Empty (which is nobody's id) when the account names no person.
    pub fn only_person(&self) -> Option<&str> {
        self.own.as_deref()
    }

    /// Whether a record in this compartment and about this person may be read.
    pub fn admits(&self, compartment: Compartment, person: Option<&str>) -> bool {
        let own = match self.own.as_deref() {
            Some(own) => compartment == Compartment::Directory || person == Some(own),
            None => true,
        };
        own && self.access.permits(Action::Read, compartment)
    }

    /// Refuses a record that may not be read.
    pub fn check(&self, compartment: Compartment, person: Option<&str>) -> Result<(), StoreError> {
        if self.admits(compartment, person) {
            return Ok(());
        }
        Err(refused(&self.access, Action::Read, compartment))
    }

    /// Refuses to gather the records about a person who is not the one asking.
    pub fn check_person(&self, person: &str) -> Result<(), StoreError> {
        match self.own.as_deref() {
            Some(own) if own != person => {
                Err(refused(&self.access, Action::Read, Compartment::Identity))
            }
            _ => Ok(()),
        }
    }
}

/// Refuses a write into a compartment that `access` may not write to. An engine checks the
/// compartment of the new version and that of the one it replaces, so that nothing can be
/// carried through the wall by writing over it.
pub fn check_write(access: &Access, compartment: Compartment) -> Result<(), StoreError> {
    if access.permits(Action::Write, compartment) {
        return Ok(());
    }
    Err(refused(access, Action::Write, compartment))
}

/// Who may read the audit trail, and which lines of it: `Ok(Some(purpose))` means only the
/// lines written under that purpose.
///
/// - The system and an administrator read the whole trail.
/// - A person reads the lines about themself.
/// - Staff who may read the person's identity read the lines about one person; for an
///   assessment only what was done for an assessment, because a line that names a care record
///   tells that there is care.
pub fn audit_lines(access: &Access, person: Option<&str>) -> Result<Option<Purpose>, StoreError> {
    let purpose = match access.purpose {
        Purpose::Assessment => Some(Purpose::Assessment),
        _ => None,
    };
    let allowed = match access.role {
        Role::System => true,
        Role::Administrator => access.purpose == Purpose::Administration,
        Role::Person => {
            access.purpose == Purpose::Person
                && person.is_some()
                && person == own_person(access).as_deref()
        }
        Role::Clerk | Role::Nurse | Role::Laboratory | Role::Radiology | Role::Physician => {
            person.is_some() && access.permits(Action::Read, Compartment::Identity)
        }
        Role::Surveillance | Role::Authority => false,
    };
    if allowed {
        return Ok(purpose);
    }
    Err(refused(access, Action::Read, Compartment::Identity))
}

/// The refusal of one action in one compartment.
pub fn refused(access: &Access, action: Action, compartment: Compartment) -> StoreError {
    StoreError::Refused { role: access.role, purpose: access.purpose, action, compartment }
}

fn own_person(access: &Access) -> Option<String> {
    if access.role != Role::Person {
        return None;
    }
    Some(access.actor.strip_prefix("Patient/").unwrap_or_default().to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn person(actor: &str) -> Reach {
        Reach::of(&Access::new(actor, Role::Person, Purpose::Person)).unwrap()
    }

    #[test]
    fn a_person_reads_their_own_record_and_the_directory() {
        let reach = person("Patient/p1");
        assert!(reach.admits(Compartment::Care, Some("p1")));
        assert!(reach.admits(Compartment::Directory, None));
        assert!(!reach.admits(Compartment::Care, Some("p2")));
        assert!(!reach.admits(Compartment::Identity, None));
        assert!(reach.check_person("p2").is_err());
    }

    #[test]
    fn an_account_without_a_person_owns_no_record() {
        let reach = person("amina");
        assert!(!reach.admits(Compartment::Identity, None));
        assert!(!reach.admits(Compartment::Identity, Some("amina")));
        assert_eq!(reach.only_person(), Some(""));
    }

    #[test]
    fn an_access_that_reaches_nothing_is_refused() {
        assert!(Reach::of(&Access::new("v", Role::Authority, Purpose::Care)).is_err());
        assert!(Reach::of(&Access::new("v", Role::Authority, Purpose::Assessment)).is_ok());
    }

    #[test]
    fn the_trail_is_read_by_those_whom_it_concerns() {
        let lines = |actor: &str, role, purpose, person: Option<&str>| {
            audit_lines(&Access::new(actor, role, purpose), person).ok()
        };
        let care = Purpose::Care;
        let assessment = Purpose::Assessment;
        assert_eq!(lines("Patient/p1", Role::Person, Purpose::Person, Some("p1")), Some(None));
        assert_eq!(lines("Patient/p1", Role::Person, Purpose::Person, Some("p2")), None);
        assert_eq!(lines("Patient/p1", Role::Person, Purpose::Person, None), None);
        assert_eq!(lines("n", Role::Nurse, care, Some("p1")), Some(None));
        assert_eq!(lines("n", Role::Nurse, assessment, Some("p1")), Some(Some(assessment)));
        assert_eq!(lines("n", Role::Nurse, care, None), None);
        assert_eq!(lines("a", Role::Administrator, Purpose::Administration, None), Some(None));
        assert_eq!(lines("v", Role::Authority, assessment, Some("p1")), None);
        assert_eq!(lines("s", Role::System, assessment, None), Some(Some(assessment)));
    }
}
