//! Stands before every route: who may pass, and whether a form really came from our own page.
//!
//! A form is checked twice. The browser says where it came from (`Sec-Fetch-Site`, or `Origin`
//! in an older one), and the form carries a token that only a page of this session can know.

use axum::body::{Body, Bytes};
use axum::extract::{DefaultBodyLimit, FromRequest, Multipart, Request};
use axum::http::{HeaderMap, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Redirect, Response};

use crate::App;
use crate::auth::token;
use crate::auth::who::Acting;
use crate::forms::Posted;
use crate::page::Page;
use crate::problem::Problem;
use crate::routes::{Admit, Route, Verb};

/// Lets a request through to its handler, or answers why not.
pub async fn stand(app: App, route: &'static Route, mut request: Request, next: Next) -> Response {
    if route.admit == Admit::Anyone {
        return next.run(request).await;
    }
    match check(&app, route, &mut request).await {
        Ok(None) => next.run(request).await,
        Ok(Some(elsewhere)) => Redirect::to(elsewhere).into_response(),
        Err(problem) => problem.into_response(),
    }
}

/// Checks the request, or names the page to go to first.
async fn check(
    app: &App,
    route: &'static Route,
    request: &mut Request,
) -> Result<Option<&'static str>, Problem> {
    let page = request.extensions().get::<Page>().cloned();
    let page = page.ok_or_else(|| Problem::Internal("past the frame".to_owned()))?;
    let is_set_up = app.is_set_up().await?;
    if !is_set_up && !route.path.starts_with("/set-up") && route.path != "/language" {
        return Ok(Some("/set-up"));
    }
    if !route.admit.admits(page.role(), page.demo) {
        return Err(match &page.who {
            Some(_) => Problem::WrongRole { needed: route.admit.roles() },
            None => Problem::SignedOut,
        });
    }
    if let Some(who) = &page.who {
        if who.must_change_password && !route.before_password {
            return Ok(Some("/me?notice=notice-choose-password"));
        }
        request.extensions_mut().insert(Acting(who.access(route.purpose)));
    }
    if route.verb == Verb::Post {
        check_origin(request.headers())?;
        check_form(route, &page, request).await?;
    }
    Ok(None)
}

/// Refuses a form that another site sent.
fn check_origin(headers: &HeaderMap) -> Result<(), Problem> {
    let text = |name: &str| headers.get(name).and_then(|value| value.to_str().ok());
    if let Some(site) = text("sec-fetch-site") {
        return if site == "same-origin" { Ok(()) } else { Err(Problem::StaleForm) };
    }
    let Some(origin) = text("origin") else { return Ok(()) };
    let sender = origin.split_once("://").map(|(_, host)| host);
    let ours = text("host");
    if sender.is_some() && sender == ours { Ok(()) } else { Err(Problem::StaleForm) }
}

/// Reads the body, refuses it without the session's token, and puts it back.
async fn check_form(route: &Route, page: &Page, request: &mut Request) -> Result<(), Problem> {
    let body = std::mem::replace(request.body_mut(), Body::empty());
    let too_large = |_| Problem::TooLarge { bytes_max: route.body_bytes_max };
    let bytes = axum::body::to_bytes(body, route.body_bytes_max).await.map_err(too_large)?;
    let kind = request.headers().get(header::CONTENT_TYPE).and_then(|kind| kind.to_str().ok());
    let kind = kind.unwrap_or_default();
    let sent = if kind.starts_with("multipart/form-data") {
        multipart_token(kind, bytes.clone()).await?
    } else {
        let posted = Posted::parse(&bytes)?;
        let sent = posted.text("csrf").to_owned();
        request.extensions_mut().insert(posted);
        sent
    };
    if !token::same(&sent, &page.csrf) {
        return Err(Problem::StaleForm);
    }
    *request.body_mut() = Body::from(bytes);
    Ok(())
}

/// The token of a form with files, where it is the first field.
async fn multipart_token(kind: &str, bytes: Bytes) -> Result<String, Problem> {
    let unreadable = |error: &dyn std::fmt::Display| Problem::Unreadable(error.to_string());
    let copy = Request::post("/").header(header::CONTENT_TYPE, kind).body(Body::from(bytes));
    let mut copy = copy.map_err(|error| unreadable(&error))?;
    // The bytes are here already, within the limit of the route.
    DefaultBodyLimit::disable().apply(&mut copy);
    let mut fields =
        Multipart::from_request(copy, &()).await.map_err(|error| unreadable(&error))?;
    let first = fields.next_field().await.map_err(|error| unreadable(&error))?;
    match first {
        Some(field) if field.name() == Some("csrf") => {
            field.text().await.map_err(|error| unreadable(&error))
        }
        _ => Err(Problem::StaleForm),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn the_token_is_found_in_front_of_a_large_file() {
        let file = "x".repeat(5_000_000);
        let body = format!(
            "--b\r\nContent-Disposition: form-data; name=\"csrf\"\r\n\r\nt0ken\r\n\
             --b\r\nContent-Disposition: form-data; name=\"file\"\r\n\r\n{file}\r\n--b--\r\n"
        );
        let token = multipart_token("multipart/form-data; boundary=b", body.into()).await;
        assert_eq!(token.unwrap(), "t0ken");
    }
}
