//! The numbers by which a person is known.

use manzil_journey::coding::ROW_SYSTEM;
use manzil_journey::person::Person;

/// What somebody gave the person; not what the import made of a row without a number.
pub(super) fn of(person: &Person) -> Vec<String> {
    let given = person.identifiers.iter().filter(|each| each.system != ROW_SYSTEM);
    given.map(|each| each.value.clone()).collect()
}
