//! Making and changing an account, for the administrator; the fields and checks are shared with
//! the first run and with one's own page.

mod checks;

use askama::Template;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect, Response};
use axum::routing::{get, post};
use manzil_journey::access::{Purpose, Role};

use super::accounts::ADMINISTRATOR;
use crate::App;
use crate::auth::account::{ROLES, normal_name, role_code, role_from_code, role_key};
use crate::auth::{Account, Who, accounts, session};
use crate::forms::{Choice, Control, Field, Posted, any_wrong};
use crate::messages::{Translator, key};
use crate::page::Page;
use crate::problem::Problem;
use crate::routes::Route;

pub(crate) use checks::{check_name, check_password, check_person};

pub const ROUTES: &[Route] = &[
    Route::get("/accounts/new", ADMINISTRATOR, Purpose::Administration, || get(show_new)),
    Route::post("/accounts/new", ADMINISTRATOR, Purpose::Administration, || post(make)),
    Route::get("/accounts/{name}", ADMINISTRATOR, Purpose::Administration, || get(show)),
    Route::post("/accounts/{name}", ADMINISTRATOR, Purpose::Administration, || post(change)),
];

#[derive(Template)]
#[template(path = "account_form.html")]
struct AccountPage {
    page: Page,
    t: Translator,
    fields: Vec<Field>,
    /// The account that is changed; none for a new one.
    name: Option<String>,
}

async fn show_new(page: Page) -> Result<Response, Problem> {
    let fields = new_fields(&page.t, &Posted::default());
    Page::draw(&AccountPage { t: page.t.clone(), page, fields, name: None })
}

async fn make(
    State(app): State<App>,
    page: Page,
    who: Who,
    posted: Posted,
) -> Result<Response, Problem> {
    let _held = app.gate.accounts.lock().await;
    let others = accounts::list(&*app.store).await?;
    let role = role_from_code(posted.text("role"));
    let mut fields = new_fields(&page.t, &posted);
    check_name(&page.t, &mut fields, &others);
    checks::check_role(&page.t, &mut fields, role);
    check_person(&page.t, &mut fields, role.unwrap_or(Role::Clerk));
    check_password(&page.t, &mut fields, posted.text("account"), &posted);
    let Some(role) = role.filter(|_| !any_wrong(&fields)) else {
        let page = AccountPage { t: page.t.clone(), page, fields, name: None };
        return Page::draw_as(StatusCode::UNPROCESSABLE_ENTITY, &page);
    };
    let new = NewAccount {
        name: posted.text("account"),
        display_name: posted.text("display_name"),
        role,
        registration: posted.filled("registration"),
        password: posted.exact("password"),
        must_change_password: true,
    };
    let account = new.make(&app).await?;
    accounts::put(&*app.store, &account).await?;
    note(&app, &who, "account-made", &account.name).await?;
    Ok(Redirect::to("/accounts?notice=notice-account-made").into_response())
}

async fn show(
    State(app): State<App>,
    page: Page,
    Path(name): Path<String>,
) -> Result<Response, Problem> {
    let account = accounts::find(&*app.store, &name).await?.ok_or(Problem::NotFound)?;
    let fields = change_fields(&page.t, &posted_from(&account)?);
    Page::draw(&AccountPage { t: page.t.clone(), page, fields, name: Some(account.name) })
}

async fn change(
    State(app): State<App>,
    page: Page,
    who: Who,
    Path(name): Path<String>,
    posted: Posted,
) -> Result<Response, Problem> {
    let _held = app.gate.accounts.lock().await;
    let mut account = accounts::find(&*app.store, &name).await?.ok_or(Problem::NotFound)?;
    let others = accounts::list(&*app.store).await?;
    let role = role_from_code(posted.text("role"));
    let disabled = posted.ticked("disabled");
    let mut fields = change_fields(&page.t, &posted);
    checks::check_role(&page.t, &mut fields, role);
    check_person(&page.t, &mut fields, role.unwrap_or(account.role));
    let still_administers = role == Some(Role::Administrator) && !disabled;
    checks::check_last_administrator(&page.t, &mut fields, &others, &name, still_administers);
    if !posted.exact("password").is_empty() {
        check_password(&page.t, &mut fields, &name, &posted);
    }
    let Some(role) = role.filter(|_| !any_wrong(&fields)) else {
        let page = AccountPage { t: page.t.clone(), page, fields, name: Some(name) };
        return Page::draw_as(StatusCode::UNPROCESSABLE_ENTITY, &page);
    };
    account.display_name = posted.text("display_name").to_owned();
    account.role = role;
    account.registration = posted.filled("registration");
    account.disabled = disabled;
    if !posted.exact("password").is_empty() {
        account.password_hash = app.hash_password(posted.exact("password").to_owned()).await?;
        account.must_change_password = account.name != who.account;
    }
    accounts::put(&*app.store, &account).await?;
    if account.name != who.account {
        session::end_all(&*app.store, &account.name).await?;
    }
    note(&app, &who, "account-changed", &account.name).await?;
    Ok(Redirect::to("/accounts?notice=notice-account-changed").into_response())
}

