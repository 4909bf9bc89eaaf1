//! A certificate as one printed page, in the reader's language and in English.

use askama::Template;
use axum::extract::{Path, State};
use axum::response::Response;
use axum::routing::get;
use jiff::civil::Date;
use manzil_journey::access::{Access, Purpose, Role};
use manzil_journey::certificate::{Certificate, State as Standing};
use manzil_journey::person::Sex;
use manzil_protocol::Text;
use manzil_store::change::{Key, check_id};
use manzil_store::desk;
use manzil_store::query::Query;

use super::components::State as Shape;
use super::wording;
use crate::App;
use crate::auth::who::Acting;
use crate::messages::{FALLBACK, Translator, key};
use crate::page::Page;
use crate::problem::Problem;
use crate::routes::{Admit, Route};

pub const ROUTES: &[Route] =
    &[Route::get("/certificates/{id}", READERS, Purpose::Assessment, || get(show))];

/// Everybody who works on assessments, and the authority for which certificates are made.
const READERS: Admit = Admit::Roles(&[
    Role::Clerk,
    Role::Nurse,
    Role::Laboratory,
    Role::Radiology,
    Role::Physician,
    Role::Authority,
]);

#[derive(Template)]
#[template(path = "certificate.html")]
struct CertificatePage {
    page: Page,
    t: Translator,
    title: Words,
    verdict: Verdict,
    /// Who the certificate is about.
    person: Vec<Line>,
    /// What it states.
    stated: Vec<Line>,
    /// The findings that the authority may see.
    findings: Vec<Line>,
    /// By whom, when, under which rules.
    issue: Vec<Line>,
    code: String,
    findings_title: Words,
    check_title: Words,
    /// How to check it, and what it does not say.
    remarks: Vec<Words>,
    unverified: Option<Words>,
    /// The certificate that stands in place of this one.
    newer: Option<String>,
    /// The certificate in whose place this one stands.
    older: Option<String>,
    /// The decision behind it, for those who may see it.
    decision: Option<String>,
}

/// The same words for the reader and, where they differ, in English.
pub(super) struct Words {
    pub(super) reader: String,
    pub(super) english: String,
}

struct Line {
    label: Words,
    value: Words,
}

/// Whether the certificate can be relied on today.
pub(super) struct Verdict {
    pub(super) shape: Shape,
    pub(super) title: Words,
    pub(super) text: Words,
}

/// Speaks the reader's language and English.
pub(super) struct Both<'a> {
    reader: &'a Translator,
    english: Option<Translator>,
}

impl<'a> Both<'a> {
    pub(super) fn new(app: &App, reader: &'a Translator) -> Self {
        let english = (reader.tag() != FALLBACK)
            .then(|| Translator::new(app.messages.clone(), FALLBACK, app.settings.zone.clone()));
        Self { reader, english }
    }

    fn say(&self, words: impl Fn(&Translator) -> String) -> Words {
        let reader = words(self.reader);
        let english = self.english.as_ref().map(words).filter(|english| *english != reader);
        Words { reader, english: english.unwrap_or_default() }
    }

    fn text(&self, text: &Text) -> Words {
        self.say(|t| text.get(t.tag()).to_owned())
    }

    fn line(&self, label: &'static str, value: impl Fn(&Translator) -> String) -> Line {
        Line { label: self.say(|t| t.get(label)), value: self.say(value) }
    }

    /// Whether the certificate can be relied on, in words.
    pub(super) fn verdict(&self, certificate: &Certificate, today: Date) -> Verdict {
        let expires = certificate.statement.expires_on;
        let (shape, title, text) = match certificate.state {
            Standing::Replaced => {
                (Shape::Expired, key("certificate-replaced"), key("certificate-replaced-text"))
            }
            Standing::UnderReview => (
                Shape::Blocked,
                key("certificate-under-review"),
                key("certificate-under-review-text"),
            ),
            Standing::Current if !certificate.statement.may_travel => {
                (Shape::Blocked, key("certificate-no-travel"), key("certificate-no-travel-text"))
            }
            Standing::Current if expires.is_some_and(|last| last < today) => {
                (Shape::Expired, key("certificate-expired"), key("certificate-expired-text"))
            }
            Standing::Current if expires.is_some() => {
                (Shape::Done, key("certificate-valid"), key("certificate-valid-text"))
            }
            Standing::Current => {
                (Shape::Done, key("certificate-no-end"), key("certificate-no-end-text"))
            }
        };
        let date = |t: &Translator| expires.map_or_else(String::new, |date| t.date(date));
        Verdict {
            shape,
            title: self.say(|t| t.with(title, &[("date", &date(t))])),
            text: self.say(|t| t.get(text)),
        }
    }
}

