//! Reads protocols: the head, what they use, and then their parts.

use std::collections::BTreeMap;
use std::sync::Arc;

use jiff::civil::Date;

use super::item::{Field, Item, Log};
use super::places::Role;
use super::tables::{self, Surroundings};
use super::{Document, cases, facts, order, stamp, steps};
use crate::condition::{Entry, Scope};
use crate::diagnostic::Diagnostic;
use crate::nearest::did_you_mean;
use crate::{Library, Name, Protocol, ProtocolRef, Source, Span, Status, Text, codes};

/// What the `[protocol]` table says.
struct Head {
    reference: ProtocolRef,
    span: Span,
    title: Text,
    jurisdiction: Option<String>,
    populations: Vec<String>,
    from: Date,
    to: Option<Date>,
    uses: Vec<(ProtocolRef, Span)>,
    library: bool,
    status: Status,
}

/// One protocol's files.
struct Draft<'a> {
    head: Head,
    file: Item<'a>,
    folder: &'a str,
}

pub(super) fn read(
    log: &Log<'_>,
    documents: &[Document<'_>],
    facts: &Scope,
    library: &mut Library,
) {
    let drafts = drafts(log, documents);
    refuse_orphans(log, documents);
    let Some(order) = order_by_use(log, &drafts) else { return };
    let mut drafts: Vec<Option<Draft<'_>>> = drafts.into_iter().map(Some).collect();
    let mut done: BTreeMap<ProtocolRef, Arc<Protocol>> = BTreeMap::new();
    for index in order {
        let Some(draft) = drafts.get_mut(index).and_then(Option::take) else { continue };
        let used: Option<Vec<Arc<Protocol>>> =
            draft.head.uses.iter().map(|(used, _)| done.get(used).cloned()).collect();
        // What it uses is broken, and that has been told.
        let Some(used) = used else { continue };
        if let Some(protocol) = whole(log, draft, documents, facts, &used, library) {
            done.insert(protocol.reference(), Arc::new(protocol));
        }
    }
    library.protocols = done.into_values().collect();
    library.protocols.sort_by(|a, b| (&a.id, a.from, &a.edition).cmp(&(&b.id, b.from, &b.edition)));
}

fn drafts<'a>(log: &'a Log<'a>, documents: &'a [Document<'a>]) -> Vec<Draft<'a>> {
    let mut drafts: Vec<Draft<'a>> = Vec::new();
    for document in documents {
        let Role::Protocol(folder) = &document.role else { continue };
        let file = document.item(log, "protocol file");
        let Some(head) = file
            .need("protocol")
            .and_then(|field| field.item("protocol"))
            .and_then(|item| head(item, folder))
        else {
            continue;
        };
        if let Some(earlier) = drafts.iter().find(|draft| draft.head.reference == head.reference) {
            let name = head.reference.to_string();
            tables::tell_twice(log, &name, head.span, earlier.head.span);
            continue;
        }
        drafts.push(Draft { head, file, folder });
    }
    drafts
}

fn head(item: Item<'_>, folder: &str) -> Option<Head> {
    let id = item.id("id");
    let edition = item.need("edition");
    let title = item.need("title").and_then(|field| field.words());
    let library = item.get("library").and_then(|field| field.bool()).unwrap_or(false);
    let jurisdiction = if library { item.get("jurisdiction") } else { item.need("jurisdiction") };
    let jurisdiction = jurisdiction.and_then(|field| country(&field));
    let populations = item.get("populations").map(|field| field.list()).unwrap_or_default();
    let populations = populations.iter().filter_map(Field::string).collect();
    // A library is in force whenever it is used.
    let from = if library { item.get("from") } else { item.need("from") };
    let from_span = from.as_ref().map_or(item.span, Field::span);
    let from = from.map_or(library.then_some(Date::MIN), |field| field.date());
    let to = item.get("to").and_then(|field| field.date());
    let uses = uses(&item);
    let status = tables::status(&item);
    let log = item.log;
    item.finish();
    let edition_span = edition.map(|field| field.span());
    let ((id, span), edition) = (id?, edition?.edition()?);
    refuse_other_folder(log, folder, (&id, span), (&edition, edition_span.unwrap_or(span)));
    let from = from?;
    if to.is_some_and(|to| to <= from) {
        let message = "this edition ends before it begins";
        log.tell(
            codes::DATE,
            from_span,
            message,
            "`to` is the first day on which it is no longer in force",
        );
    }
    let reference = ProtocolRef { id, edition };
    let title = title?;
    Some(Head {
        reference,
        span,
        title,
        jurisdiction,
        populations,
        from,
        to,
        uses,
        library,
        status,
    })
}

fn country(field: &Field<'_>) -> Option<String> {
    let code = field.string()?;
    if code.len() == 2 && code.bytes().all(|byte| byte.is_ascii_uppercase()) {
        return Some(code);
    }
    let message = format!("`{code}` is not a country");
    let hint = "write the two capital letters of ISO 3166-1, such as US";
    field.log.tell(codes::WRONG_KIND, field.span(), message, hint);
    None
}

fn uses(item: &Item<'_>) -> Vec<(ProtocolRef, Span)> {
    let Some(field) = item.get("uses") else { return Vec::new() };
    let mut uses = Vec::new();
    for field in field.list() {
        let Some(written) = field.string() else { continue };
        if let Some((id, edition)) = written.split_once('@')
            && Name::is_valid(id)
            && !edition.is_empty()
        {
            let reference = ProtocolRef { id: id.into(), edition: edition.into() };
            uses.push((reference, field.span()));
            continue;
        }
        let message = format!("`{written}` names no library");
        item.log.tell(
            codes::DANGLING,
            field.span(),
            message,
            "write id@edition, such as igra@2020",
        );
    }
    uses
}

/// The folders say the same id and edition as the file.
fn refuse_other_folder(log: &Log<'_>, folder: &str, id: (&Name, Span), edition: (&Name, Span)) {
    let mut folders = folder.rsplit('/');
    for (what, (name, span)) in [("edition", edition), ("id", id)] {
        let Some(folder) = folders.next().filter(|folder| !folder.is_empty()) else { return };
        if **name != *folder {
            let message = format!("the folder says that the {what} is `{folder}`, not `{name}`");
            log.tell(codes::MISPLACED, span, message, "rename one of the two");
        }
    }
}

/// Forms and cases lie beside a protocol.
fn refuse_orphans(log: &Log<'_>, documents: &[Document<'_>]) {
    let has_protocol = |folder: &String| {
        documents.iter().any(|document| document.role == Role::Protocol(folder.clone()))
    };
    for document in documents {
        let (Role::Form(folder, _) | Role::Cases(folder)) = &document.role else { continue };
        if !has_protocol(folder)
            && log.sources.iter().all(|(_, file)| file.path != format!("{folder}/protocol.toml"))
        {
            let message = "there is no protocol beside this folder";
            let hint = format!("move it beside a protocol.toml, or add {folder}/protocol.toml");
            log.tell(codes::MISPLACED, Span::new(document.file, 0..0), message, hint);
        }
    }
}

/// Libraries before those that use them.
fn order_by_use(log: &Log<'_>, drafts: &[Draft<'_>]) -> Option<Vec<usize>> {
    let place = |used: &ProtocolRef| drafts.iter().position(|draft| draft.head.reference == *used);
    for draft in drafts {
        for (used, span) in &draft.head.uses {
            match place(used).and_then(|place| drafts.get(place)) {
                Some(target) if target.head.library => {}
                Some(_) => {
                    let message = format!("`{used}` is not a library");
                    log.tell(codes::DANGLING, *span, message, "give it `library = true`");
                }
                None => {
                    let known: Vec<String> = drafts
                        .iter()
                        .filter(|draft| draft.head.library)
                        .map(|draft| draft.head.reference.to_string())
                        .collect();
                    let hint = did_you_mean(&used.to_string(), known.iter().map(String::as_str))
                        .unwrap_or_else(|| "add the library or correct its id and edition".into());
                    log.tell(codes::DANGLING, *span, format!("there is no library `{used}`"), hint);
                }
            }
        }
    }
    let refers: Vec<Vec<usize>> = drafts
        .iter()
        .map(|draft| draft.head.uses.iter().filter_map(|(used, _)| place(used)).collect())
        .collect();
    match order::sort(&refers) {
        Ok((order, _)) => Some(order),
        Err(circle) => {
            let names: Vec<(Name, Span)> = circle
                .iter()
                .filter_map(|index| drafts.get(*index))
                .map(|draft| (draft.head.reference.to_string().into(), draft.head.span))
                .collect();
            let items: Vec<(&Name, Span)> =
                names.iter().map(|(name, span)| (name, *span)).collect();
            facts::tell_circle(log, &items, "a library cannot use what uses it");
            None
        }
    }
}

