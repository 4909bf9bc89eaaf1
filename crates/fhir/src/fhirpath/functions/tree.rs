//! Functions whose arguments are evaluated for each item, and those that walk the tree.

use std::cmp::Ordering;

use super::{Call, Function};
use crate::fhirpath::ast::{Kind, Node};
use crate::fhirpath::compare;
use crate::fhirpath::error::{ErrorKind, FhirPathError};
use crate::fhirpath::eval::{Evaluation, Scope, one, one_text, one_value, truth};
use crate::fhirpath::model;
use crate::fhirpath::value::{Collection, Item, System};

type Answer<'a> = Result<Collection<'a>, FhirPathError>;

impl<'a> Evaluation<'_, '_, 'a> {
    pub(super) fn tree(&mut self, call: Call<'_, 'a>, input: Collection<'a>) -> Answer<'a> {
        match call.function {
            Function::Where => self.where_(call, input),
            Function::Select => self.select(call, &input),
            Function::Repeat => self.repeat(call, input, true),
            Function::RepeatAll => self.repeat(call, input, false),
            Function::Aggregate => self.aggregate(call, &input),
            Function::Iif => self.iif(call, &input),
            Function::Sort => self.sort(call, input),
            Function::Trace => self.trace(call, input),
            Function::DefineVariable => self.define_variable(call, input),
            Function::Descendants => self.descendants(input, call.column),
            _ => self.children_of(&input, call.column),
        }
    }

    fn where_(&mut self, call: Call<'_, 'a>, input: Collection<'a>) -> Answer<'a> {
        let Some(criteria) = call.arguments.first() else { return Ok(input) };
        let mut kept = Vec::new();
        for (index, item) in input.into_iter().enumerate() {
            let answer = self.for_item(criteria, &item, Some(index), call.scope)?;
            if truth(&answer, call.column)? == Some(true) {
                kept.push(item);
            }
        }
        Ok(kept)
    }

    fn select(&mut self, call: Call<'_, 'a>, input: &[Item<'a>]) -> Answer<'a> {
        let Some(projection) = call.arguments.first() else { return Ok(Vec::new()) };
        let mut found = Vec::new();
        for (index, item) in input.iter().enumerate() {
            found.extend(self.for_item(projection, item, Some(index), call.scope)?);
        }
        Ok(found)
    }

    /// What the projection finds, and finds again in what it found, until nothing is new.
    fn repeat(&mut self, call: Call<'_, 'a>, input: Collection<'a>, once: bool) -> Answer<'a> {
        let Some(projection) = call.arguments.first() else { return Ok(Vec::new()) };
        let mut found: Collection<'a> = Vec::new();
        let mut queue = input;
        while !queue.is_empty() {
            let mut next = Vec::new();
            for item in &queue {
                for new in self.for_item(projection, item, None, call.scope)? {
                    self.step(1, call.column)?;
                    if !once || !self.includes(&found, &new, call.column)? {
                        found.push(new.clone());
                        next.push(new);
                    }
                }
            }
            queue = next;
        }
        Ok(found)
    }

    fn aggregate(&mut self, call: Call<'_, 'a>, input: &[Item<'a>]) -> Answer<'a> {
        let Some(aggregator) = call.arguments.first() else { return Ok(Vec::new()) };
        let mut total = self.argument(call, 1)?;
        for (index, item) in input.iter().enumerate() {
            let this = std::slice::from_ref(item);
            let scope = Scope { this, index: Some(index), total: Some(&total) };
            total = self.inner(aggregator, scope)?;
        }
        Ok(total)
    }

    /// Only the branch that is taken is evaluated.
    fn iif(&mut self, call: Call<'_, 'a>, input: &[Item<'a>]) -> Answer<'a> {
        one(input, "iif()", call.column)?;
        let scope = Scope { this: input, ..call.scope };
        let Some(criterion) = call.arguments.first() else { return Ok(Vec::new()) };
        let criterion = self.inner(criterion, scope)?;
        let branch = if truth(&criterion, call.column)? == Some(true) { 1 } else { 2 };
        match call.arguments.get(branch) {
            Some(branch) => self.inner(branch, scope),
            None => Ok(Vec::new()),
        }
    }

    fn trace(&mut self, call: Call<'_, 'a>, input: Collection<'a>) -> Answer<'a> {
        let name = self.argument(call, 0)?;
        let name = one_text(&name, "the name of a trace", call.column)?.unwrap_or_default();
        let Some(trace) = &self.context.trace else { return Ok(input) };
        match call.arguments.get(1) {
            None => trace(&name, &input),
            Some(projection) => {
                let mut projected = Vec::new();
                for (index, item) in input.iter().enumerate() {
                    projected.extend(self.for_item(projection, item, Some(index), call.scope)?);
                }
                trace(&name, &projected);
            }
        }
        Ok(input)
    }

    fn define_variable(&mut self, call: Call<'_, 'a>, input: Collection<'a>) -> Answer<'a> {
        let name = self.argument(call, 0)?;
        let Some(name) = one_text(&name, "the name of a variable", call.column)? else {
            return Err(FhirPathError::operand(call.column, "the variable has no name"));
        };
        let taken = self.defined.iter().any(|(known, _)| *known == name)
            || self.context.lookup(&name, &self.root).is_some();
        if taken {
            let reason = format!("the variable %{name} is set already");
            let cure = "give it another name";
            return Err(FhirPathError::new(ErrorKind::Variable, call.column, reason, cure));
        }
        let value = match call.arguments.get(1) {
            None => input.clone(),
            Some(value) => self.inner(value, Scope { this: &input, ..call.scope })?,
        };
        self.defined.push((name.into_owned(), value));
        Ok(input)
    }

    fn children_of(&mut self, input: &[Item<'a>], column: u32) -> Answer<'a> {
        let mut found = Vec::new();
        for item in input {
            if let Item::Element(element) = item {
                model::all_children(element, column, &mut found)?;
            }
        }
        self.step(found.len(), column)?;
        Ok(found)
    }

    /// Every element below, level by level. Unlike `repeat(children())`, elements with the
    /// same content all stay.
    fn descendants(&mut self, input: Collection<'a>, column: u32) -> Answer<'a> {
        let mut found = Vec::new();
        let mut level = self.children_of(&input, column)?;
        while !level.is_empty() {
            let next = self.children_of(&level, column)?;
            found.append(&mut level);
            level = next;
        }
        Ok(found)
    }

    /// Sorts by keys; a key written with a minus sign sorts downwards.
    fn sort(&mut self, call: Call<'_, 'a>, input: Collection<'a>) -> Answer<'a> {
        let mut keyed = Vec::with_capacity(input.len());
        for item in input {
            let keys = self.sort_keys(call, &item)?;
            keyed.push((keys, item));
        }
        let mut failure = None;
        keyed.sort_by(|(left, _), (right, _)| {
            by_keys(left, right, call).unwrap_or_else(|error| {
                failure.get_or_insert(error);
                Ordering::Equal
            })
        });
        match failure {
            Some(error) => Err(error),
            None => Ok(keyed.into_iter().map(|(_, item)| item).collect()),
        }
    }

    fn sort_keys(
        &mut self,
        call: Call<'_, 'a>,
        item: &Item<'a>,
    ) -> Result<Vec<Option<System<'a>>>, FhirPathError> {
        if call.arguments.is_empty() {
            let item = std::slice::from_ref(item);
            return Ok(vec![one_value(item, "sort()", call.column)?]);
        }
        let mut keys = Vec::with_capacity(call.arguments.len());
        for key in call.arguments {
            let key = self.for_item(descending(key).unwrap_or(key), item, None, call.scope)?;
            keys.push(one_value(&key, "a sort key", call.column)?);
        }
        Ok(keys)
    }
}

/// The key under a minus sign.
fn descending(key: &Node) -> Option<&Node> {
    match &key.kind {
        Kind::Negate(key) => Some(key),
        _ => None,
    }
}

type Keys<'a> = [Option<System<'a>>];

fn by_keys(
    left: &Keys<'_>,
    right: &Keys<'_>,
    call: Call<'_, '_>,
) -> Result<Ordering, FhirPathError> {
    for (at, (left, right)) in left.iter().zip(right).enumerate() {
        let order = match (left, right) {
            (None, None) => Ordering::Equal,
            (Some(left), Some(right)) => {
                compare::order(left, right, call.column)?.ok_or_else(|| {
                    FhirPathError::operand(call.column, "the order of two sort keys is unknown")
                })?
            }
            _ => {
                let reason = "the standard and its official suite put empty keys at opposite ends";
                return Err(FhirPathError::refused(call.column, "sort() by an empty key", reason));
            }
        };
        let downwards = call.arguments.get(at).is_some_and(|key| descending(key).is_some());
        let order = if downwards { order.reverse() } else { order };
        if order.is_ne() {
            return Ok(order);
        }
    }
    Ok(Ordering::Equal)
}
