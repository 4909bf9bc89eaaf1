//! Where somebody who is signed in lets other software act for them, or does not
//! (SMART App Launch 2, authorisation code with PKCE).

mod wish;

use askama::Template;
use axum::extract::State;
use axum::http::{HeaderMap, HeaderValue, Uri, header};
use axum::response::{IntoResponse, Redirect, Response};
use axum::routing::get;
use manzil_fhir::search::words;
use manzil_journey::access::{Access, Purpose};
use manzil_journey::person::Person;
use manzil_store::limits::QUERY_WORDS_MAX;
use manzil_store::{Key, PageRequest, Query, desk};

use super::trail::purpose_key;
use super::{numbers, wording};
use crate::App;
use crate::auth::{Who, accounts};
use crate::forms::{Choice, Posted};
use crate::frame;
use crate::limits::{FOUND_ROWS_MAX, GRANT_AGE_MAX, SEARCH_CHARS_MAX};
use crate::messages::{Translator, key};
use crate::page::Page;
use crate::problem::Problem;
use crate::routes::{Admit, Route};
use crate::smart::client::purpose_code;
use crate::smart::code;
use crate::smart::grant::{Grant, Holder, seal};
use crate::smart::scope::{Interaction, Level, ResourceScope, Scope};
use wish::Wish;

pub const ROUTES: &[Route] = &[
    Route::get("/oauth/authorize", Admit::SignedIn, Purpose::Administration, || get(show)),
    Route::post("/oauth/authorize", Admit::SignedIn, Purpose::Administration, || {
        axum::routing::post(decide)
    }),
];

