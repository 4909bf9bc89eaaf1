//! What must hold of an account before it is written. Each check puts its words on the field.

use manzil_journey::access::Role;

use crate::auth::Account;
use crate::auth::account::normal_name;
use crate::auth::password::{Weakness, weakness};
use crate::forms::{Field, Posted};
use crate::limits::{
    ACCOUNT_NAME_CHARS_MAX, ACCOUNT_NAME_CHARS_MIN, ACCOUNTS_MAX, DISPLAY_NAME_CHARS_MAX,
    PASSWORD_CHARS_MAX, PASSWORD_CHARS_MIN,
};
use crate::messages::{Translator, key};

/// The account name can be one, and is free.
pub(crate) fn check_name(t: &Translator, fields: &mut [Field], others: &[Account]) {
    let Some(field) = field(fields, "account") else { return };
    let Some(name) = normal_name(&field.value) else {
        field.error = t.with(
            key("account-name-wrong"),
            &[("least", &ACCOUNT_NAME_CHARS_MIN), ("most", &ACCOUNT_NAME_CHARS_MAX)],
        );
        return;
    };
    if name == "new" || others.iter().any(|other| other.name == name) {
        field.error = t.with(key("account-name-taken"), &[("name", &name)]);
    } else if others.len() >= ACCOUNTS_MAX {
        field.error = t.with(key("accounts-full"), &[("most", &ACCOUNTS_MAX)]);
    }
}

/// There is a name, and a physician has a registration number.
pub(crate) fn check_person(t: &Translator, fields: &mut [Field], role: Role) {
    if let Some(field) = field(fields, "display_name") {
        let length = field.value.chars().count();
        if !(2..=DISPLAY_NAME_CHARS_MAX).contains(&length) {
            field.error = t.with(key("display-name-wrong"), &[("most", &DISPLAY_NAME_CHARS_MAX)]);
        }
    }
    if let Some(field) = field(fields, "registration") {
        let length = field.value.chars().count();
        if role == Role::Physician && length == 0 {
            field.error = t.get(key("registration-missing"));
        } else if length > DISPLAY_NAME_CHARS_MAX {
            field.error = t.with(key("registration-long"), &[("most", &DISPLAY_NAME_CHARS_MAX)]);
        }
    }
}

pub(super) fn check_role(t: &Translator, fields: &mut [Field], role: Option<Role>) {
    if let Some(field) = field(fields, "role").filter(|_| role.is_none()) {
        field.error = t.get(key("role-missing"));
    }
}

/// The new password is good, and was typed the same twice.
pub(crate) fn check_password(t: &Translator, fields: &mut [Field], account: &str, posted: &Posted) {
    let password = posted.exact("password");
    let weakness = weakness(account, password);
    if let Some(field) = field(fields, "password") {
        field.error = match weakness {
            None => String::new(),
            Some(Weakness::TooShort) => {
                t.with(key("password-short"), &[("least", &PASSWORD_CHARS_MIN)])
            }
            Some(Weakness::TooLong) => {
                t.with(key("password-long"), &[("most", &PASSWORD_CHARS_MAX)])
            }
            Some(Weakness::SameAsAccount) => t.get(key("password-like-account")),
            Some(Weakness::OneCharacter) => t.get(key("password-one-character")),
        };
    }
    if let Some(field) = field(fields, "password_again")
        && password != posted.exact("password_again")
    {
        field.error = t.get(key("password-differs"));
    }
}

/// Somebody who can administer must remain.
pub(super) fn check_last_administrator(
    t: &Translator,
    fields: &mut [Field],
    accounts: &[Account],
    name: &str,
    still_administers: bool,
) {
    let another =
        accounts.iter().any(|it| it.name != name && it.role == Role::Administrator && !it.disabled);
    if let Some(field) = field(fields, "role").filter(|_| !another && !still_administers) {
        field.error = t.get(key("last-administrator"));
    }
}

fn field<'a>(fields: &'a mut [Field], name: &str) -> Option<&'a mut Field> {
    fields.iter_mut().find(|field| field.name == name)
}
