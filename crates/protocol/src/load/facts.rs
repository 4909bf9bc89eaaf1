//! Reads the vocabulary: `content/facts/*.toml`.

use std::sync::Arc;

use super::item::{Field, Item, Log, Written};
use super::places::Role;
use super::{Document, order, tables};
use crate::condition::{Entry, Scope, read_condition};
use crate::diagnostic::Diagnostic;
use crate::limits::{REFERENCE_DEPTH_MAX, VALUES_MAX};
use crate::model::{As, Binding, Pick};
use crate::{
    Changes, CodeValue, Condition, Decimal, Fact, FactKind, Library, Name, Never, Span, Subject,
    Unit, codes,
};

/// A fact whose `only_when` waits until all facts are known.
struct Draft {
    fact: Fact,
    only_when: Option<Written>,
}

/// Reads every fact into the library. Returns what the facts are called, broken ones included.
pub(super) fn read(log: &Log<'_>, documents: &[Document<'_>], library: &mut Library) -> Scope {
    let mut drafts: Vec<Draft> = Vec::new();
    let mut broken = Vec::new();
    let mut nevers = Vec::new();
    for document in documents.iter().filter(|document| document.role == Role::Facts) {
        let file = document.item(log, "facts file");
        for item in file.items("fact", "fact") {
            match draft(item, library) {
                Ok(draft) => keep(log, &mut drafts, draft),
                Err(name) => broken.extend(name),
            }
        }
        nevers.extend(file.items("never", "never"));
        file.finish();
    }
    let scope = scope(&drafts, broken);
    for draft in &mut drafts {
        draft.fact.only_when =
            draft.only_when.take().and_then(|written| condition(log, &written, &scope));
    }
    library.facts = drafts.into_iter().map(|draft| Arc::new(draft.fact)).collect();
    library.fact_places =
        library.facts.iter().enumerate().map(|(place, fact)| (fact.id.clone(), place)).collect();
    refuse_circles(log, library);
    library.nevers = nevers.into_iter().filter_map(|item| never(item, &scope)).collect();
    scope
}

/// The facts alone.
fn scope(drafts: &[Draft], broken: Vec<Name>) -> Scope {
    let mut scope = Scope::default();
    for draft in drafts {
        scope.declare(draft.fact.id.clone(), Entry::fact(&draft.fact.id, &draft.fact.kind));
    }
    for name in broken {
        scope.declare(name, Entry::broken());
    }
    scope
}

pub(super) fn condition(log: &Log<'_>, written: &Written, scope: &Scope) -> Option<Condition> {
    match read_condition(&written.text, scope, written.origin) {
        Ok(condition) => Some(condition),
        Err(errors) => {
            log.add_language(errors);
            None
        }
    }
}

fn keep(log: &Log<'_>, drafts: &mut Vec<Draft>, draft: Draft) {
    match drafts.iter().find(|earlier| earlier.fact.id == draft.fact.id) {
        Some(earlier) => {
            tables::tell_twice(log, &draft.fact.id, draft.fact.span, earlier.fact.span);
        }
        None => drafts.push(draft),
    }
}

/// One fact, or the name of one that is broken.
fn draft(item: Item<'_>, library: &Library) -> Result<Draft, Option<Name>> {
    let id = item.id("id");
    let kind = kind(&item);
    let label = item.need("label").and_then(|field| field.words());
    let help = item.get("help").and_then(|field| field.words());
    let changes = item.get("changes").and_then(|field| {
        field.choice(&[
            ("never", Changes::Never),
            ("time", Changes::Time),
            ("result", Changes::Result),
        ])
    });
    let mut only_when = item.get("only_when").and_then(|field| field.text());
    let bind = item.get("bind").and_then(|field| binding(&field, kind.as_ref(), library));
    let (log, written) = (item.log, item.extent());
    item.finish();
    let (Some((id, span)), Some(kind), Some(label)) = (&id, kind, label) else {
        return Err(id.map(|(id, _)| id));
    };
    if let Some(condition) = &only_when
        && !matches!(kind, FactKind::Boolean | FactKind::Codes { .. })
    {
        let message = format!("a {} fact cannot have `only_when`", kind.word());
        let hint = "use it on boolean and codes facts, which have a value for `not asked`";
        log.tell(codes::TYPE, condition.origin.span, message, hint);
        only_when = None;
    }
    let fact = Fact {
        id: id.clone(),
        kind,
        label,
        help,
        only_when: None,
        changes: changes.unwrap_or_default(),
        bind,
        span: *span,
        written,
    };
    Ok(Draft { fact, only_when })
}

