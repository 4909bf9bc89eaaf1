//! Every component on one page, with fictional content: for whoever changes the look, and for
//! the tests of contrast, direction and size.

use askama::Template;
use axum::extract::State;
use axum::response::Response;
use axum::routing::get;
use jiff::civil::{Date, date};
use manzil_journey::access::Purpose;

use super::accounts::ADMINISTRATOR;
use super::components::{Fact, Link, Progress, QueueRow, State as StepState, Step, Stop};
use crate::App;
use crate::forms::{Choice, Control, Field};
use crate::messages::{Translator, key};
use crate::page::Page;
use crate::problem::Problem;
use crate::routes::{Admit, Route};

pub const ROUTES: &[Route] = &[Route::get(
    "/style",
    match ADMINISTRATOR {
        Admit::Roles(roles) => Admit::RolesOrDemo(roles),
        other => other,
    },
    Purpose::Administration,
    || get(show),
)];

const SAMPLE_DAY: Date = date(2023, 5, 3);

#[derive(Template)]
#[template(path = "style.html")]
struct StylePage {
    page: Page,
    t: Translator,
    stops: Vec<Stop>,
    states: [StepState; 8],
    steps: Vec<Step>,
    rows: Vec<QueueRow>,
    fields: Vec<Field>,
    facts: Vec<Fact>,
    certificate: Vec<Fact>,
}

async fn show(State(_): State<App>, page: Page) -> Result<Response, Problem> {
    let t = page.t.clone();
    Page::draw(&StylePage {
        stops: stops(&t),
        states: StepState::ALL,
        steps: steps(&t),
        rows: rows(&t),
        fields: fields(&t),
        facts: facts(&t),
        certificate: certificate(&t),
        t,
        page,
    })
}

fn stops(t: &Translator) -> Vec<Stop> {
    vec![
        Stop {
            label: t.get(key("sample-origin")),
            name: t.get(key("sample-place-1")),
            detail: t.partial_date("2021-11"),
            progress: Progress::Passed,
        },
        Stop {
            label: t.get(key("sample-transit")),
            name: t.get(key("sample-place-2")),
            detail: t.get(key("sample-now")),
            progress: Progress::Here,
        },
        Stop {
            label: t.get(key("sample-destination")),
            name: t.get(key("sample-place-3")),
            detail: t.get(key("sample-departure")),
            progress: Progress::Ahead,
        },
    ]
}

fn steps(t: &Translator) -> Vec<Step> {
    let step = |state, title: &str, detail: String| Step {
        state,
        title: t.get(title),
        detail,
        because: t.get(key("sample-because")),
        citation: t.get(key("sample-citation")),
        unverified: state == StepState::Undetermined,
        action: None,
    };
    let dated = |key: &str| format!("{} {}", t.get(key), t.date(SAMPLE_DAY));
    let enter = |step| Step { action: Some(Link::new("#", t.get(key("sample-enter")))), ..step };
    vec![
        step(StepState::Done, key("sample-step-history"), t.get(key("sample-done-by"))),
        enter(step(StepState::Due, key("sample-step-xray"), String::new())),
        step(StepState::Waiting, key("sample-step-culture"), dated(key("sample-culture-detail"))),
        enter(step(StepState::Expired, key("sample-step-igra"), dated(key("sample-igra-detail")))),
        step(StepState::Required, key("sample-step-vaccines"), String::new()),
        step(
            StepState::Undetermined,
            key("sample-step-syphilis"),
            t.get(key("sample-unknown-detail")),
        ),
        step(StepState::NotRequired, key("sample-step-gonorrhoea"), String::new()),
        step(
            StepState::Blocked,
            key("sample-step-clearance"),
            t.get(key("sample-clearance-detail")),
        ),
    ]
}

fn rows(t: &Translator) -> Vec<QueueRow> {
    let row = |name: &str, about: &str, since: &str, state| QueueRow {
        path: "#".to_owned(),
        name: name.to_owned(),
        about: t.get(about),
        next: t.get(key("sample-step-xray")),
        state,
        since: t.get(since),
    };
    vec![
        row("Amina Sample", key("sample-about-1"), key("sample-since-1"), StepState::Due),
        row("يوسف مثال", key("sample-about-2"), key("sample-since-2"), StepState::Blocked),
    ]
}

fn fields(t: &Translator) -> Vec<Field> {
    let answers = vec![
        Choice::new("yes", t.get(key("sample-yes"))),
        Choice::new("no", t.get(key("sample-no"))),
        Choice::new("unknown", t.get(key("sample-not-asked"))),
    ];
    let places = vec![Choice::new("x", t.get(key("sample-place-3")))];
    vec![
        Field::new("weight", t.get(key("sample-weight")), Control::Number)
            .hint(t.get(key("sample-weight-hint")))
            .value("700")
            .unit("kg")
            .error(t.get(key("sample-weight-wrong"))),
        Field::new("birth", t.get(key("sample-date")), Control::Date)
            .hint(t.get(key("sample-date-hint")))
            .value("2014-05"),
        Field::new("cough", t.get(key("sample-symptoms")), Control::Radio(answers)).value("no"),
        Field::new("country", t.get(key("sample-country")), Control::Select(places)).optional(),
        Field::new("remark", t.get(key("sample-remark")), Control::Area).optional(),
        Field::new("file", t.get(key("sample-file")), Control::File(".csv,.json,.ndjson"))
            .optional(),
    ]
}

fn facts(t: &Translator) -> Vec<Fact> {
    vec![
        Fact::new(t.get(key("sample-name")), "Amina Sample"),
        Fact::new(t.get(key("sample-birth")), t.partial_date("1989")),
        Fact::new(t.get(key("sample-country")), ""),
    ]
}

fn certificate(t: &Translator) -> Vec<Fact> {
    vec![
        Fact::new(t.get(key("sample-name")), "Amina Sample"),
        Fact::new(t.get(key("sample-birth")), t.date(date(1989, 2, 14))),
        Fact::new(t.get(key("sample-class")), "B2"),
        Fact::new(t.get(key("sample-valid")), t.date(SAMPLE_DAY)),
        Fact::new(t.get(key("sample-signed")), "Dr Sample, REG-0000"),
    ]
}