#[derive(Template)]
#[template(path = "authorize.html")]
struct AuthorizePage {
    page: Page,
    t: Translator,
    software: String,
    /// Where the answer goes.
    host: String,
    rows: Vec<Row>,
    offline_days: Option<i64>,
    purposes: Vec<Choice>,
    /// Set when the software is about one person.
    about: Option<About>,
    /// The request, to be sent back with the answer.
    request: Vec<(&'static str, String)>,
    wrong: String,
}

/// What a scope lets it do.
struct Row {
    whose: String,
    what: String,
    doing: String,
}

/// Choosing the one person.
struct About {
    find: String,
    found: Vec<Choice>,
    /// Somebody was looked for.
    searched: bool,
}

async fn show(
    State(app): State<App>,
    page: Page,
    who: Who,
    headers: HeaderMap,
    uri: Uri,
) -> Result<Response, Problem> {
    let asked = Posted::parse(uri.query().unwrap_or_default().as_bytes())?;
    match Wish::read(&app, &page.t, &headers, &who, &asked).await {
        Ok(wish) => draw(&app, page, &who, &wish, asked.text("find"), String::new()).await,
        Err(flaw) => flaw.answer(),
    }
}

async fn decide(
    State(app): State<App>,
    page: Page,
    who: Who,
    headers: HeaderMap,
    posted: Posted,
) -> Result<Response, Problem> {
    let wish = match Wish::read(&app, &page.t, &headers, &who, &posted).await {
        Ok(wish) => wish,
        Err(flaw) => return flaw.answer(),
    };
    if posted.text("answer") != "allow" {
        return wish.refused("access_denied", "the person did not agree").answer();
    }
    let chosen = wish.purposes.iter().find(|it| purpose_code(**it) == posted.text("purpose"));
    let Some(purpose) = chosen.copied() else {
        let wrong = page.t.get(key("authorize-no-purpose"));
        return draw(&app, page, &who, &wish, "", wrong).await;
    };
    let patient = if wish.is_about_one() {
        let found = person(&app, &who.access(purpose), posted.text("patient")).await?;
        let Some(found) = found else {
            let wrong = page.t.get(key("authorize-no-person"));
            return draw(&app, page, &who, &wish, "", wrong).await;
        };
        Some(found)
    } else {
        None
    };
    allow(&app, &who, &wish, purpose, patient).await
}

/// Hands the software its code.
async fn allow(
    app: &App,
    who: &Who,
    wish: &Wish,
    purpose: Purpose,
    patient: Option<String>,
) -> Result<Response, Problem> {
    let account = accounts::find(&*app.store, &who.account).await?.ok_or(Problem::SignedOut)?;
    let now = app.now();
    let object = format!("Client/{}", wish.client.id);
    app.store.note(&who.access(purpose), "software-let-in", &object, patient.as_deref()).await?;
    let grant = Grant {
        id: app.new_id()?,
        client: wish.client.id.clone(),
        holder: Holder::Account {
            name: account.name.clone(),
            actor: account.name.clone(),
            seal: seal(&account),
        },
        role: who.role,
        purpose,
        scopes: wish.scopes.clone(),
        patient,
        made_at: now,
        expires_at: now.checked_add(GRANT_AGE_MAX).unwrap_or(now),
    };
    let code = code::issue(app, grant, &wish.redirect_uri, &wish.challenge).await;
    let code = code.map_err(|error| Problem::Internal(error.to_string()))?;
    let fields = [("code", code.secret()), ("state", wish.state.as_str())];
    Ok(Redirect::to(&wish::address(&wish.redirect_uri, &fields)).into_response())
}

/// The id of this person, if there is one whom the account may see for the purpose.
async fn person(app: &App, access: &Access, id: &str) -> Result<Option<String>, Problem> {
    if id.is_empty() {
        return Ok(None);
    }
    let version = app.store.read(access, &Key::new("Patient", id)).await?;
    let person = desk::read_one(version.as_ref(), Person::read)?;
    Ok(person.map(|person| person.id))
}

async fn draw(
    app: &App,
    page: Page,
    who: &Who,
    wish: &Wish,
    find: &str,
    wrong: String,
) -> Result<Response, Problem> {
    let t = page.t.clone();
    let purpose = |it: &Purpose| Choice::new(purpose_code(*it), t.get(purpose_key(*it)));
    let about =
        if wish.is_about_one() { Some(about(app, &t, who, wish, find).await?) } else { None };
    let page = AuthorizePage {
        software: wish.client.name.clone(),
        host: wish::origin(&wish.redirect_uri),
        rows: wish.scopes.resources().map(|scope| row(&t, scope)).collect(),
        offline_days: wish.scopes.has(&Scope::OfflineAccess).then(|| GRANT_AGE_MAX.as_hours() / 24),
        purposes: wish.purposes.iter().map(purpose).collect(),
        about,
        request: wish.request.clone(),
        wrong,
        page,
        t,
    };
    let mut response = Page::draw(&page)?;
    let policy = frame::policy_with_form_to(&wish::origin(&wish.redirect_uri));
    let policy = HeaderValue::from_str(&policy)
        .map_err(|_| Problem::Internal("a return address that is no text".to_owned()))?;
    response.headers_mut().insert(header::CONTENT_SECURITY_POLICY, policy);
    Ok(response)
}

/// Those whom the search finds, as the account may see them for the first of its purposes.
async fn about(
    app: &App,
    t: &Translator,
    who: &Who,
    wish: &Wish,
    find: &str,
) -> Result<About, Problem> {
    let find: String = find.chars().take(SEARCH_CHARS_MAX).collect();
    let wanted = words(&find).len();
    let mut about = About { searched: wanted > 0, found: Vec::new(), find };
    let Some(purpose) = wish.purposes.first() else { return Ok(about) };
    if !(1..=QUERY_WORDS_MAX).contains(&wanted) {
        return Ok(about);
    }
    let query = Query {
        resource_type: "Patient".to_owned(),
        text: Some(about.find.clone()),
        page: PageRequest { rows_max: FOUND_ROWS_MAX, after: None },
        ..Query::default()
    };
    let rows = app.store.find(&who.access(*purpose), &query).await?.rows;
    let people = desk::read_all(&rows, Person::read)?;
    let label = |person: &Person| {
        let mut parts = vec![person.name.clone(), wording::age(t, person, app.today())];
        parts.extend(numbers::of(person));
        parts.join(&t.get(key("list-comma")))
    };
    about.found = people.iter().map(|person| Choice::new(&*person.id, label(person))).collect();
    Ok(about)
}

fn row(t: &Translator, scope: &ResourceScope) -> Row {
    let whose = match scope.level {
        Level::Patient => key("authorize-of-person"),
        Level::User | Level::System => key("authorize-of-all"),
    };
    let doing = |each: &Interaction| {
        t.get(match each {
            Interaction::Create => key("authorize-create"),
            Interaction::Read => key("authorize-read"),
            Interaction::Update => key("authorize-update"),
            Interaction::Delete => key("authorize-delete"),
            Interaction::Search => key("authorize-search"),
        })
    };
    let doing: Vec<String> = scope.interactions.iter().map(doing).collect();
    Row {
        whose: t.get(whose),
        what: scope.resource_type.clone().unwrap_or_else(|| t.get(key("authorize-everything"))),
        doing: doing.join(&t.get(key("list-comma"))),
    }
}