#[derive(Clone, Copy)]
enum Kind {
    Boolean,
    Code,
    Codes,
    Count,
    Quantity,
    Age,
}

fn kind(item: &Item<'_>) -> Option<FactKind> {
    let word = item.need("type")?.choice(&[
        ("boolean", Kind::Boolean),
        ("code", Kind::Code),
        ("codes", Kind::Codes),
        ("count", Kind::Count),
        ("quantity", Kind::Quantity),
        ("age", Kind::Age),
    ]);
    match word? {
        Kind::Boolean => Some(FactKind::Boolean),
        Kind::Age => Some(FactKind::Age),
        Kind::Code => Some(FactKind::Code { values: values(item)? }),
        Kind::Codes => Some(FactKind::Codes { values: values(item)? }),
        Kind::Count => {
            let (min, max) = bounds(item, true)?;
            Some(FactKind::Count { min, max })
        }
        Kind::Quantity => {
            let unit = item.need("unit").and_then(|field| unit(&field));
            let (min, max) = bounds(item, false)?;
            Some(FactKind::Quantity { unit: unit?, min, max })
        }
    }
}

pub(super) fn unit(field: &Field<'_>) -> Option<Unit> {
    let code = field.string()?;
    let unit = Unit::from_word(&code).or_else(|| Unit::new(&code));
    if unit.is_none() {
        let message = format!("`{code}` is not a unit");
        field.log.tell(codes::UNIT, field.span(), message, "write a UCUM code, such as [iU]/mL");
    }
    unit
}

fn bounds(item: &Item<'_>, whole: bool) -> Option<(Decimal, Decimal)> {
    let (min, max) = (item.need("min"), item.need("max"));
    let (min, max_field) = (min?.decimal(), max?);
    let (min, max) = (min?, max_field.decimal()?);
    if min >= max {
        let message = format!("the plausible range from {min} to {max} is empty");
        item.log.tell(codes::NUMBER, max_field.span(), message, "make max larger than min");
        return None;
    }
    if whole && !(min.is_integer() && max.is_integer()) {
        let message = "a count has whole numbers as min and max";
        item.log.tell(codes::NUMBER, max_field.span(), message, "write whole numbers");
        return None;
    }
    Some((min, max))
}

fn values(item: &Item<'_>) -> Option<Vec<CodeValue>> {
    let field = item.need("values")?;
    let mut values: Vec<CodeValue> = Vec::new();
    for value in field.list().into_iter().filter_map(|value| value.item("value")) {
        let id = value.id("id");
        let label = value.need("label").and_then(|field| field.words());
        value.finish();
        let (Some((id, span)), Some(label)) = (id, label) else { continue };
        if values.iter().any(|earlier| earlier.id == id) {
            let message = format!("the value `{id}` is here twice");
            item.log.tell(codes::DUPLICATE, span, message, "leave one out");
            continue;
        }
        values.push(CodeValue { id, label });
    }
    if values.is_empty() || values.len() > VALUES_MAX {
        let message = format!("a fact has from 1 to {VALUES_MAX} values");
        item.log.tell(
            codes::LIMIT,
            field.span(),
            message,
            "write [{ id = \"...\", label = \"...\" }]",
        );
        return None;
    }
    Some(values)
}

fn binding(field: &Field<'_>, kind: Option<&FactKind>, library: &Library) -> Option<Binding> {
    let item = field.item("binding")?;
    let resource = item.get("resource").map_or(Some("Observation".into()), |f| Some(f.id()?.0));
    let path = |key| {
        let written = item.get(key)?.text()?;
        Some((written.text, written.origin.span))
    };
    let (filter, value) = (path("where"), path("value"));
    let pick = item.get("pick").and_then(|field| {
        field.choice(&[("latest", Pick::Latest), ("any", Pick::Any), ("all-codes", Pick::AllCodes)])
    });
    let look_back = item.get("look_back").and_then(|field| field.period());
    let reading = item.get("as").map_or(Some(As::Plain), |field| reading(&field, library));
    let (log, span) = (item.log, field.span());
    item.finish();
    let binding = Binding {
        resource: resource?,
        filter,
        value,
        pick: pick.unwrap_or_default(),
        look_back,
        reading: reading?,
        span,
    };
    if let Some((message, hint)) = kind.and_then(|kind| unfit(kind, &binding)) {
        log.tell(codes::BINDING, span, message, hint);
    }
    Some(binding)
}

