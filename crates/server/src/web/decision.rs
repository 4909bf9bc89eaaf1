//! The decision: what comes out, why, what is still missing, and the physician's signature.

mod changes;
mod history;
mod ruling;
mod signing;

use askama::Template;
use axum::extract::{Path, State};
use axum::response::Response;
use axum::routing::{get, post};
use manzil_journey::access::{Purpose, Role};
use manzil_journey::command::{fingerprint, ready};
use manzil_journey::file::Examined;

use super::assessment::outlook::{Outlook, outlook};
use super::assessment::steps::Reader;
use super::case::{ASSESSORS, Case};
use super::components::Link;
use super::subject::Subject;
use crate::App;
use crate::auth::Who;
use crate::auth::who::Acting;
use crate::forms::{Control, Field, Posted, any_wrong};
use crate::messages::{Translator, key};
use crate::page::Page;
use crate::problem::Problem;
use crate::routes::{Admit, Route};
use changes::TableChanges;
use history::SignedRow;
use ruling::{Ruling, Teller};

pub const ROUTES: &[Route] = &[
    Route::get(
        "/people/{person}/assessments/{assessment}/decision",
        ASSESSORS,
        Purpose::Assessment,
        || get(show),
    ),
    Route::get(
        "/people/{person}/assessments/{assessment}/decisions/{decision}",
        ASSESSORS,
        Purpose::Assessment,
        || get(show_signed),
    ),
    Route::post(
        "/people/{person}/assessments/{assessment}/sign",
        Admit::Roles(&[Role::Physician]),
        Purpose::Assessment,
        || post(signing::sign),
    ),
];

#[derive(Template)]
#[template(path = "decision.html")]
struct DecisionPage {
    page: Page,
    t: Translator,
    subject: Subject,
    outlook: Outlook,
    rulings: Vec<Ruling>,
    changes: Vec<TableChanges>,
    history: Vec<SignedRow>,
    sign: Option<SignForm>,
    /// About the whole form.
    banner: String,
}

impl DecisionPage {
    fn is_wrong(&self) -> bool {
        !self.banner.is_empty() || self.sign.as_ref().is_some_and(|form| any_wrong(&form.fields))
    }
}

/// What a physician signs with.
struct SignForm {
    name: String,
    /// Empty when the account has none, and then nobody can sign with it.
    registration: String,
    /// The decision on this page.
    seen: String,
    /// There is a signed decision that this one amends.
    amends: bool,
    fields: Vec<Field>,
}

#[derive(Template)]
#[template(path = "signed_decision.html")]
struct SignedDecisionPage {
    page: Page,
    t: Translator,
    subject: Subject,
    ruling: Ruling,
    row: SignedRow,
}

async fn show(
    State(app): State<App>,
    Acting(access): Acting,
    page: Page,
    who: Who,
    Path((person, assessment)): Path<(String, String)>,
) -> Result<Response, Problem> {
    let case = Case::open(&app, &access, &person, &assessment).await?;
    Page::draw(&sheet(&app, page, &who, &case, &Posted::default()))
}

async fn show_signed(
    State(app): State<App>,
    Acting(access): Acting,
    page: Page,
    Path((person, assessment, decision)): Path<(String, String, String)>,
) -> Result<Response, Problem> {
    let case = Case::open(&app, &access, &person, &assessment).await?;
    let t = page.t.clone();
    let decisions = case.file.decisions(&assessment);
    let place = decisions.iter().position(|held| held.item.id == decision);
    let place = place.ok_or(Problem::NotFound)?;
    let row = history::rows(&t, &app.library, &case).into_iter().nth(place);
    let held = decisions.get(place).ok_or(Problem::NotFound)?;
    let teller = Teller { t: &t, library: &app.library, case: &case };
    let edition = history::edition(&app.library, &held.item.protocol);
    Page::draw(&SignedDecisionPage {
        subject: Subject::of(&t, &case),
        ruling: teller.ruling(&held.item.evaluation, edition),
        row: row.ok_or(Problem::NotFound)?,
        page,
        t,
    })
}

/// The page with what was typed into the form so far.
fn sheet(app: &App, page: Page, who: &Who, case: &Case, posted: &Posted) -> DecisionPage {
    let t = page.t.clone();
    let examined = case.examine(app);
    let reader = Reader { t: &t, library: &app.library, case, role: who.role, today: app.today() };
    let teller = Teller { t: &t, library: &app.library, case };
    let rulings =
        examined.iter().map(|each| teller.ruling(&each.evaluation, Some(each.protocol))).collect();
    let sign = form(&t, who, case, &examined, posted);
    let mut outlook = outlook(&reader, &examined);
    // This is the decision already.
    let here = format!("{}/decision", case.path());
    outlook.actions.retain(|action| action.path != here);
    if sign.is_some() {
        outlook.actions.push(Link::new("#sign", t.get(key("sign"))));
    }
    DecisionPage {
        subject: Subject::of(&t, case),
        outlook,
        rulings,
        changes: examined
            .iter()
            .flat_map(|each| changes::changes(&t, &app.library, each))
            .collect(),
        history: history::rows(&t, &app.library, case),
        sign,
        banner: String::new(),
        page,
        t,
    }
}

/// The form, for a physician when everything is there.
fn form(
    t: &Translator,
    who: &Who,
    case: &Case,
    examined: &[Examined<'_>],
    posted: &Posted,
) -> Option<SignForm> {
    let complete = !examined.is_empty()
        && examined
            .iter()
            .all(|each| ready(each).is_ok() && each.evaluation.contradictions.is_empty());
    if who.role != Role::Physician || !case.assessment.status.is_open() || !complete {
        return None;
    }
    let amends = !case.file.decisions(&case.assessment.id).is_empty();
    let declared = t.with(key("sign-declare"), &[("name", &case.file.person.name)]);
    let ticked = if posted.ticked("examined") { "yes" } else { "" };
    let mut fields = vec![Field::new("examined", declared, Control::Checkbox).value(ticked)];
    if amends {
        fields.insert(
            0,
            Field::new("reason", t.get(key("sign-reason")), Control::Area)
                .hint(t.get(key("sign-reason-hint")))
                .value(posted.text("reason")),
        );
    }
    Some(SignForm {
        name: who.name.clone(),
        registration: who.registration.clone().unwrap_or_default(),
        seen: fingerprint(&case.file.person, examined),
        amends,
        fields,
    })
}
