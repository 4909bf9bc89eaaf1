//! The family case of a person, with how far each member is.

use manzil_journey::access::Access;
use manzil_journey::family::FamilyCase;
use manzil_journey::person::Person;
use manzil_store::{Key, Query, desk};

use super::super::{people, wording};
use crate::App;
use crate::board::Queues;
use crate::messages::{Translator, key};
use crate::problem::Problem;

/// Members of one case that are shown.
const MEMBERS_MAX: usize = 30;

/// A case with its members.
pub(crate) struct Case {
    pub(crate) number: String,
    pub(crate) members: Vec<Member>,
}

/// Somebody who travels with the person.
pub(crate) struct Member {
    pub(crate) path: String,
    pub(crate) name: String,
    pub(crate) age: String,
    pub(crate) state: String,
    /// The person whose page this is.
    pub(crate) here: bool,
}

/// The family cases in which somebody is a member.
pub(crate) async fn of_person(
    app: &App,
    access: &Access,
    person: &str,
) -> Result<Vec<FamilyCase>, Problem> {
    let query = Query {
        resource_type: "Group".to_owned(),
        tokens: vec![("member".to_owned(), format!("Patient/{person}"))],
        ..Query::default()
    };
    let found = app.store.find(access, &query).await?;
    Ok(desk::read_all(&found.rows, FamilyCase::read)?)
}

pub(super) async fn cases(
    app: &App,
    access: &Access,
    t: &Translator,
    queues: &Queues,
    person: &Person,
) -> Result<Vec<Case>, Problem> {
    let mut cases = Vec::new();
    for case in of_person(app, access, &person.id).await? {
        let mut members = Vec::new();
        for id in case.members.iter().take(MEMBERS_MAX) {
            let other = if id == &person.id {
                Some(person.clone())
            } else {
                let version = app.store.read(access, &Key::new("Patient", id)).await?;
                desk::read_one(version.as_ref(), Person::read)?
            };
            let Some(other) = other else { continue };
            members.push(member(app, access, t, queues, &other, id == &person.id).await?);
        }
        cases.push(Case { number: case.number, members });
    }
    Ok(cases)
}

async fn member(
    app: &App,
    access: &Access,
    t: &Translator,
    queues: &Queues,
    person: &Person,
    here: bool,
) -> Result<Member, Problem> {
    let assessments = people::assessments(&*app.store, access, queues, &person.id).await?;
    let states: Vec<String> = assessments
        .iter()
        .map(|assessment| {
            let country = wording::country(t, assessment.destination.code());
            format!("{country}: {}", wording::status(t, assessment.status))
        })
        .collect();
    let state = if states.is_empty() {
        t.get(key("no-assessment"))
    } else {
        states.join(&t.get(key("list-comma")))
    };
    Ok(Member {
        path: format!("/people/{}", person.id),
        name: person.name.clone(),
        age: wording::age(t, person, app.today()),
        state,
        here,
    })
}
