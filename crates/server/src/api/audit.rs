//! AuditEvents: the audit trail of the store in the shape of FHIR. They are made when they are
//! asked for and stored nowhere, so that there is one trail and it is chained.

mod event;

use jiff::Timestamp;
use manzil_fhir::search::query::{Comparison, DateTest};
use manzil_fhir::search::{Handling, date_test};
use manzil_store::{AuditEntry, PageRequest};

use super::answer::Answer;
use super::ask::{Call, Pairs};
use super::bundle::BundleText;
use super::fault::Fault;
use super::history::count;
use super::link::{self, PAGE};
use super::outcome::{Issue, Refusal, outcome};
use crate::limits::{FHIR_AUDIT_LINES_MAX, FHIR_PAGE_ROWS_MAX};
use crate::smart::Interaction;

/// What is looked for in the trail.
#[derive(Debug, Default)]
struct Wanted {
    person: Option<String>,
    dates: Vec<DateTest>,
    agent: Option<String>,
    action: Option<String>,
    /// What was not understood.
    notes: Vec<Issue>,
}

/// The searchset for a search of AuditEvents, newest first.
pub(crate) async fn search(call: &Call, mut pairs: Pairs) -> Result<Answer, Refusal> {
    call.door.require("AuditEvent", Interaction::Search)?;
    let after = link::take_page(&mut pairs);
    let wanted = wanted(call, &pairs)?;
    let rows = count(&pairs)?;
    let (found, next) = find(call, &wanted, rows, after.clone()).await?;
    let mut bundle = BundleText::new("searchset", call.app.now(), found.len() * 1200);
    let place = format!("{}/AuditEvent", call.base);
    let own = || pairs.iter().map(|(name, value)| (name.as_str(), value.as_str()));
    let here = after.as_deref().map(|mark| (PAGE, mark));
    let mut links = vec![("self", link::address(&place, own().chain(here)))];
    if let Some(mark) = &next {
        links.push(("next", link::address(&place, own().chain([(PAGE, mark.as_str())]))));
    }
    bundle.links(&links);
    let about = wanted.person.as_deref();
    for entry in &found {
        let (id, json) = (entry.seq.to_string(), event::of(call, entry, about).to_string());
        drop(bundle.entry().full_url(&call.base, "AuditEvent", &id).resource(&json).mode("match"));
    }
    if !wanted.notes.is_empty() {
        drop(bundle.entry().resource(&outcome(&wanted.notes).to_string()).mode("outcome"));
    }
    Ok(Answer::json(bundle.finish()))
}

/// One AuditEvent by its number, among the newest lines.
pub(crate) async fn read(call: &Call, id: &str) -> Result<Answer, Refusal> {
    call.door.require("AuditEvent", Interaction::Read)?;
    let missing = || Refusal::from(Fault::Missing(format!("AuditEvent/{id}")));
    let seq: u64 = id.parse().map_err(|_| missing())?;
    let mut after = None;
    let person = call.door.only_person("AuditEvent", Interaction::Read);
    for _ in 0..FHIR_AUDIT_LINES_MAX / FHIR_PAGE_ROWS_MAX {
        let page = PageRequest { rows_max: FHIR_PAGE_ROWS_MAX, after };
        let page = call.app.store.audit(&call.door.access, person, page).await?;
        if let Some(entry) = page.rows.iter().find(|entry| entry.seq == seq) {
            return Ok(Answer::json(event::of(call, entry, person).to_string()));
        }
        let is_past = page.rows.last().is_some_and(|entry| entry.seq < seq);
        after = page.next.filter(|_| !is_past);
        if after.is_none() {
            break;
        }
    }
    Err(missing())
}

/// Lines that fit, and where to go on. Looks at so many lines at the most; a page may hold less
/// than was asked for and still have a next one.
async fn find(
    call: &Call,
    wanted: &Wanted,
    rows: usize,
    mut after: Option<String>,
) -> Result<(Vec<AuditEntry>, Option<String>), Refusal> {
    let (mut found, mut looked) = (Vec::new(), 0);
    let person = wanted.person.as_deref();
    while found.len() < rows && looked < FHIR_AUDIT_LINES_MAX {
        let rows_max = rows - found.len();
        let page = PageRequest { rows_max, after: after.take() };
        let page = call.app.store.audit(&call.door.access, person, page).await?;
        looked += page.rows.len();
        let is_past = page.rows.last().is_some_and(|entry| wanted.is_before(entry.at));
        found.extend(page.rows.into_iter().filter(|entry| wanted.fits(entry)));
        after = page.next.filter(|_| !is_past);
        if after.is_none() {
            break;
        }
    }
    Ok((found, after))
}

impl Wanted {
    fn fits(&self, entry: &AuditEntry) -> bool {
        let at = entry.at.as_millisecond();
        self.dates.iter().all(|test| holds(test, at))
            && self.agent.as_ref().is_none_or(|agent| entry.actor == *agent)
            && self.action.as_ref().is_none_or(|action| event::action(&entry.what) == action)
    }

    /// Whether nothing as old as this, or older, can fit.
    fn is_before(&self, at: Timestamp) -> bool {
        let at = at.as_millisecond();
        let bounded = |test: &DateTest| {
            use Comparison::{Equal, Greater, GreaterOrEqual, StartsAfter};
            matches!(test.comparison, Equal | Greater | GreaterOrEqual | StartsAfter)
                && at < test.from
        };
        self.dates.iter().any(bounded)
    }
}

/// The trail knows moments, so every comparison is one of points.
fn holds(test: &DateTest, at: i64) -> bool {
    let within = at >= test.from && at < test.until;
    match test.comparison {
        Comparison::Equal | Comparison::Approximately => within,
        Comparison::NotEqual => !within,
        Comparison::Greater | Comparison::StartsAfter => at >= test.until,
        Comparison::Less | Comparison::EndsBefore => at < test.from,
        Comparison::GreaterOrEqual => at >= test.from,
        Comparison::LessOrEqual => at < test.until,
    }
}

fn wanted(call: &Call, pairs: &Pairs) -> Result<Wanted, Refusal> {
    let only = call.door.only_person("AuditEvent", Interaction::Search);
    let mut wanted = Wanted { person: only.map(str::to_owned), ..Wanted::default() };
    for (name, value) in pairs {
        match name.as_str() {
            "_count" | "_format" | "_pretty" => {}
            "date" | "_lastUpdated" => {
                wanted.dates.push(date_test(name, value, call.app.now().as_millisecond())?);
            }
            "patient" | "entity" => {
                let id = value.strip_prefix("Patient/").unwrap_or(value).to_owned();
                if only.is_some_and(|only| only != id) {
                    return Err(Fault::Beyond.into());
                }
                wanted.person = Some(id);
            }
            "agent" | "agent-name" => wanted.agent = Some(value.clone()),
            "action" => {
                wanted.action = Some(value.rsplit('|').next().unwrap_or(value).to_owned());
            }
            _ => {
                let name: String = name.chars().take(64).collect();
                let text = format!(
                    "AuditEvents cannot be searched by {name} here; use date, patient, entity, \
                     agent and action"
                );
                if call.prefer.handling == Handling::Strict {
                    return Err(Fault::Unknown(text).into());
                }
                wanted.notes.push(Issue::warning("not-supported", text).at(name));
            }
        }
    }
    Ok(wanted)
}
