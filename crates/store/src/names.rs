//! The stable names of roles, purposes and compartments, as they are hashed and stored.
//!
//! Names of released versions never change: every hash of the audit chain depends on them.

use manzil_journey::access::{Compartment, Purpose, Role};

/// Every compartment, in the order of their stored numbers.
pub const COMPARTMENTS: [Compartment; 5] = [
    Compartment::Directory,
    Compartment::Identity,
    Compartment::Assessment,
    Compartment::Care,
    Compartment::Disclosed,
];

/// Every purpose, in the order of their stored numbers.
pub const PURPOSES: [Purpose; 6] = [
    Purpose::Care,
    Purpose::Assessment,
    Purpose::PublicHealth,
    Purpose::Administration,
    Purpose::Research,
    Purpose::Person,
];

/// Every role, in the order of their stored numbers.
pub const ROLES: [Role; 10] = [
    Role::Clerk,
    Role::Nurse,
    Role::Laboratory,
    Role::Radiology,
    Role::Physician,
    Role::Surveillance,
    Role::Authority,
    Role::Person,
    Role::Administrator,
    Role::System,
];

/// The stable name of a role.
pub fn role(role: Role) -> &'static str {
    match role {
        Role::Clerk => "clerk",
        Role::Nurse => "nurse",
        Role::Laboratory => "laboratory",
        Role::Radiology => "radiology",
        Role::Physician => "physician",
        Role::Surveillance => "surveillance",
        Role::Authority => "authority",
        Role::Person => "person",
        Role::Administrator => "administrator",
        Role::System => "system",
    }
}

/// The stable name of a purpose.
pub fn purpose(purpose: Purpose) -> &'static str {
    match purpose {
        Purpose::Care => "care",
        Purpose::Assessment => "assessment",
        Purpose::PublicHealth => "public-health",
        Purpose::Administration => "administration",
        Purpose::Research => "research",
        Purpose::Person => "person",
    }
}

/// The stable name of a compartment.
pub fn compartment(compartment: Compartment) -> &'static str {
    match compartment {
        Compartment::Directory => "directory",
        Compartment::Identity => "identity",
        Compartment::Assessment => "assessment",
        Compartment::Care => "care",
        Compartment::Disclosed => "disclosed",
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde::Serialize;

    fn written(value: impl Serialize) -> String {
        serde_json::to_value(value).unwrap().as_str().unwrap().to_owned()
    }

    /// One spelling everywhere: hashes, exports and the database agree.
    #[test]
    fn names_are_those_of_the_exports() {
        for each in ROLES {
            assert_eq!(role(each), written(each));
        }
        for each in PURPOSES {
            assert_eq!(purpose(each), written(each));
        }
        for each in COMPARTMENTS {
            assert_eq!(compartment(each), written(each));
        }
    }
}
