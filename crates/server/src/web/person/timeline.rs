//! Everything recorded about a person, newest first: what, when, by whom.

use std::collections::BTreeMap;

use manzil_fhir::Resource;
use manzil_journey::assessment::Assessment;
use manzil_journey::certificate::Certificate;
use manzil_journey::coding::{FACT_SYSTEM, STEP_SYSTEM, code_in};
use manzil_journey::decision::Decision;
use manzil_journey::result::Observed;
use manzil_store::{StoreError, Version};

use super::super::wording;
use crate::App;
use crate::auth::account::role_key;
use crate::auth::accounts;
use crate::limits::TIMELINE_ROWS_MAX;
use crate::messages::{Translator, key};
use crate::problem::Problem;

/// One page of the timeline.
pub(crate) struct Slice {
    pub(crate) rows: Vec<Row>,
    pub(crate) total: usize,
    /// How many records come before the next page; none at the end.
    pub(crate) next: Option<usize>,
}

/// One record.
pub(crate) struct Row {
    /// Where more is told; empty for none.
    pub(crate) path: String,
    pub(crate) at: String,
    pub(crate) what: String,
    pub(crate) detail: String,
    pub(crate) by: String,
    pub(crate) role: String,
}

pub(super) async fn slice(
    app: &App,
    t: &Translator,
    versions: &[Version],
    from: usize,
) -> Result<Slice, Problem> {
    let names = names(app).await?;
    // A signature is the other half of a decision, and is told with it.
    let mut all: Vec<&Version> =
        versions.iter().filter(|it| it.meta.key.resource_type != "Provenance").collect();
    all.sort_by(|a, b| (b.meta.seq, &b.meta.key).cmp(&(a.meta.seq, &a.meta.key)));
    let total = all.len();
    let shown = all.into_iter().skip(from).take(TIMELINE_ROWS_MAX);
    let rows =
        shown.map(|version| row(app, t, &names, version)).collect::<Result<Vec<Row>, _>>()?;
    let end = from + rows.len();
    Ok(Slice { rows, total, next: (end < total).then_some(end) })
}

/// The names behind account names.
pub(crate) async fn names(app: &App) -> Result<BTreeMap<String, String>, Problem> {
    let accounts = accounts::list(&*app.store).await?;
    Ok(accounts.into_iter().map(|account| (account.name, account.display_name)).collect())
}

fn row(
    app: &App,
    t: &Translator,
    names: &BTreeMap<String, String>,
    version: &Version,
) -> Result<Row, StoreError> {
    let meta = &version.meta;
    let resource = version.resource()?;
    let (what, detail) = words(app, t, &resource);
    let changed = meta.version > 1 && meta.key.resource_type != "ClinicalImpression";
    Ok(Row {
        path: path(version, &resource).unwrap_or_default(),
        at: t.time(meta.at),
        what: if changed {
            t.with(key("record-version"), &[("what", &what), ("version", &meta.version)])
        } else {
            what
        },
        detail,
        by: names.get(&meta.actor).cloned().unwrap_or_else(|| meta.actor.clone()),
        role: t.get(role_key(meta.role)),
    })
}

/// Findings and decisions have pages of their own.
fn path(version: &Version, resource: &Resource) -> Option<String> {
    let meta = &version.meta;
    let person = format!("/people/{}", meta.person.as_deref()?);
    match meta.key.resource_type.as_str() {
        "EpisodeOfCare" => Some(format!("{person}/assessments/{}", meta.key.id)),
        "Observation" => {
            let assessment = Observed::read(resource)?.assessment?;
            Some(format!("{person}/assessments/{assessment}/findings/{}", meta.key.id))
        }
        "ClinicalImpression" => {
            let assessment = Decision::read(resource)?.assessment;
            Some(format!("{person}/assessments/{assessment}/decisions/{}", meta.key.id))
        }
        "Composition" => Some(format!("/certificates/{}", meta.key.id)),
        _ => None,
    }
}

fn words(app: &App, t: &Translator, resource: &Resource) -> (String, String) {
    let language = t.tag();
    match resource.resource_type() {
        "Patient" => (t.get(key("record-person")), String::new()),
        "EpisodeOfCare" => {
            let assessment = Assessment::read(resource);
            let detail = assessment.map(|it| {
                let country = wording::country(t, it.destination.code());
                format!("{country} · {}", wording::status(t, it.status))
            });
            (t.get(key("record-assessment")), detail.unwrap_or_default())
        }
        "Observation" => observation(app, t, resource),
        "ServiceRequest" => {
            let step = code_in(resource.value(), "code", STEP_SYSTEM);
            let label = step.and_then(|code| code.split_once('/')).and_then(|(id, step)| {
                let editions = app.library.protocols().iter().rev();
                editions.filter(|it| it.id == *id).find_map(|it| it.step(step))
            });
            let label = label.map(|step| step.label.get(language).to_owned());
            (t.get(key("record-sample")), label.unwrap_or_default())
        }
        "ClinicalImpression" => {
            let decision = Decision::read(resource);
            let detail = decision.map(|it| it.protocol).unwrap_or_default();
            (t.get(key("record-decision")), detail)
        }
        "Composition" => {
            let certificate = Certificate::read(resource);
            let title = certificate.map(|it| it.statement.title.get(language).to_owned());
            (t.get(key("record-certificate")), title.unwrap_or_default())
        }
        other => (other.to_owned(), String::new()),
    }
}

fn observation(app: &App, t: &Translator, resource: &Resource) -> (String, String) {
    let unknown = || (t.get(key("record-observation")), String::new());
    let code = code_in(resource.value(), "code", FACT_SYSTEM);
    let Some(fact) = code.and_then(|code| app.library.fact(code)) else { return unknown() };
    let on = Observed::read(resource).and_then(|observed| observed.on);
    let on = on.map(|on| t.date(on)).unwrap_or_default();
    (fact.label.get(t.tag()).to_owned(), on)
}
