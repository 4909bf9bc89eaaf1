//! Searching: of a type, of everything, of a compartment.

use manzil_fhir::search::query::{Condition, Include, ResultOptions, Search, Summary, Total};
use manzil_fhir::search::{self, Handling, NoCodes, Setting, compartment, compartment_parameters};
use manzil_fhir::table;
use manzil_fhir::terminology::Terminology;
use manzil_journey::access::Compartment;
use manzil_journey::placing;
use manzil_store::{Found, PageRequest, SearchPage, SearchRequest};

use super::answer::Answer;
use super::ask::{Call, Pairs};
use super::bundle::BundleText;
use super::fault::Fault;
use super::link::{self, PAGE};
use super::outcome::{Issue, Refusal, outcome};
use super::place::Place;
use super::{subset, terminology};
use crate::limits::{FHIR_PAGE_ROWS, FHIR_PAGE_ROWS_MAX};
use crate::smart::Interaction;

/// What an operation adds to a search.
#[derive(Debug)]
pub(crate) struct Added {
    /// Where its pages are, from the base.
    pub(crate) path: String,
    pub(crate) within: Condition,
    pub(crate) include: Option<Include>,
}

/// The searchset Bundle for a search at a place.
pub(crate) async fn answer(
    call: &Call,
    place: &Place,
    mut pairs: Pairs,
) -> Result<Answer, Refusal> {
    let after = link::take_page(&mut pairs);
    let (types, within) = match place {
        Place::Type(of) | Place::TypeSearch(of) => (vec![*of], None),
        Place::Compartment(owner, id, of) | Place::CompartmentSearch(owner, id, of) => {
            (of.iter().copied().collect(), Some(in_compartment(call, owner, id, *of)?))
        }
        _ => (Vec::new(), None),
    };
    let mut search = parsed(call, &types, &pairs, call.prefer.handling).await?;
    search.filter.extend(within);
    run(call, &path(place), search, &pairs, after).await
}

/// The searchset Bundle for what an operation finds.
pub(crate) async fn with(call: &Call, mut pairs: Pairs, added: Added) -> Result<Answer, Refusal> {
    let after = link::take_page(&mut pairs);
    let mut search = parsed(call, &[], &pairs, Handling::Strict).await?;
    search.filter.push(added.within);
    search.includes.extend(added.include);
    run(call, &added.path, search, &pairs, after).await
}

async fn run(
    call: &Call,
    path: &str,
    search: Search,
    pairs: &Pairs,
    after: Option<String>,
) -> Result<Answer, Refusal> {
    let request = request(call, search, after)?;
    let mut page = call.app.store.search(&call.door.access, &request).await?;
    let is_seen = |found: &Found| {
        let of = found.key.resource_type.as_str();
        call.door.reaches(of, Interaction::Search, found.compartment, found.person.as_deref())
    };
    page.matches.retain(is_seen);
    page.included.retain(is_seen);
    let text = text(call, path, &request, &page, pairs)?;
    Ok(Answer::json(text))
}

fn request(
    call: &Call,
    mut search: Search,
    after: Option<String>,
) -> Result<SearchRequest, Refusal> {
    narrow(call, &mut search)?;
    let counts_only = search.result.summary == Summary::Count;
    let rows_max = match search.result.count {
        _ if counts_only => 0,
        Some(count) => count.min(FHIR_PAGE_ROWS_MAX),
        None => FHIR_PAGE_ROWS,
    };
    if rows_max == 0 && search.result.total != Total::None {
        search.result.total = Total::Accurate;
    }
    Ok(SearchRequest { search, page: PageRequest { rows_max, after } })
}