async fn note(app: &App, who: &Who, what: &str, account: &str) -> Result<(), Problem> {
    let access = who.access(Purpose::Administration);
    Ok(app.store.note(&access, what, &format!("Account/{account}"), None).await?)
}

/// What a checked form says about an account that is to be made.
pub(crate) struct NewAccount<'a> {
    pub(crate) name: &'a str,
    pub(crate) display_name: &'a str,
    pub(crate) role: Role,
    pub(crate) registration: Option<String>,
    pub(crate) password: &'a str,
    pub(crate) must_change_password: bool,
}

impl NewAccount<'_> {
    pub(crate) async fn make(self, app: &App) -> Result<Account, Problem> {
        let name = normal_name(self.name)
            .ok_or_else(|| Problem::Internal("an unchecked account name".to_owned()))?;
        Ok(Account {
            name,
            display_name: self.display_name.to_owned(),
            role: self.role,
            registration: self.registration,
            language: None,
            password_hash: app.hash_password(self.password.to_owned()).await?,
            must_change_password: self.must_change_password,
            disabled: false,
            made_at: app.now(),
        })
    }
}

/// An account as the form that would make it.
fn posted_from(account: &Account) -> Result<Posted, Problem> {
    let pairs = [
        ("display_name", account.display_name.as_str()),
        ("role", &role_code(account.role)),
        ("registration", account.registration.as_deref().unwrap_or_default()),
        ("disabled", if account.disabled { "yes" } else { "" }),
    ]
    .map(|(name, value)| format!("{name}={}", crate::cookie::encode(value)));
    Posted::parse(pairs.join("&").as_bytes())
}

fn new_fields(t: &Translator, posted: &Posted) -> Vec<Field> {
    let mut fields = vec![name_field(t, posted.text("account"))];
    fields.extend(person_fields(t, posted));
    fields.extend(new_password_fields(t));
    for field in fields.iter_mut().filter(|field| field.name == "password") {
        field.hint = t.get(key("password-first-hint"));
    }
    fields
}

fn change_fields(t: &Translator, posted: &Posted) -> Vec<Field> {
    let mut fields = person_fields(t, posted);
    let disabled = if posted.ticked("disabled") { "yes" } else { "" };
    fields.push(
        Field::new("disabled", t.get(key("account-disabled")), Control::Checkbox)
            .hint(t.get(key("account-disabled-hint")))
            .value(disabled)
            .optional(),
    );
    fields.extend(new_password_fields(t).into_iter().map(Field::optional));
    for field in fields.iter_mut().filter(|field| field.name == "password") {
        field.hint = t.get(key("password-reset-hint"));
    }
    fields
}

pub(crate) fn name_field(t: &Translator, value: &str) -> Field {
    Field::new("account", t.get(key("account-name")), Control::Code)
        .hint(t.get(key("account-name-hint")))
        .value(value)
        .autocomplete("username")
}

pub(crate) fn display_name_field(t: &Translator, value: &str) -> Field {
    Field::new("display_name", t.get(key("display-name")), Control::Text)
        .hint(t.get(key("display-name-hint")))
        .value(value)
        .autocomplete("name")
}

fn person_fields(t: &Translator, posted: &Posted) -> Vec<Field> {
    let role = |role: &Role| Choice::new(role_code(*role), t.get(role_key(*role)));
    vec![
        display_name_field(t, posted.text("display_name")),
        Field::new("role", t.get(key("role")), Control::Radio(ROLES.iter().map(role).collect()))
            .value(posted.text("role")),
        Field::new("registration", t.get(key("registration")), Control::Code)
            .hint(t.get(key("registration-hint")))
            .value(posted.text("registration"))
            .optional(),
    ]
}

/// A new password, twice.
pub(crate) fn new_password_fields(t: &Translator) -> Vec<Field> {
    vec![
        Field::new("password", t.get(key("password-new")), Control::Password)
            .hint(t.get(key("password-hint")))
            .autocomplete("new-password"),
        Field::new("password_again", t.get(key("password-again")), Control::Password)
            .autocomplete("new-password"),
    ]
}
