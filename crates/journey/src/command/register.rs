//! Registering a person by hand.

use jiff::civil::Date;
use manzil_fhir::date::BirthDate;

use super::Context;
use crate::access::{Compartment, Role};
use crate::change::{Changes, Draft, Refusal};
use crate::coding::PERSON_SYSTEM;
use crate::person::{Identifier, MigrationVariables, Person, Sex};

/// What the clerk knows. Only a name is needed, and a pseudonym will do.
#[derive(Clone, Debug, Default)]
pub struct Registration {
    pub name: String,
    pub number: Option<String>,
    pub sex: Option<Sex>,
    pub birth: Option<BirthDate>,
    pub language: Option<String>,
    pub migration: MigrationVariables,
}

/// Registers a person; returns the new `Patient` id with the changes.
pub fn register(
    registration: Registration,
    context: &mut Context<'_>,
) -> Result<(String, Changes), Refusal> {
    context.require_role(&[Role::Clerk, Role::System], "registering a person")?;
    check(&registration, context.today)?;
    let person = Person {
        id: context.new_id(),
        identifiers: registration
            .number
            .map(|number| Identifier::new(PERSON_SYSTEM, number))
            .into_iter()
            .collect(),
        name: registration.name.trim().to_owned(),
        family: None,
        given: None,
        sex: registration.sex,
        birth: registration.birth,
        language: registration.language,
        migration: registration.migration,
    };
    let mut changes = Changes::new("register person");
    changes.push(Draft {
        resource: person.write_to(None),
        person: Some(person.id.clone()),
        compartment: Compartment::Identity,
        replaces: None,
    });
    Ok((person.id, changes))
}

/// Refuses what cannot be: nobody without a name, nobody born tomorrow.
pub(super) fn check(registration: &Registration, today: Date) -> Result<(), Refusal> {
    if registration.name.trim().is_empty() {
        return Err(Refusal::new(
            "MZ-0403",
            "name",
            "the name is missing",
            "write the name as the person writes it; a pseudonym is allowed",
        ));
    }
    if registration.birth.is_some_and(|birth| birth.range().start > today) {
        return Err(Refusal::new(
            "MZ-0404",
            "birth date",
            "the birth date is in the future",
            "check the year",
        ));
    }
    Ok(())
}
