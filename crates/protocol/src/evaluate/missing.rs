//! Which unknown facts could still change a result.
//!
//! First the facts inside the parts of conditions that are still unknown are collected; no other
//! fact can matter. Then `search` tries each: is there a way to fill in the others so that this
//! fact alone makes a difference? Facts that cannot are left out, so that nobody is asked in vain.
//! The trials are bounded; where they do not settle the question the fact stays on the list.

mod search;

use std::collections::BTreeMap;

use super::plan::{FactAt, Input, Node, NodeAt};
use super::state::State;
use super::{Depth, Truth};
use crate::limits::RELEVANCE_FACTS_MAX;
use crate::{Facts, Library};
use search::Search;

/// Finds missing facts for one person. Keeps what it has found, by the node that was asked about.
pub(super) struct Asker<'a> {
    pub(super) library: &'a Library,
    pub(super) facts: &'a Facts,
    /// Whether to try which facts matter.
    depth: Depth,
    found: BTreeMap<NodeAt, Vec<FactAt>>,
    /// Which nodes nothing that becomes known can make different, once that has been asked.
    firm: Option<Vec<bool>>,
}

impl<'a> Asker<'a> {
    pub(super) fn new(library: &'a Library, facts: &'a Facts, depth: Depth) -> Self {
        Self { library, facts, depth, found: BTreeMap::new(), firm: None }
    }

    /// What is missing to decide a condition or a table, in ask order. The state, in which every
    /// node has been worked out, is used for trials and then as it was.
    pub(super) fn missing(&mut self, goal: NodeAt, state: &mut State<'_>) -> Vec<FactAt> {
        if let Some(found) = self.found.get(&goal) {
            return found.clone();
        }
        let mut candidates = candidates(goal, state);
        let few = candidates.len() <= RELEVANCE_FACTS_MAX;
        if few && self.depth == Depth::Whole {
            let firm = self.firm.get_or_insert_with(|| state.firm());
            let relevant =
                Search::new(self.library, self.facts, state, firm, goal, &candidates).relevant();
            // When nothing alone is found to matter, everything may.
            if !relevant.is_empty() {
                candidates = relevant;
            }
        }
        let rank = |fact: &FactAt| state.plan.fact(*fact).and_then(|slot| slot.asked);
        candidates.retain(|fact| rank(fact).is_some());
        candidates.sort_by_key(rank);
        self.found.insert(goal, candidates.clone());
        candidates
    }

    /// Whether a fact is missing anywhere.
    pub(super) fn has_found(&self, fact: FactAt) -> bool {
        self.found.values().any(|found| found.contains(&fact))
    }
}

/// The facts in the unknown parts of a goal that are not known, or only as a range, and those in
/// what decides whether they apply; by id.
fn candidates(goal: NodeAt, state: &State<'_>) -> Vec<FactAt> {
    let mut marked = vec![false; goal as usize + 1];
    if let Some(mark) = marked.last_mut() {
        *mark = true;
    }
    let mut found = vec![false; state.plan.facts.len()];
    for at in (0..=goal).rev() {
        if marked.get(at as usize) != Some(&true) {
            continue;
        }
        let valued = !matches!(state.plan.node(at), Node::Sum(_) | Node::Table(_));
        if valued && state.truth(at) != Truth::Unknown {
            continue;
        }
        state.plan.inputs(at, &mut |input| match input {
            Input::Fact(fact) => {
                if let Some(place) = found.get_mut(fact as usize) {
                    *place = !state.told(fact).is_settled();
                }
            }
            Input::Node(node) => {
                if let Some(mark) = marked.get_mut(node as usize) {
                    *mark = true;
                }
            }
        });
    }
    let by_id = state.plan.by_id().iter().map(|(_, at)| *at);
    by_id.filter(|at| found.get(*at as usize) == Some(&true)).collect()
}