/// Reads the parameters of a search. What it finds is not yet narrowed to what a token reaches.
pub(crate) async fn parsed(
    call: &Call,
    types: &[&'static str],
    pairs: &Pairs,
    handling: Handling,
) -> Result<Search, Refusal> {
    let now = call.app.now().as_millisecond();
    let parse = |codes: &Terminology| {
        search::parse(types, pairs, handling, &Setting { base: &call.base, now, codes })
    };
    Ok(terminology::with(call, parse).await??)
}

/// Reads parameters of our own, which ask for no value set.
pub(crate) fn plain(call: &Call, of: &'static str, pairs: &Pairs) -> Result<Search, Refusal> {
    let now = call.app.now().as_millisecond();
    let setting = Setting { base: &call.base, now, codes: &NoCodes };
    Ok(search::parse(&[of], pairs, Handling::Strict, &setting)?)
}

/// Narrows a search to the types and the person that the scopes of the token cover.
///
/// # Errors
///
/// When they cover none of the types asked for by name.
pub(crate) fn narrow(call: &Call, search: &mut Search) -> Result<(), Refusal> {
    let door = &call.door;
    for of in &search.types {
        door.require(of, Interaction::Search)?;
    }
    if search.types.is_empty() && !door.permits("*", Interaction::Search) {
        let all = table::types().map(|it| it.name).filter(|name| table::is_resource_type(name));
        search.types = all.filter(|of| door.permits(of, Interaction::Search)).collect();
        if search.types.is_empty() {
            door.require("*", Interaction::Search)?;
        }
    }
    let every = ["*"];
    let types = if search.types.is_empty() { every.as_slice() } else { search.types.as_slice() };
    let Some(person) = types.iter().find_map(|of| door.only_person(of, Interaction::Search)) else {
        return Ok(());
    };
    // The directory may be read as well, and whatever a wider scope covers.
    let free = table::types().map(|it| it.name).filter(|of| {
        table::is_resource_type(of)
            && (door.only_person(of, Interaction::Search).is_none()
                || placing::compartment_of(of, door.access.purpose) == Compartment::Directory)
    });
    let mut reached: Vec<Condition> = free.map(Condition::Type).collect();
    reached.push(Condition::Person(person.to_owned()));
    search.filter.push(Condition::Any(reached));
    Ok(())
}

/// What lies in a compartment: by its parameters, or for everything of a patient by the record
/// in which it was put.
pub(crate) fn in_compartment(
    call: &Call,
    owner: &'static str,
    id: &str,
    of: Option<&'static str>,
) -> Result<Condition, Refusal> {
    let Some(mut types) = compartment(owner) else {
        return Err(Fault::NoPlace(format!("/{owner}/{id}/...: {owner} has no compartment")).into());
    };
    let Some(of) = of else {
        if owner == "Patient" {
            return Ok(Condition::Person(id.to_owned()));
        }
        let each = types.map(|(of, _)| by_parameters(call, owner, id, of));
        return Ok(Condition::Any(each.collect::<Result<_, _>>()?));
    };
    if !types.any(|(name, _)| name == of) {
        let text = format!("/{owner}/{id}/{of}: {of} does not lie in the compartment of {owner}");
        return Err(Fault::NoPlace(text).into());
    }
    by_parameters(call, owner, id, of)
}

fn by_parameters(
    call: &Call,
    owner: &str,
    id: &str,
    of: &'static str,
) -> Result<Condition, Refusal> {
    let mut any = Vec::new();
    for parameter in compartment_parameters(owner, of) {
        let value = if *parameter == "_id" { id.to_owned() } else { format!("{owner}/{id}") };
        let pairs = vec![((*parameter).to_owned(), value)];
        any.extend(plain(call, of, &pairs)?.filter);
    }
    Ok(Condition::All(vec![Condition::Type(of), Condition::Any(any)]))
}

/// The address of a search without its query. A search by `POST` has the same as one by `GET`.
fn path(place: &Place) -> String {
    match place {
        Place::Type(of) | Place::TypeSearch(of) => format!("/{of}"),
        Place::Compartment(owner, id, of) | Place::CompartmentSearch(owner, id, of) => {
            format!("/{owner}/{id}/{}", of.unwrap_or("*"))
        }
        _ => String::new(),
    }
}

fn text(
    call: &Call,
    path: &str,
    request: &SearchRequest,
    page: &SearchPage,
    pairs: &Pairs,
) -> Result<String, Refusal> {
    let rows = page.matches.iter().chain(&page.included);
    let bytes: usize = rows.map(|found| found.body.json().len() + 200).sum();
    let mut bundle = BundleText::new("searchset", call.app.now(), bytes);
    if let Some(total) = page.total {
        bundle.total(total);
    }
    bundle.links(&links(call, path, request, page, pairs));
    let result = &request.search.result;
    for (mode, rows) in [("match", &page.matches), ("include", &page.included)] {
        rows.iter().try_for_each(|found| entry(call, &mut bundle, found, mode, result))?;
    }
    let notes = notes(request, page);
    if !notes.is_empty() {
        drop(bundle.entry().resource(&outcome(&notes).to_string()).mode("outcome"));
    }
    Ok(bundle.finish())
}

fn entry(
    call: &Call,
    bundle: &mut BundleText,
    found: &Found,
    mode: &str,
    shape: &ResultOptions,
) -> Result<(), Refusal> {
    let key = &found.key;
    let written = bundle.entry().full_url(&call.base, &key.resource_type, &key.id);
    if subset::is_whole(shape) || mode == "include" {
        drop(written.resource(found.body.json()).mode(mode));
    } else {
        let part = subset::apply(found.body.json().to_owned(), shape)?;
        drop(written.resource(&part).mode(mode));
    }
    Ok(())
}

/// The links repeat the parameters that were used, so that a client sees what was not.
fn links(
    call: &Call,
    path: &str,
    request: &SearchRequest,
    page: &SearchPage,
    pairs: &Pairs,
) -> Vec<(&'static str, String)> {
    let place = format!("{}{path}", call.base);
    let used = &request.search.result.used;
    let own = || {
        let pairs = used.iter().filter_map(|at| pairs.get(*at));
        pairs.map(|(name, value)| (name.as_str(), value.as_str()))
    };
    let here = request.page.after.as_deref().map(|mark| (PAGE, mark));
    let mut links = vec![("self", link::address(&place, own().chain(here)))];
    if here.is_some() || page.next.is_some() {
        links.push(("first", link::address(&place, own())));
    }
    if let Some(mark) = &page.next {
        links.push(("next", link::address(&place, own().chain([(PAGE, mark.as_str())]))));
    }
    links
}

/// What the client should know of the answer.
fn notes(request: &SearchRequest, page: &SearchPage) -> Vec<Issue> {
    let mut notes: Vec<Issue> = Vec::new();
    for ignored in &request.search.result.ignored {
        let text = format!("{} was left out: {}", ignored.parameter, ignored.reason);
        notes.push(Issue::warning("not-supported", text).at(ignored.parameter.clone()));
    }
    if page.included_cut {
        let text = "not everything that was to be included is here; ask for smaller pages";
        notes.push(Issue::warning("incomplete", text));
    }
    notes
}
