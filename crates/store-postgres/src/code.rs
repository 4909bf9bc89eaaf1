//! Roles, purposes, compartments, times and hashes as they stand in columns.

use jiff::Timestamp;
use manzil_journey::access::{Compartment, Purpose, Role};
use manzil_store::names::{COMPARTMENTS, PURPOSES, ROLES};
use manzil_store::{StoreError, chain::Hash};

use crate::fault;

pub(crate) fn from_role(role: Role) -> i16 {
    place(&ROLES, role)
}

pub(crate) fn from_purpose(purpose: Purpose) -> i16 {
    place(&PURPOSES, purpose)
}

pub(crate) fn from_compartment(compartment: Compartment) -> i16 {
    place(&COMPARTMENTS, compartment)
}

pub(crate) fn role(code: i16) -> Result<Role, StoreError> {
    at(&ROLES, code, "role")
}

pub(crate) fn purpose(code: i16) -> Result<Purpose, StoreError> {
    at(&PURPOSES, code, "purpose")
}

pub(crate) fn compartment(code: i16) -> Result<Compartment, StoreError> {
    at(&COMPARTMENTS, code, "compartment")
}

/// A set of compartments as the bits that `find` and its relatives test.
pub(crate) fn mask(compartments: impl Iterator<Item = Compartment>) -> i32 {
    compartments.fold(0, |mask, each| mask | 1 << from_compartment(each))
}

pub(crate) fn time(milliseconds: i64) -> Result<Timestamp, StoreError> {
    Timestamp::from_millisecond(milliseconds)
        .map_err(|_| fault::damaged(format!("a stored time is out of range: {milliseconds}")))
}

pub(crate) fn hash(bytes: &[u8]) -> Result<Hash, StoreError> {
    bytes.try_into().map_err(|_| fault::damaged("a stored hash does not have 32 bytes"))
}

/// A number as PostgreSQL keeps it. Ours count from 1 and do not reach the sign.
pub(crate) fn signed(number: u64) -> i64 {
    i64::try_from(number).unwrap_or(i64::MAX)
}

/// A count or number that PostgreSQL keeps signed.
pub(crate) fn count(number: i64) -> u64 {
    u64::try_from(number).unwrap_or_default()
}

fn place<T: PartialEq>(all: &[T], one: T) -> i16 {
    all.iter().position(|each| *each == one).map_or(-1, |place| place as i16)
}

fn at<T: Copy>(all: &[T], code: i16, of_what: &str) -> Result<T, StoreError> {
    let found = usize::try_from(code).ok().and_then(|code| all.get(code));
    found.copied().ok_or_else(|| fault::damaged(format!("unknown {of_what} number {code}")))
}
