//! Around every request: who asks and in which language, a limit on its time, a page for every
//! problem, and the headers that keep browsers strict.

use std::time::Duration;

use askama::Template;
use axum::extract::{Request, State};
use axum::http::{HeaderMap, HeaderName, HeaderValue, Method, StatusCode, Uri, header};
use axum::middleware::Next;
use axum::response::{Html, IntoResponse, Redirect, Response};

use crate::App;
use crate::auth::token::{Token, hexadecimal};
use crate::auth::{Who, session};
use crate::cookie;
use crate::limits::REQUEST_SECONDS_MAX;
use crate::messages::{Translator, language};
use crate::network::Network;
use crate::page::{LanguageChoice, MenuItem, Page, Visitor, notice_key};
use crate::problem::{Problem, Words};
use crate::routes::{self, Admit, Verb};

/// Nothing but our own files, no inline script or style, and nobody may frame us.
const CONTENT_SECURITY_POLICY: &str = "default-src 'none'; style-src 'self'; script-src 'self'; \
    img-src 'self' data:; font-src 'self'; connect-src 'self'; form-action 'self'; \
    base-uri 'none'; frame-ancestors 'none'";

/// The same for a page whose form ends at another address after ours: a browser asks this of
/// redirects too.
pub(crate) fn policy_with_form_to(origin: &str) -> String {
    CONTENT_SECURITY_POLICY.replace("form-action 'self'", &format!("form-action 'self' {origin}"))
}

/// The outermost layer.
pub async fn around(State(app): State<App>, mut request: Request, next: Next) -> Response {
    let request_id = request_id(&app);
    let is_get = request.method() == Method::GET || request.method() == Method::HEAD;
    let mut response = if is_bare(request.uri().path()) {
        run(request, next).await.unwrap_or_else(IntoResponse::into_response)
    } else {
        let asked = Asked::of(&request, &request_id);
        let visit = resolve(&app, &asked).await;
        let (page, new_token, early) = match visit {
            Ok((page, new_token)) => (page, new_token, None),
            Err((page, problem)) => (page, None, Some(problem)),
        };
        request.extensions_mut().insert(page.clone());
        let mut response = match early {
            Some(problem) => problem.into_response(),
            None => run(request, next).await.unwrap_or_else(IntoResponse::into_response),
        };
        if let Some(problem) = response.extensions_mut().remove::<Problem>() {
            response = draw(&app, &page, &problem, is_get).await;
        }
        if let Some(token) = new_token {
            let cookie = cookie::session(&token, app.settings.tls);
            response.headers_mut().append(header::SET_COOKIE, cookie);
        }
        response
    };
    let bare_problem = response.extensions_mut().remove::<Problem>();
    if let Some(problem) = bare_problem {
        tracing::error!(request = %request_id, %problem, "a bare route failed");
    }
    secure(response.headers_mut(), &request_id);
    response
}

/// Paths that look nobody up.
fn is_bare(path: &str) -> bool {
    routes::all().any(|route| {
        let stem = route.path.split('{').next().unwrap_or(route.path);
        route.admit == Admit::Anyone && path.starts_with(stem)
    })
}

/// Runs the rest on a task of its own, so that neither a panic nor a hang leaves the person
/// without an answer.
async fn run(request: Request, next: Next) -> Result<Response, Problem> {
    let mut task = tokio::spawn(next.run(request));
    let limit = Duration::from_secs(REQUEST_SECONDS_MAX);
    match tokio::time::timeout(limit, &mut task).await {
        Ok(Ok(response)) => Ok(response),
        Ok(Err(failure)) => Err(Problem::Internal(failure.to_string())),
        Err(_) => {
            task.abort();
            Err(Problem::TimedOut)
        }
    }
}

/// What of a request decides its page. Apart from the request, whose body cannot be shared
/// between threads.
struct Asked {
    headers: HeaderMap,
    uri: Uri,
    is_get: bool,
    network: Network,
    request_id: String,
}

impl Asked {
    fn of(request: &Request, request_id: &str) -> Self {
        Self {
            headers: request.headers().clone(),
            uri: request.uri().clone(),
            is_get: request.method() == Method::GET,
            network: Network::of(request.extensions()),
            request_id: request_id.to_owned(),
        }
    }

    /// Where the language switch returns to: this page, or the page that a form was on.
    fn here(&self) -> String {
        if self.is_get {
            return self.uri.path_and_query().map_or("/", |it| it.as_str()).to_owned();
        }
        let referer = self.headers.get(header::REFERER).and_then(|it| it.to_str().ok());
        let from = referer.and_then(|text| text.parse::<Uri>().ok());
        let path = from.as_ref().and_then(Uri::path_and_query).map_or("/", |it| it.as_str());
        cookie::local_path(path).to_owned()
    }

    fn notice(&self) -> Option<&'static str> {
        let query = self.uri.query()?;
        let name = query.split('&').find_map(|pair| pair.strip_prefix("notice="))?;
        notice_key(name)
    }
}

/// Finds out who asks. When the store fails, the page of nobody is returned with the problem.
async fn resolve(app: &App, asked: &Asked) -> Result<(Page, Option<Token>), (Page, Problem)> {
    let nobody = |csrf| page(app, asked, Visitor::default(), csrf);
    let Some(known) = cookie::token(&asked.headers, app.settings.tls) else {
        return match Token::new(&*app.entropy) {
            Ok(token) => Ok((nobody(token.form()), Some(token))),
            Err(error) => Err((nobody(String::new()), error.into())),
        };
    };
    match visitor(app, &known).await {
        Ok(visitor) => Ok((page(app, asked, visitor, known.form()), None)),
        Err(problem) => Err((nobody(known.form()), problem)),
    }
}