async fn show(
    State(app): State<App>,
    Acting(access): Acting,
    page: Page,
    Path(id): Path<String>,
) -> Result<Response, Problem> {
    check_id(&id).map_err(|_| Problem::NotFound)?;
    let stored = app.store.read(&access, &Key::new("Composition", &id)).await?;
    let certificate =
        desk::read_one(stored.as_ref(), Certificate::read)?.ok_or(Problem::NotFound)?;
    let newer = match certificate.state {
        Standing::Replaced => newer(&app, &access, &certificate).await?,
        Standing::Current | Standing::UnderReview => None,
    };
    let t = page.t.clone();
    let both = Both::new(&app, &t);
    let statement = &certificate.statement;
    let is_staff = access.role != Role::Authority;
    Page::draw(&CertificatePage {
        title: both.text(&statement.title),
        verdict: both.verdict(&certificate, app.today()),
        person: person(&both, &certificate),
        stated: stated(&both, &certificate),
        findings: findings(&both, &certificate),
        issue: issue(&both, &certificate, &page.site),
        code: certificate.check_code(),
        findings_title: both.say(|t| t.get(key("certificate-findings"))),
        check_title: both.say(|t| t.get(key("certificate-check"))),
        remarks: vec![
            both.say(|t| t.get(key("certificate-check-text"))),
            both.say(|t| t.with(key("certificate-limits"), &[("authority", &statement.authority)])),
        ],
        unverified: statement
            .unverified
            .then(|| both.say(|t| t.get(key("certificate-unverified")))),
        newer,
        older: certificate.replaces.as_ref().map(|id| format!("/certificates/{id}")),
        decision: is_staff.then(|| {
            let Certificate { person, assessment, decision, .. } = &certificate;
            format!("/people/{person}/assessments/{assessment}/decisions/{decision}")
        }),
        page,
        t,
    })
}

/// The path of the certificate that names this one as replaced.
async fn newer(
    app: &App,
    access: &Access,
    certificate: &Certificate,
) -> Result<Option<String>, Problem> {
    let query = Query {
        resource_type: "Composition".to_owned(),
        tokens: vec![("related-ref".to_owned(), format!("Composition/{}", certificate.id))],
        ..Query::default()
    };
    let found = app.store.find(access, &query).await?;
    Ok(found.rows.first().map(|version| format!("/certificates/{}", version.key.id)))
}

fn person(both: &Both<'_>, certificate: &Certificate) -> Vec<Line> {
    let statement = &certificate.statement;
    let sex = statement.sex.as_deref().and_then(Sex::parse);
    let or_unknown = |t: &Translator, text: String| {
        if text.is_empty() { t.get(key("not-known")) } else { text }
    };
    vec![
        both.line(key("certificate-name"), |_| statement.name.clone()),
        both.line(key("certificate-born"), |t| or_unknown(t, born(t, statement.birth.as_deref()))),
        both.line(key("certificate-sex"), |t| or_unknown(t, wording::sex(t, sex))),
        both.line(key("certificate-numbers"), |t| {
            or_unknown(t, statement.identifiers.join(&t.get(key("list-comma"))))
        }),
        both.line(key("certificate-destination"), |t| {
            let country = wording::country(t, &statement.destination);
            let population = wording::population(t, &statement.population);
            [country, population].join(&t.get(key("list-comma")))
        }),
    ]
}

/// A birth date as the statement has it: a partial date, or two with a dash between.
fn born(t: &Translator, birth: Option<&str>) -> String {
    let parts = birth.into_iter().flat_map(|birth| birth.split(" – "));
    parts.map(|part| t.partial_date(part)).collect::<Vec<_>>().join(" – ")
}

fn stated(both: &Both<'_>, certificate: &Certificate) -> Vec<Line> {
    let statement = &certificate.statement;
    let joined = |t: &Translator, all: &[manzil_journey::certificate::Stated]| {
        let labels: Vec<&str> = all.iter().map(|each| each.label.get(t.tag())).collect();
        labels.join(&t.get(key("list-semicolon")))
    };
    let mut lines = vec![
        both.line(key("certificate-class"), |t| joined(t, &statement.class)),
        both.line(key("certificate-clearance"), |t| joined(t, &statement.clearance)),
        both.line(key("certificate-exam"), |t| t.date(statement.exam)),
    ];
    lines.extend(statement.results.iter().map(|result| Line {
        label: both.text(&result.title),
        value: both.say(|t| joined(t, &result.outcomes)),
    }));
    lines
}

fn findings(both: &Both<'_>, certificate: &Certificate) -> Vec<Line> {
    let facts = certificate.statement.facts.iter();
    facts
        .map(|fact| Line { label: both.text(&fact.label), value: both.text(&fact.value) })
        .collect()
}

fn issue(both: &Both<'_>, certificate: &Certificate, site: &str) -> Vec<Line> {
    let statement = &certificate.statement;
    let mut lines = vec![
        both.line(key("certificate-issued"), |t| t.date(statement.issued_on)),
        both.line(key("certificate-signed"), |t| wording::signatory(t, &statement.signatory)),
        both.line(key("certificate-rules"), |_| statement.protocol.clone()),
    ];
    if !site.is_empty() {
        lines.insert(0, both.line(key("certificate-issuer"), |_| site.to_owned()));
    }
    lines
}
