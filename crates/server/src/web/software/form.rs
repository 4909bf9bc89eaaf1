//! The form by which software is registered, and what is wrong with it.

use std::collections::BTreeSet;

use manzil_journey::access::Purpose;

use super::super::authorize::purpose_code;
use super::super::trail::purpose_key;
use crate::App;
use crate::auth::Who;
use crate::auth::account::{normal_name, role_code, role_key};
use crate::auth::token::Token;
use crate::forms::{Choice, Control, Field, Posted};
use crate::limits::{NAME_CHARS_MAX, REDIRECTS_MAX};
use crate::messages::{Translator, key};
use crate::problem::Problem;
use crate::smart::client::{BACKEND_ROLES, Client, Kind, PURPOSES, Proof, secret_hash};
use crate::smart::jwks;
use crate::smart::scope::Scopes;

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
    let mut fields = vec![
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
    ];
    fields.extend(PURPOSES.iter().map(|it| {
        let name = name_of(*it);
        let ticked = if posted.ticked(&name) { "yes" } else { "" };
        Field::new(name, t.get(purpose_key(*it)), Control::Checkbox).value(ticked).optional()
    }));
    fields
}

fn name_of(purpose: Purpose) -> String {
    format!("purpose-{}", purpose_code(purpose))
}

pub(super) fn wrong(fields: &mut [Field], name: &str, text: String) {
    for field in fields.iter_mut().filter(|field| field.name == name) {
        field.error.clone_from(&text);
    }
}

/// The client that the form describes, with its secret if it has one; none when something is
/// wrong, which then stands in the fields.
pub(super) fn read(
    app: &App,
    t: &Translator,
    who: &Who,
    posted: &Posted,
    fields: &mut [Field],
) -> Result<Option<(Client, String)>, Problem> {
    let mut bad = |name: &str, message| wrong(fields, name, t.get(message));
    let id = normal_name(posted.text("id")).filter(|it| it.is_ascii() && it == posted.text("id"));
    let name = posted.filled("name").filter(|it| it.chars().count() <= NAME_CHARS_MAX);
    let secret = Token::new(&*app.entropy)?.secret().to_owned();
    let id_text = id.clone().unwrap_or_default();
    let keys = jwks::read(posted.text("keys"));
    let (is_secret, needs_keys) =
        (posted.text("kind") == "secret", !matches!(posted.text("kind"), "public" | "secret"));
    let proof = match (posted.text("kind"), keys) {
        ("public", _) => Some(Proof::Public),
        ("secret", _) => Some(Proof::Secret { hash: secret_hash(&id_text, &secret) }),
        (_, Ok(keys)) => Some(Proof::Keys { keys }),
        _ => None,
    };
    let kind = kind(posted);
    let scopes =
        Scopes::parse(posted.text("scopes")).ok().filter(|it| it.resources().next().is_some());
    let purposes: BTreeSet<Purpose> =
        PURPOSES.iter().copied().filter(|it| posted.ticked(&name_of(*it))).collect();
    let is_backend = posted.text("kind") == "backend";
    let purposes_fit = if is_backend { purposes.len() == 1 } else { !purposes.is_empty() };
    if id.is_none() {
        bad("id", key("software-id-wrong"));
    }
    if name.is_none() {
        bad("name", key("software-name-wrong"));
    }
    if proof.is_none() && needs_keys {
        bad("keys", key("software-keys-wrong"));
    }
    if kind.is_none() {
        bad(if is_backend { "role" } else { "redirects" }, key("software-kind-wrong"));
    }
    if scopes.is_none() {
        bad("scopes", key("software-scopes-wrong"));
    }
    if !purposes_fit {
        bad(&name_of(Purpose::Care), key("software-purposes-wrong"));
    }
    let whole = (id, name, proof, kind, scopes);
    let (Some(id), Some(name), Some(proof), Some(kind), Some(scopes)) = whole else {
        return Ok(None);
    };
    let client = Client {
        id,
        name,
        kind,
        proof,
        scopes,
        purposes,
        disabled: false,
        made_at: app.now(),
        made_by: who.account.clone(),
    };
    Ok(Some((client, if is_secret { secret } else { String::new() })))
}

fn kind(posted: &Posted) -> Option<Kind> {
    match posted.text("kind") {
        "backend" => {
            let mut roles = BACKEND_ROLES.iter().copied();
            let role = roles.find(|role| role_code(*role) == posted.text("role"))?;
            Some(Kind::Backend { role })
        }
        "public" | "secret" | "keys" => {
            let uris = posted.text("redirects").split_whitespace().map(str::to_owned);
            let redirect_uris: BTreeSet<String> = uris.collect();
            let fit = (1..=REDIRECTS_MAX).contains(&redirect_uris.len())
                && redirect_uris.iter().all(|uri| may_return_to(uri));
            fit.then_some(Kind::App { redirect_uris, launch_uri: None })
        }
        _ => None,
    }
}

/// `https`, `http` on this machine, or the scheme of an app (with a point in it, RFC 8252). What
/// would break out of the policy of the page of consent, or be cut off, is refused.
fn may_return_to(uri: &str) -> bool {
    let plain = uri.bytes().all(|b| b.is_ascii_graphic() && !b"#;,'\"<>\\*@".contains(&b));
    let Some((scheme, rest)) = uri.split_once(':') else { return false };
    let host = rest.trim_start_matches('/').split(['/', '?', ':']).next().unwrap_or_default();
    let leads = match scheme {
        "https" => rest.starts_with("//") && !host.is_empty(),
        "http" => rest.starts_with("//") && matches!(host, "localhost" | "127.0.0.1"),
        other => {
            let named = |b: u8| b.is_ascii_alphanumeric() || b".-+".contains(&b);
            other.contains('.') && other.bytes().all(named)
        }
    };
    plain && leads
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_answer_goes_to_addresses_that_can_be_kept() {
        for good in ["https://a.example/b?c=d", "http://localhost:80/x", "org.example.app:/back"] {
            assert!(may_return_to(good), "{good}");
        }
        for bad in [
            "http://a.example/",
            "javascript:x",
            "https://a.example/#x",
            "https:/a",
            "data:x",
            "https://a;script-src",
            "https://a,b",
            "",
            "https://",
            "http://localhost@evil.example/",
        ] {
            assert!(!may_return_to(bad), "{bad}");
        }
    }
}