async fn visitor(app: &App, token: &Token) -> Result<Visitor, Problem> {
    Ok(match session::find(&*app.store, token, app.now()).await? {
        session::Found::Nobody => Visitor::default(),
        session::Found::Expired => Visitor { account: None, expired: true },
        session::Found::Account(account) => Visitor { account: Some(*account), expired: false },
    })
}

fn page(app: &App, asked: &Asked, visitor: Visitor, csrf: String) -> Page {
    let accept = asked.headers.get(header::ACCEPT_LANGUAGE).and_then(|it| it.to_str().ok());
    let account_language = visitor.account.as_ref().and_then(|it| it.language.as_deref());
    let chosen = cookie::language(&asked.headers);
    let tag = language::negotiate(&app.messages, account_language, chosen.as_deref(), accept);
    let t = Translator::new(app.messages.clone(), &tag, app.settings.zone.clone());
    let at = |account| Who { via: asked.network.via(None), ..Who::of(account) };
    let who = visitor.account.as_ref().map(at);
    Page {
        csrf,
        here: asked.here(),
        notice: asked.notice().map(|key| t.get(key)),
        expired: visitor.expired,
        request_id: asked.request_id.clone(),
        demo: app.settings.demo.is_some(),
        open_fhir: app.settings.open_fhir,
        site: app.settings.site.clone(),
        menu: menu(&t, who.as_ref(), asked.uri.path()),
        languages: languages(app, &tag),
        who,
        t,
    }
}

fn menu(t: &Translator, who: Option<&Who>, path: &str) -> Vec<MenuItem> {
    let Some(who) = who else { return Vec::new() };
    routes::all()
        .filter(|route| route.verb == Verb::Get && route.admit.admits(Some(who.role), false))
        .filter_map(|route| {
            let here = path == route.path
                || (route.path != "/" && path.starts_with(&format!("{}/", route.path)));
            Some(MenuItem { path: route.path, label: t.get(route.menu?), here })
        })
        .collect()
}

fn languages(app: &App, chosen: &str) -> Vec<LanguageChoice> {
    let choice = |tag: &str| LanguageChoice {
        tag: tag.to_owned(),
        name: app.messages.name(tag).to_owned(),
        chosen: tag == chosen,
    };
    app.messages.tags().into_iter().map(choice).collect()
}

#[derive(Template)]
#[template(path = "problem.html")]
struct ProblemPage<'a> {
    page: &'a Page,
    t: &'a Translator,
    words: Words,
    code: String,
    ask: Vec<String>,
}

/// Draws a problem in the reader's language, or sends them to sign in.
async fn draw(app: &App, page: &Page, problem: &Problem, is_get: bool) -> Response {
    if let Problem::SignedOut = problem {
        return Redirect::to(&sign_in_path(page, is_get)).into_response();
    }
    let status = problem.status();
    if status.is_server_error() {
        tracing::error!(request = %page.request_id, %problem, "a request failed");
    }
    let ask = match problem {
        Problem::WrongRole { .. } | Problem::Wall(_) => app.administrators().await,
        _ => Vec::new(),
    };
    let words = problem.words(&page.t, page.role());
    let template = ProblemPage { page, t: &page.t, words, code: problem.code(), ask };
    match template.render() {
        Ok(html) => (status, Html(html)).into_response(),
        Err(error) => {
            tracing::error!(request = %page.request_id, %error, "the problem page failed");
            (StatusCode::INTERNAL_SERVER_ERROR, problem.code()).into_response()
        }
    }
}

fn sign_in_path(page: &Page, is_get: bool) -> String {
    let notice = if page.expired || !is_get { "&notice=notice-session-ended" } else { "" };
    let back = if is_get { cookie::encode(&page.here) } else { "/".to_owned() };
    format!("/sign-in?back={back}{notice}")
}

pub(crate) fn request_id(app: &App) -> String {
    let mut bytes = [0; 8];
    match app.entropy.fill(&mut bytes) {
        Ok(()) => hexadecimal(&bytes),
        Err(_) => "unknown".to_owned(),
    }
}

fn secure(headers: &mut HeaderMap, request_id: &str) {
    let policy = HeaderValue::from_static(CONTENT_SECURITY_POLICY);
    headers.entry(header::CONTENT_SECURITY_POLICY).or_insert(policy);
    let fixed: [(HeaderName, &'static str); 5] = [
        (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
        (header::REFERRER_POLICY, "same-origin"),
        (header::X_FRAME_OPTIONS, "DENY"),
        (HeaderName::from_static("cross-origin-opener-policy"), "same-origin"),
        (HeaderName::from_static("permissions-policy"), "camera=(), microphone=(), geolocation=()"),
    ];
    for (name, value) in fixed {
        headers.insert(name, HeaderValue::from_static(value));
    }
    headers.entry(header::CACHE_CONTROL).or_insert(HeaderValue::from_static("no-store"));
    if let Ok(value) = HeaderValue::from_str(request_id) {
        headers.insert(HeaderName::from_static("x-request-id"), value);
    }
}
