//! Who may read and write what, and for which purpose.
//!
//! Every read and write names an actor, a role and a purpose, and every record lies in one
//! compartment. [`permits`] is the whole policy; the store port calls it on every call, so no
//! page or route can forget to. The wall: nothing in [`Compartment::Care`] is ever readable
//! under [`Purpose::Assessment`], and the deciding authority reads [`Compartment::Disclosed`]
//! and nothing else.

use serde::{Deserialize, Serialize};

/// What somebody does at work; decides what they may see.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Role {
    Clerk,
    Nurse,
    Laboratory,
    Radiology,
    Physician,
    /// Public-health surveillance staff.
    Surveillance,
    /// The visa authority of the destination.
    Authority,
    /// The person whom the record is about.
    Person,
    Administrator,
    /// The program itself, for work that nobody asked for by hand (migration, expiry).
    System,
}

/// Why somebody reads or writes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Purpose {
    Care,
    Assessment,
    PublicHealth,
    Administration,
    Research,
    /// The person's own use of their record.
    Person,
}

/// Where a record lies, which decides who may reach it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Compartment {
    /// Organisations, practitioners, locations: about nobody in particular.
    Directory,
    /// Who the person is: demographics and migration variables.
    Identity,
    /// What the protocol in force asks for: steps, results, decisions.
    Assessment,
    /// What a clinician writes for care. Never leaves care.
    Care,
    /// What the protocol lets the deciding authority see: the certificate.
    Disclosed,
}

/// What is done to a record.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Action {
    Read,
    Write,
}

/// Who is asking, in which role and why. Named on every call to the store.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Access {
    /// Account name, or `Patient/<id>` for the person themself.
    pub actor: String,
    pub role: Role,
    pub purpose: Purpose,
    /// None for what the program does by itself.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub via: Option<Via>,
}

/// The way on which a request came in. It decides nothing; the audit trail keeps it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Via {
    /// The IP address that the connection came from.
    pub network: String,
    /// Id of the registered software that asked; none for the pages of the product itself.
    pub software: Option<String>,
}

impl Access {
    pub fn new(actor: impl Into<String>, role: Role, purpose: Purpose) -> Self {
        Self { actor: actor.into(), role, purpose, via: None }
    }

    /// Whether this access may do `action` in `compartment`.
    pub fn permits(&self, action: Action, compartment: Compartment) -> bool {
        permits(self.role, self.purpose, action, compartment)
    }
}

/// The whole access policy: least privilege by role, then by purpose.
///
/// A role may act only under the purposes that belong to it, and a purpose reaches only the
/// compartments that it needs. Both must agree.
pub fn permits(role: Role, purpose: Purpose, action: Action, compartment: Compartment) -> bool {
    role_permits(role, purpose, action, compartment) && purpose_reaches(purpose, compartment)
}

fn role_permits(role: Role, purpose: Purpose, action: Action, compartment: Compartment) -> bool {
    use Compartment::{Assessment, Care, Directory, Disclosed, Identity};
    let read = action == Action::Read;
    match role {
        Role::System => true,
        Role::Administrator => purpose == Purpose::Administration && compartment == Directory,
        Role::Clerk => {
            purpose == Purpose::Assessment
                && match compartment {
                    Identity | Assessment => true,
                    Directory | Disclosed => read,
                    Care => false,
                }
        }
        Role::Nurse | Role::Laboratory | Role::Radiology => match purpose {
            Purpose::Assessment => match compartment {
                Assessment => true,
                Identity | Directory | Disclosed => read,
                Care => false,
            },
            Purpose::Care if role == Role::Nurse => match compartment {
                Care => true,
                Identity | Assessment | Directory => read,
                Disclosed => false,
            },
            _ => false,
        },
        Role::Physician => match purpose {
            Purpose::Assessment => match compartment {
                Assessment | Disclosed => true,
                Identity | Directory => read,
                Care => false,
            },
            Purpose::Care => match compartment {
                Care => true,
                Identity | Assessment | Directory => read,
                Disclosed => false,
            },
            _ => false,
        },
        Role::Surveillance => purpose == Purpose::PublicHealth && read,
        Role::Authority => purpose == Purpose::Assessment && read && compartment == Disclosed,
        Role::Person => purpose == Purpose::Person && read,
    }
}

fn purpose_reaches(purpose: Purpose, compartment: Compartment) -> bool {
    use Compartment::{Assessment, Care, Directory, Disclosed, Identity};
    match purpose {
        Purpose::Care => compartment != Disclosed,
        Purpose::Assessment => compartment != Care,
        Purpose::PublicHealth => matches!(compartment, Directory | Identity | Assessment),
        Purpose::Administration => true,
        Purpose::Research => compartment == Directory,
        Purpose::Person => {
            matches!(compartment, Identity | Assessment | Care | Disclosed | Directory)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const ROLES: [Role; 10] = [
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
    const PURPOSES: [Purpose; 6] = [
        Purpose::Care,
        Purpose::Assessment,
        Purpose::PublicHealth,
        Purpose::Administration,
        Purpose::Research,
        Purpose::Person,
    ];
    const COMPARTMENTS: [Compartment; 5] = [
        Compartment::Directory,
        Compartment::Identity,
        Compartment::Assessment,
        Compartment::Care,
        Compartment::Disclosed,
    ];

    /// Every permitted (role, purpose, action, compartment).
    fn permitted() -> Vec<(Role, Purpose, Action, Compartment)> {
        let mut all = Vec::new();
        for role in ROLES {
            for purpose in PURPOSES {
                for action in [Action::Read, Action::Write] {
                    for compartment in COMPARTMENTS {
                        if permits(role, purpose, action, compartment) {
                            all.push((role, purpose, action, compartment));
                        }
                    }
                }
            }
        }
        all
    }

    #[test]
    fn nobody_reaches_care_for_an_assessment() {
        assert!(!permitted().iter().any(|(_, purpose, _, compartment)| {
            *purpose == Purpose::Assessment && *compartment == Compartment::Care
        }));
    }

    #[test]
    fn the_authority_reads_what_is_disclosed_and_nothing_else() {
        let reached: Vec<_> =
            permitted().into_iter().filter(|(role, ..)| *role == Role::Authority).collect();
        let only = (Role::Authority, Purpose::Assessment, Action::Read, Compartment::Disclosed);
        assert_eq!(reached, [only]);
    }

    #[test]
    fn administrators_and_researchers_see_no_person() {
        assert!(!permitted().iter().any(|(role, purpose, _, compartment)| {
            let nobody = *role == Role::Administrator || *purpose == Purpose::Research;
            nobody && *role != Role::System && *compartment != Compartment::Directory
        }));
    }

    #[test]
    fn only_physicians_write_what_is_disclosed_by_hand() {
        let writers: Vec<Role> = permitted()
            .into_iter()
            .filter(|(_, _, action, compartment)| {
                *action == Action::Write && *compartment == Compartment::Disclosed
            })
            .map(|(role, ..)| role)
            .filter(|role| *role != Role::System)
            .collect();
        assert_eq!(writers, [Role::Physician]);
    }
}
