//! Today: who waits for what at which station, one's own station first.

use askama::Template;
use axum::extract::{Query, State};
use axum::response::Response;
use axum::routing::get;
use jiff::civil::Date;
use manzil_journey::access::{Purpose, Role};
use manzil_journey::command::roles_at;
use manzil_protocol::Station;
use serde::Deserialize;

use super::components::State as Shape;
use super::{home, wording};
use crate::App;
use crate::auth::Who;
use crate::auth::who::Acting;
use crate::board::{Queue, Queues, Standing, Task, Waiting};
use crate::limits::QUEUE_ROWS_MAX;
use crate::messages::{Translator, key};
use crate::page::Page;
use crate::problem::Problem;
use crate::routes::{Admit, Route};

pub const ROUTES: &[Route] =
    &[Route::get("/", Admit::SignedIn, Purpose::Assessment, || get(show))
        .in_menu(key("menu-home"))];

/// People shown of a queue that is not one's own.
const FOLDED_ROWS_MAX: usize = 5;

#[derive(Debug, Deserialize)]
struct Asked {
    station: Option<String>,
    page: Option<usize>,
}

#[derive(Template)]
#[template(path = "today.html")]
struct TodayPage {
    page: Page,
    t: Translator,
    date: String,
    stops: Vec<Stop>,
    title: String,
    hint: String,
    count: String,
    rows: Vec<Row>,
    earlier: Option<String>,
    later: Option<String>,
    shown: String,
    others: Vec<Folded>,
    is_empty: bool,
    may_register: bool,
}

/// A station on the line.
struct Stop {
    path: String,
    name: String,
    count: String,
    here: bool,
    anybody: bool,
}

/// A queue that is opened when somebody wants to see it.
struct Folded {
    path: String,
    title: String,
    count: usize,
    rows: Vec<Row>,
    more: bool,
}

/// Somebody who waits.
struct Row {
    name: String,
    about: String,
    person: String,
    tasks: Vec<Link>,
    state: Shape,
    when: String,
}

/// A thing to do, linked where the reader may do it.
struct Link {
    path: String,
    label: String,
}

async fn show(
    State(app): State<App>,
    page: Page,
    who: Who,
    Acting(access): Acting,
    Query(asked): Query<Asked>,
) -> Result<Response, Problem> {
    let Some(own) = own_queue(who.role) else { return home::show(page, who) };
    let queue = asked.station.as_deref().and_then(Queue::parse).unwrap_or(own);
    let queues = app.queues().await?;
    app.store.note(&access, "board", &format!("queue {}", queue.code()), None).await?;
    let view = View { t: &page.t, role: who.role, today: app.today() };
    let all = queues.waiting(queue);
    let pages = all.len().div_ceil(QUEUE_ROWS_MAX).max(1);
    let number = asked.page.unwrap_or(1).clamp(1, pages);
    let first = (number - 1) * QUEUE_ROWS_MAX;
    let rows: Vec<Row> =
        all.iter().skip(first).take(QUEUE_ROWS_MAX).map(|one| view.row(one)).collect();
    let address = |number: usize| format!("/?station={}&page={number}", queue.code());
    Page::draw(&TodayPage {
        date: page.t.date(view.today),
        stops: view.stops(&queues, queue),
        title: title(&page.t, queue),
        hint: hint(&page.t, queue),
        count: page.t.number(all.len() as u64),
        shown: shown(&page.t, first, rows.len(), all.len()),
        rows,
        earlier: (number > 1).then(|| address(number - 1)),
        later: (number < pages).then(|| address(number + 1)),
        others: view.others(&queues, queue),
        is_empty: queues.open() == 0,
        may_register: who.role == Role::Clerk,
        t: page.t.clone(),
        page,
    })
}

/// The queue that a role works on; none for roles that do not work with people here.
fn own_queue(role: Role) -> Option<Queue> {
    Some(match role {
        Role::Clerk => Queue::At(Station::Reception),
        Role::Nurse => Queue::At(Station::Nurse),
        Role::Laboratory => Queue::At(Station::Laboratory),
        Role::Radiology => Queue::At(Station::XRay),
        Role::Physician => Queue::Signature,
        Role::Surveillance
        | Role::Authority
        | Role::Person
        | Role::Administrator
        | Role::System => return None,
    })
}

fn title(t: &Translator, queue: Queue) -> String {
    match queue {
        Queue::At(station) => wording::station(t, station),
        Queue::Results => t.get(key("queue-results")),
        Queue::Signature => t.get(key("queue-signature")),
        Queue::Departure => t.get(key("queue-departure")),
        Queue::Coming => t.get(key("queue-coming")),
    }
}

fn hint(t: &Translator, queue: Queue) -> String {
    match queue {
        Queue::At(_) => t.get(key("queue-station-hint")),
        Queue::Results => t.get(key("queue-results-hint")),
        Queue::Signature => t.get(key("queue-signature-hint")),
        Queue::Departure => t.get(key("queue-departure-hint")),
        Queue::Coming => t.get(key("queue-coming-hint")),
    }
}