/// Reads all parts of one protocol.
fn whole(
    log: &Log<'_>,
    draft: Draft<'_>,
    documents: &[Document<'_>],
    facts: &Scope,
    used: &[Arc<Protocol>],
    library: &Library,
) -> Option<Protocol> {
    let Draft { head, file, folder } = draft;
    let told_before = log.count();
    let sources = sources(&file);
    let mut scope = facts.clone();
    share(log, used, head.span, &mut scope);
    let declared = tables::declare(&file, &mut scope);
    let around = Surroundings { scope: &scope, sources: &sources, home: &head.reference };
    let (defines, computes, tables) = tables::read(declared, &around);
    let mut protocol = Protocol {
        id: head.reference.id.clone(),
        edition: head.reference.edition.clone(),
        title: head.title,
        jurisdiction: head.jurisdiction,
        populations: head.populations,
        from: head.from,
        to: head.to,
        uses: head.uses.into_iter().map(|(used, _)| used).collect(),
        library: head.library,
        status: head.status,
        defines: shared(used, |library| &library.defines, defines, |define| &define.id),
        computes: shared(used, |library| &library.computes, computes, |compute| &compute.id),
        tables: shared(used, |library| &library.tables, tables, |table| &table.id),
        steps: steps::read(&file, &around),
        forms: Vec::new(),
        certificate: None,
        disclosure: None,
        cases: Vec::new(),
        facts: Vec::new(),
        hash: String::new(),
        span: head.span,
        sources: sources.clone(),
    };
    protocol.certificate = steps::certificate(&file, &protocol);
    protocol.disclosure = steps::disclosure(&file, &protocol, library);
    steps::refuse_unknown(log, &protocol, library);
    super::settle::settle(log, &mut protocol, library);
    file.finish();
    for document in documents {
        match &document.role {
            Role::Form(of, step) if of == folder => {
                let item = document.item(log, "form");
                protocol.forms.extend(steps::form(item, step, &protocol, &scope));
            }
            Role::Cases(of) if of == folder => {
                cases::read(document.item(log, "cases file"), library, &mut protocol);
            }
            _ => {}
        }
    }
    protocol.facts = super::settle::facts_in_ask_order(&protocol, library);
    protocol.hash = stamp::hash(log.sources, &protocol, used, library, folder);
    (log.count() == told_before).then_some(protocol)
}

fn sources(file: &Item<'_>) -> Vec<Arc<Source>> {
    let mut sources: Vec<Arc<Source>> = Vec::new();
    for item in file.items("source", "source") {
        let id = item.id("id");
        let title = item.need("title").and_then(|field| field.string());
        let text = |key| item.get(key).and_then(|field| field.string());
        let (publisher, date, url) = (text("publisher"), text("date"), text("url"));
        item.finish();
        let Some((id, span)) = id else { continue };
        if let Some(earlier) = sources.iter().find(|earlier| earlier.id == id) {
            tables::tell_twice(file.log, &id, span, earlier.span);
            continue;
        }
        let title = title.unwrap_or_default();
        sources.push(Arc::new(Source { id, title, publisher, date, url, span }));
    }
    sources
}

/// Brings the names of the libraries into scope.
fn share(log: &Log<'_>, used: &[Arc<Protocol>], span: Span, scope: &mut Scope) {
    let mut taken: BTreeMap<Name, Span> = BTreeMap::new();
    for library in used {
        let defines =
            library.defines.iter().map(|define| (&define.id, define.span, Entry::define()));
        let computes = library.computes.iter().map(|compute| {
            (&compute.id, compute.span, Entry::compute(&compute.id, compute.unit.clone()))
        });
        let tables =
            library.tables.iter().map(|table| (&table.id, table.span, Entry::table(table)));
        for (name, written, entry) in defines.chain(computes).chain(tables) {
            // Two libraries may bring the same thing from a third.
            if scope.declare(name.clone(), entry) || taken.get(name) == Some(&written) {
                taken.insert(name.clone(), written);
                continue;
            }
            log.add(
                Diagnostic::new(
                    log.sources,
                    codes::DUPLICATE,
                    span,
                    format!("two libraries both bring `{name}`"),
                )
                .with_place(log.sources, written, "one of them")
                .with_hint("use one of the two, or rename it there"),
            );
        }
    }
}

/// What the libraries bring, each thing once, and then its own.
fn shared<T: Clone>(
    used: &[Arc<Protocol>],
    of: impl Fn(&Protocol) -> &Vec<T>,
    own: Vec<T>,
    id: impl Fn(&T) -> &Name,
) -> Vec<T> {
    let mut all: Vec<T> = Vec::new();
    for item in used.iter().flat_map(|library| of(library)).chain(&own) {
        if !all.iter().any(|earlier| id(earlier) == id(item)) {
            all.push(item.clone());
        }
    }
    all
}
