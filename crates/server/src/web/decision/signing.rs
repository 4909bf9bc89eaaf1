//! The physician's signature.

use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect, Response};
use manzil_journey::change::Refusal;
use manzil_journey::command::{self, Sign};
use manzil_journey::decision::Signatory;

use super::{DecisionPage, sheet};
use crate::App;
use crate::auth::Who;
use crate::auth::who::Acting;
use crate::forms::Posted;
use crate::messages::{Translator, key};
use crate::page::Page;
use crate::problem::Problem;
use crate::web::case::{Case, Kept, keep, run};
use crate::web::refusal;

pub(super) async fn sign(
    State(app): State<App>,
    Acting(access): Acting,
    page: Page,
    who: Who,
    Path((person, assessment)): Path<(String, String)>,
    posted: Posted,
) -> Result<Response, Problem> {
    let case = Case::open(&app, &access, &person, &assessment).await?;
    let t = page.t.clone();
    let mut sheet = sheet(&app, page, &who, &case, &posted);
    if !posted.ticked("examined") {
        return undeclared(&t, &mut sheet);
    }
    let what = Sign {
        assessment: assessment.clone(),
        signatory: Signatory {
            account: who.account.clone(),
            name: who.name.clone(),
            registration: who.registration.clone().unwrap_or_default(),
        },
        reason: posted.filled("reason"),
        seen: posted.text("seen").to_owned(),
    };
    let signed = match run(&app, &access, |context| command::sign(&case.file, what, context)) {
        Ok(signed) => signed,
        Err(refusal) => return refused(&t, &mut sheet, &refusal),
    };
    let to = match signed.certificates.as_slice() {
        [one] => format!("/certificates/{}?notice=notice-signed", one.id),
        _ => format!("{}/decision?notice=notice-signed", case.path()),
    };
    match keep(&app, &access, signed.changes).await? {
        Kept::Saved => Ok(Redirect::to(&to).into_response()),
        Kept::Conflict => {
            t.get(key("conflict-sign")).clone_into(&mut sheet.banner);
            Page::draw_as(StatusCode::CONFLICT, &sheet)
        }
    }
}

fn undeclared(t: &Translator, sheet: &mut DecisionPage) -> Result<Response, Problem> {
    let fields = sheet.sign.iter_mut().flat_map(|form| &mut form.fields);
    match fields.into_iter().find(|field| field.name == "examined") {
        Some(field) => field.error = t.get(key("sign-undeclared")),
        None => sheet.banner = t.get(key("refused-not-open")),
    }
    Page::draw_as(StatusCode::UNPROCESSABLE_ENTITY, sheet)
}

fn refused(
    t: &Translator,
    sheet: &mut DecisionPage,
    refusal: &Refusal,
) -> Result<Response, Problem> {
    let words = refusal::words(t, refusal);
    let wanted = refusal::field(refusal);
    let fields = sheet.sign.iter_mut().flat_map(|form| &mut form.fields);
    match fields.into_iter().find(|field| Some(field.name.as_str()) == wanted) {
        Some(field) => field.error = words,
        None => sheet.banner = words,
    }
    let status = match refusal.code {
        "MZ-0421" | "MZ-0424" => StatusCode::CONFLICT,
        _ => StatusCode::UNPROCESSABLE_ENTITY,
    };
    Page::draw_as(status, sheet)
}