fn reading(field: &Field<'_>, library: &Library) -> Option<As> {
    let written = field.text()?;
    if let Some(table) = written.text.strip_prefix("lookup:") {
        if library.reference(table).is_none() {
            let message = format!("there is no reference table `{table}`");
            let hint =
                crate::nearest::did_you_mean(table, library.references.keys().map(Name::as_str))
                    .unwrap_or_else(|| format!("add content/reference/{table}.toml"));
            field.log.tell(codes::DANGLING, field.span(), message, hint);
        }
        return Some(As::Lookup(table.into()));
    }
    match written.text.as_str() {
        "age" => Some(As::Age),
        "months-since" => Some(As::MonthsSince),
        _ => {
            let message = format!("`as` cannot be `{}`", written.text);
            let hint = "it may be age, months-since or lookup:<table>";
            field.log.tell(codes::WRONG_KIND, field.span(), message, hint);
            None
        }
    }
}

/// Why a binding does not fit the type of its fact.
fn unfit(kind: &FactKind, binding: &Binding) -> Option<(String, &'static str)> {
    let word = kind.word();
    let months = kind.unit() == Some(Unit::month());
    match (&binding.reading, binding.pick) {
        (As::Age, _) if *kind != FactKind::Age => {
            Some((format!("a {word} fact cannot be read as an age"), "leave `as` out"))
        }
        (As::MonthsSince, _) if !months => Some((
            format!("a {word} fact cannot be read as months since a date"),
            "use an age, or a quantity in months",
        )),
        (_, Pick::Any) if *kind != FactKind::Boolean => Some((
            format!("`any` asks whether any is true, and this is a {word} fact"),
            "use `latest`, or `all-codes` for codes",
        )),
        (_, Pick::AllCodes) if !matches!(kind, FactKind::Codes { .. }) => {
            Some((format!("`all-codes` gives codes, and this is a {word} fact"), "use `latest`"))
        }
        _ => None,
    }
}

fn never(item: Item<'_>, scope: &Scope) -> Option<Never> {
    let when = item.need("when").and_then(|field| field.text());
    let because = item.get("because").and_then(|field| field.words());
    let (log, span, written) = (item.log, item.span, item.extent());
    item.finish();
    Some(Never { when: condition(log, &when?, scope)?, because, span, written })
}

/// `only_when` may lead from fact to fact, but not in a circle.
fn refuse_circles(log: &Log<'_>, library: &Library) {
    let refers: Vec<Vec<usize>> = library
        .facts
        .iter()
        .map(|fact| {
            let mut places = Vec::new();
            if let Some(condition) = &fact.only_when {
                condition.visit(&mut |part| {
                    places.extend(fact_of(part).and_then(|id| library.fact_places.get(id)));
                });
            }
            places
        })
        .collect();
    match order::sort(&refers) {
        Ok((_, longest)) if longest > REFERENCE_DEPTH_MAX => {
            let message = format!("a chain of `only_when` is longer than {REFERENCE_DEPTH_MAX}");
            log.tell(codes::LIMIT, Span::default(), message, "make it shorter");
        }
        Ok(_) => {}
        Err(circle) => {
            let facts: Vec<_> =
                circle.iter().filter_map(|place| library.facts.get(*place)).collect();
            let items: Vec<_> = facts.iter().map(|fact| (&fact.id, fact.span)).collect();
            tell_circle(log, &items, "make one of the facts stand alone");
        }
    }
}

fn fact_of(condition: &Condition) -> Option<&Name> {
    match condition {
        Condition::Is { fact, .. }
        | Condition::Code { subject: Subject::Fact(fact), .. }
        | Condition::Compare { subject: Subject::Fact(fact), .. }
        | Condition::Has { subject: Subject::Fact(fact), .. }
        | Condition::IsEmpty { subject: Subject::Fact(fact), .. } => Some(fact),
        _ => None,
    }
}

/// Tells of things that refer to each other in a circle.
pub(super) fn tell_circle(log: &Log<'_>, circle: &[(&Name, Span)], hint: &str) {
    let Some((first, span)) = circle.first() else { return };
    let names: Vec<&str> =
        circle.iter().map(|(name, _)| name.as_str()).chain([first.as_str()]).collect();
    let message = format!("these refer to each other in a circle: {}", names.join(" -> "));
    let mut diagnostic = Diagnostic::new(log.sources, codes::CYCLE, *span, message);
    for (name, span) in circle.iter().skip(1) {
        diagnostic =
            diagnostic.with_place(log.sources, *span, format!("`{name}` is in the circle"));
    }
    log.add(diagnostic.with_hint(hint));
}
