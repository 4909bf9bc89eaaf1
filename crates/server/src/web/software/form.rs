//! The form by which software is registered.

use manzil_journey::access::Purpose;

use super::super::trail::purpose_key;
use crate::auth::account::{role_code, role_from_code, role_key};
use crate::forms::{Choice, Control, Field, Posted};
use crate::messages::{Translator, key};
use crate::smart::client::{BACKEND_ROLES, PURPOSES, purpose_code};
use crate::smart::registration::{Manner, Registration, Wrong};

pub(super) fn fields(t: &Translator, posted: &Posted) -> Vec<Field> {
    let text = |name: &'static str, label: &'static str, control| {
        Field::new(name, t.get(label), control).value(posted.text(name))
    };
    let kinds = vec![
        Choice::new("public", t.get(key("software-kind-public"))),
        Choice::new("secret", t.get(key("software-kind-secret"))),
        Choice::new("keys", t.get(key("software-kind-keys"))),
        Choice::new("backend", t.get(key("software-kind-backend"))),
    ];
    let roles = BACKEND_ROLES.iter().map(|it| Choice::new(role_code(*it), t.get(role_key(*it))));
    let purposes = PURPOSES.iter().map(|it| {
        let choice = Choice::new(purpose_code(*it), t.get(purpose_key(*it)));
        (choice, posted.ticked(&name_of(*it)))
    });
    vec![
        text("id", key("software-id"), Control::Code).hint(t.get(key("software-id-hint"))),
        text("name", key("software-name"), Control::Text),
        text("kind", key("software-kind"), Control::Radio(kinds)),
        text("redirects", key("software-redirects"), Control::Area)
            .hint(t.get(key("software-redirects-hint")))
            .optional(),
        text("keys", key("software-keys"), Control::Area)
            .hint(t.get(key("software-keys-hint")))
            .optional(),
        text("role", key("software-role"), Control::Select(roles.collect())).optional(),
        text("scopes", key("software-scopes"), Control::Area)
            .hint(t.get(key("software-scopes-hint"))),
        text("purpose", key("software-purposes"), Control::Ticks(purposes.collect())),
    ]
}

fn name_of(purpose: Purpose) -> String {
    format!("purpose-{}", purpose_code(purpose))
}

/// What the form asks for.
pub(super) fn asked(posted: &Posted) -> Registration {
    let uris = || posted.text("redirects").split_whitespace().map(str::to_owned).collect();
    let manner = match posted.text("kind") {
        "public" => Manner::Public(uris()),
        "secret" => Manner::Secret(uris()),
        "keys" => Manner::Keys(uris()),
        "backend" => Manner::Backend(role_from_code(posted.text("role"))),
        _ => Manner::Unknown,
    };
    let ticked = |it: &Purpose| posted.ticked(&name_of(*it));
    Registration {
        id: posted.text("id").to_owned(),
        name: posted.text("name").to_owned(),
        manner,
        keys: posted.text("keys").to_owned(),
        scopes: posted.text("scopes").to_owned(),
        purposes: PURPOSES.iter().copied().filter(ticked).collect(),
    }
}

/// Writes what is wrong beside its field.
pub(super) fn mark(t: &Translator, fields: &mut [Field], wrong: Wrong) {
    let name = match wrong {
        Wrong::Id => "id",
        Wrong::Name => "name",
        Wrong::Redirects => "redirects",
        Wrong::Role => "role",
        Wrong::Keys => "keys",
        Wrong::Scopes => "scopes",
        Wrong::Purposes => "purpose",
    };
    for field in fields.iter_mut().filter(|field| field.name == name) {
        field.error = t.get(wrong.message());
    }
}
