//! One account: somebody who may sign in.

use jiff::Timestamp;
use manzil_journey::access::Role;
use serde::{Deserialize, Serialize};

use crate::limits::{ACCOUNT_NAME_CHARS_MAX, ACCOUNT_NAME_CHARS_MIN};
use crate::messages::key;

/// Somebody who may sign in. Stored as JSON under its name.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Account {
    /// What is typed to sign in; lower case, unique.
    pub name: String,
    /// The person's name as it stands on a certificate.
    pub display_name: String,
    pub role: Role,
    /// The physician's registration number with their authority.
    pub registration: Option<String>,
    /// The language they read; none follows the device.
    pub language: Option<String>,
    /// Argon2id in PHC string format.
    pub password_hash: String,
    /// They were given a password by somebody else and must choose their own.
    pub must_change_password: bool,
    pub disabled: bool,
    pub made_at: Timestamp,
}

/// The roles that an administrator can give. The person, the authority and the program itself
/// do not sign in here.
pub const ROLES: &[Role] = &[
    Role::Clerk,
    Role::Nurse,
    Role::Laboratory,
    Role::Radiology,
    Role::Physician,
    Role::Surveillance,
    Role::Administrator,
];

/// The message that names a role.
pub fn role_key(role: Role) -> &'static str {
    match role {
        Role::Clerk => key("role-clerk"),
        Role::Nurse => key("role-nurse"),
        Role::Laboratory => key("role-laboratory"),
        Role::Radiology => key("role-radiology"),
        Role::Physician => key("role-physician"),
        Role::Surveillance => key("role-surveillance"),
        Role::Authority => key("role-authority"),
        Role::Person => key("role-person"),
        Role::Administrator => key("role-administrator"),
        Role::System => key("role-system"),
    }
}

/// The word that stands for a role in a form.
pub fn role_code(role: Role) -> String {
    let text = serde_json::to_value(role).ok();
    text.as_ref().and_then(serde_json::Value::as_str).unwrap_or_default().to_owned()
}

/// The role that a form names, if an account can have it.
pub fn role_from_code(code: &str) -> Option<Role> {
    ROLES.iter().copied().find(|role| role_code(*role) == code)
}

/// An account name as it is stored: trimmed and in lower case. None when it cannot be one.
pub fn normal_name(typed: &str) -> Option<String> {
    let name = typed.trim().to_lowercase();
    let length = name.chars().count();
    let fits = (ACCOUNT_NAME_CHARS_MIN..=ACCOUNT_NAME_CHARS_MAX).contains(&length);
    let plain = name.chars().all(|c| c.is_alphanumeric() || matches!(c, '.' | '-' | '_'));
    (fits && plain).then_some(name)
}