/// `51 to 100 of 240`; empty when all are on the page.
fn shown(t: &Translator, first: usize, rows: usize, all: usize) -> String {
    if rows == all {
        return String::new();
    }
    t.with(key("rows-shown"), &[("first", &(first + 1)), ("last", &(first + rows)), ("all", &all)])
}

struct View<'a> {
    t: &'a Translator,
    role: Role,
    today: Date,
}

impl View<'_> {
    fn stops(&self, queues: &Queues, chosen: Queue) -> Vec<Stop> {
        let stop = |queue: Queue| {
            let count = queues.waiting(queue).len();
            Stop {
                path: format!("/?station={}", queue.code()),
                name: title(self.t, queue),
                count: self.t.with(key("queue-count"), &[("count", &count)]),
                here: queue == chosen,
                anybody: count > 0,
            }
        };
        let stations = Station::ALL.into_iter().map(Queue::At).chain([Queue::Signature]);
        stations.map(stop).collect()
    }

    fn others(&self, queues: &Queues, chosen: Queue) -> Vec<Folded> {
        let others = Queue::ALL.into_iter().filter(|queue| *queue != chosen);
        let folded = others.map(|queue| {
            let all = queues.waiting(queue);
            Folded {
                path: format!("/?station={}", queue.code()),
                title: title(self.t, queue),
                count: all.len(),
                rows: all.iter().take(FOLDED_ROWS_MAX).map(|one| self.row(one)).collect(),
                more: all.len() > FOLDED_ROWS_MAX,
            }
        });
        folded.filter(|folded| folded.count > 0).collect()
    }

    fn row(&self, waiting: &Waiting) -> Row {
        let Waiting { standing, entry } = waiting;
        let person = format!("/people/{}", standing.person.id);
        let overdue =
            entry.tasks.iter().any(|task| matches!(task, Task::Step { overdue: true, .. }));
        Row {
            name: standing.person.name.clone(),
            about: self.about(standing),
            tasks: entry.tasks.iter().map(|task| self.task(standing, entry.queue, task)).collect(),
            person,
            state: match entry.queue {
                _ if overdue => Shape::Expired,
                Queue::Results | Queue::Coming => Shape::Waiting,
                Queue::Departure => Shape::Blocked,
                Queue::At(_) | Queue::Signature => Shape::Due,
            },
            when: match entry.until {
                Some(until) => self.t.with(key("until-date"), &[("date", &self.t.date(until))]),
                None => self.t.with(key("since-date"), &[("date", &self.t.date(entry.since))]),
            },
        }
    }

    /// Age, sex, number and destination.
    fn about(&self, standing: &Standing) -> String {
        let person = &standing.person;
        let known = |text: String| if text.is_empty() { None } else { Some(text) };
        let age = known(wording::age(self.t, person, self.today));
        let parts = [
            Some(age.unwrap_or_else(|| self.t.get(key("age-unknown")))),
            known(wording::sex(self.t, person.sex)),
            super::numbers::of(person).into_iter().next().or_else(|| standing.case_number.clone()),
            known(wording::country(self.t, standing.assessment.destination.code())),
        ];
        parts.into_iter().flatten().collect::<Vec<_>>().join(" · ")
    }

    fn task(&self, standing: &Standing, queue: Queue, task: &Task) -> Link {
        let person = format!("/people/{}", standing.person.id);
        let assessment = format!("{person}/assessments/{}", standing.assessment.id);
        let language = self.t.tag();
        match task {
            Task::Step { protocol, step, label, .. } => {
                let label = label.get(language).to_owned();
                let may_enter = match queue {
                    Queue::At(station) => roles_at(station).contains(&self.role),
                    _ => true,
                };
                if may_enter {
                    Link { path: format!("{assessment}/steps/{protocol}/{step}"), label }
                } else {
                    Link { path: assessment, label }
                }
            }
            Task::PersonalDetails(missing) => {
                let comma = self.t.get(key("list-comma"));
                let names: Vec<&str> = missing.iter().map(|label| label.get(language)).collect();
                let label = self.t.with(key("task-details"), &[("missing", &names.join(&comma))]);
                let is_clerk = self.role == Role::Clerk;
                Link { path: if is_clerk { format!("{person}/edit") } else { person }, label }
            }
            Task::NoProtocol => {
                Link { path: assessment, label: self.t.get(key("task-no-protocol")) }
            }
            Task::Sign if self.role == Role::Physician => {
                Link { path: format!("{assessment}/decision"), label: self.t.get(key("task-sign")) }
            }
            Task::Sign => Link { path: assessment, label: self.t.get(key("task-to-be-signed")) },
            Task::Blocked(outcome) => {
                Link { path: assessment, label: outcome.get(language).to_owned() }
            }
            Task::Review => Link { path: assessment, label: self.t.get(key("task-review")) },
            Task::Exam => Link { path: assessment, label: self.t.get(key("task-exam")) },
        }
    }
}
