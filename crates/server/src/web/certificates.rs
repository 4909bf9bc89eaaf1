//! Certificates, the newest first, and the search for one by its check code or by a number of
//! the person.

use askama::Template;
use axum::extract::{Query as Wanted, State};
use axum::response::Response;
use axum::routing::get;
use manzil_journey::access::{Access, Purpose, Role};
use manzil_journey::certificate::Certificate;
use manzil_journey::coding::CERTIFICATE_SYSTEM;
use manzil_store::query::{DateTerm, PageRequest, Query};
use manzil_store::{Found, desk};
use serde::Deserialize;

use super::certificate::{Both, Verdict};
use crate::App;
use crate::auth::who::Acting;
use crate::limits::{
    CERTIFICATES_MAX, CERTIFICATES_OF_DAY_MAX, CERTIFICATES_WANTED, SAME_NUMBER_MAX,
};
use crate::messages::{Translator, key};
use crate::page::Page;
use crate::problem::Problem;
use crate::routes::{Admit, Route};

pub const ROUTES: &[Route] = &[Route::get(
    "/certificates",
    Admit::Roles(&[Role::Physician, Role::Authority]),
    Purpose::Assessment,
    || get(list),
)
.in_menu(key("menu-certificates"))];

const DAY_SECONDS: i64 = 86_400;
/// A stretch longer than this, a century, is all there is.
const ALL_DAYS: i64 = 36_500;

#[derive(Template)]
#[template(path = "certificates.html")]
struct CertificatesPage {
    page: Page,
    t: Translator,
    rows: Vec<Row>,
    wanted: String,
    /// Where the older ones are.
    older: Option<String>,
    /// This is not the first page.
    later: bool,
}

struct Row {
    path: String,
    name: String,
    numbers: String,
    class: String,
    verdict: Verdict,
    issued: String,
    code: String,
}

#[derive(Debug, Default, Deserialize)]
struct Wish {
    #[serde(default)]
    q: String,
    /// Only those issued before this second since 1970.
    before: Option<i64>,
}

async fn list(
    State(app): State<App>,
    Acting(access): Acting,
    page: Page,
    Wanted(wish): Wanted<Wish>,
) -> Result<Response, Problem> {
    let wanted = wish.q.trim().to_owned();
    let (found, older) = match (wanted.is_empty(), check_code(&wanted)) {
        (true, _) => newest(&app, &access, wish.before).await?,
        (false, Some(code)) => (by_code(&app, &access, &code).await?, None),
        (false, None) => (by_number(&app, &access, &wanted).await?, None),
    };
    let t = page.t.clone();
    let both = Both::new(&app, &t);
    let today = app.today();
    let mut certificates = desk::read_all(&found, Certificate::read)?;
    certificates.sort_by(|a, b| (b.issued_at, &b.id).cmp(&(a.issued_at, &a.id)));
    let rows = certificates.iter().map(|it| row(&t, it, both.verdict(it, today))).collect();
    let older = older.map(|before| format!("/certificates?before={before}"));
    Page::draw(&CertificatesPage { rows, wanted, older, later: wish.before.is_some(), page, t })
}

fn row(t: &Translator, certificate: &Certificate, verdict: Verdict) -> Row {
    let statement = &certificate.statement;
    let class: Vec<&str> = statement.class.iter().map(|each| each.label.get(t.tag())).collect();
    Row {
        path: format!("/certificates/{}", certificate.id),
        name: statement.name.clone(),
        numbers: statement.identifiers.join(&t.get(key("list-comma"))),
        class: class.join(&t.get(key("list-semicolon"))),
        verdict,
        issued: t.date(statement.issued_on),
        code: certificate.check_code(),
    }
}

/// A check code however it was copied from paper: `3f2a1 09bce` is `3F2A1-09BCE`.
fn check_code(text: &str) -> Option<String> {
    let digits: String = text.chars().filter(char::is_ascii_alphanumeric).collect();
    let is_code = digits.len() == 10 && digits.chars().all(|digit| digit.is_ascii_hexdigit());
    let digits = is_code.then(|| digits.to_ascii_uppercase())?;
    let (front, back) = digits.split_at_checked(5)?;
    Some(format!("{front}-{back}"))
}

fn certificates() -> Query {
    Query { resource_type: "Composition".to_owned(), ..Query::default() }
}

async fn by_code(app: &App, access: &Access, code: &str) -> Result<Vec<Found>, Problem> {
    let token = format!("{CERTIFICATE_SYSTEM}|{code}");
    let query = Query { tokens: vec![("identifier".to_owned(), token)], ..certificates() };
    let mut found = app.store.find(access, &query).await?.rows;
    if found.is_empty() {
        // Ten digits can be a person's number as well.
        found = by_number(app, access, &code.replace('-', "")).await?;
    }
    Ok(found)
}

/// The certificates of the people with a number. The program looks up the people; whoever asks
/// is shown no more of them than their certificates.
async fn by_number(app: &App, access: &Access, number: &str) -> Result<Vec<Found>, Problem> {
    let program = Access { role: Role::System, ..access.clone() };
    let people = Query {
        resource_type: "Patient".to_owned(),
        tokens: vec![("identifier".to_owned(), number.to_owned())],
        page: PageRequest { rows_max: SAME_NUMBER_MAX, after: None },
        ..Query::default()
    };
    let mut found = Vec::new();
    for person in app.store.find(&program, &people).await?.rows {
        let query = Query { person: Some(person.key.id), ..certificates() };
        found.extend(app.store.find(access, &query).await?.rows);
    }
    Ok(found)
}

/// The certificates issued last before a moment, and the moment before which there are more.
///
/// The store gives the oldest first, so a stretch of time is sought that holds about as many as
/// a page shows.
async fn newest(
    app: &App,
    access: &Access,
    before: Option<i64>,
) -> Result<(Vec<Found>, Option<i64>), Problem> {
    let until = before.unwrap_or_else(|| app.now().as_second() + 1);
    let mut days: i64 = 30;
    let mut narrowed = false;
    loop {
        let is_all = days > ALL_DAYS;
        let from = if is_all { i64::MIN } else { until - days * DAY_SECONDS };
        let rows_max = if days == 1 { CERTIFICATES_OF_DAY_MAX } else { CERTIFICATES_MAX };
        let date = DateTerm { parameter: "date".to_owned(), from, until, within: false };
        let page = PageRequest { rows_max, after: None };
        let query = Query { dates: vec![date], page, ..certificates() };
        let found = app.store.find(access, &query).await?;
        if found.rows.len() < CERTIFICATES_WANTED && !is_all && !narrowed {
            days *= 12;
        } else if found.next.is_some() && days > 1 {
            narrowed = true;
            days = (days / 12).max(1);
        } else {
            return Ok((found.rows, (!is_all).then_some(from)));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::check_code;

    #[test]
    fn a_check_code_is_read_as_it_was_copied() {
        for text in ["3F2A1-09BCE", "3f2a1 09bce", " 3f2a109bce "] {
            assert_eq!(check_code(text).as_deref(), Some("3F2A1-09BCE"), "{text}");
        }
        for text in ["", "3F2A1", "XYZ12-00000", "3F2A1-09BCE-1"] {
            assert_eq!(check_code(text), None, "{text}");
        }
    }
}
