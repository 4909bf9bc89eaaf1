//! Tries whether one fact can matter.
//!
//! Only nodes that a candidate can make different are worked out again, and of those only the ones
//! that read the fact that has just been changed.

use crate::evaluate::Truth;
use crate::evaluate::plan::datum::Datum;
use crate::evaluate::plan::{FactAt, Input, Node, NodeAt, TableSlot};
use crate::evaluate::state::State;
use crate::limits::RELEVANCE_TRIALS_MAX;
use crate::{Facts, Library};

/// A bit for each candidate; there are at most `RELEVANCE_FACTS_MAX`.
type Readers = u8;

/// A fact that may matter.
struct Candidate {
    fact: FactAt,
    /// What is known of it: nothing, or a range.
    now: Datum,
    /// One value for each of its cells, and whether there are no others that matter.
    values: Vec<Datum>,
    exact: bool,
    summed: bool,
}

pub(super) struct Search<'s, 'a> {
    state: &'s mut State<'a>,
    goal: NodeAt,
    /// The goal, if it is a table.
    table: Option<&'a TableSlot>,
    candidates: Vec<Candidate>,
    /// The nodes of the goal that a candidate can make different, and by which they are read.
    open: Vec<(NodeAt, Readers)>,
    /// Other nodes of what cannot be true of anybody.
    nevers: Vec<NodeAt>,
    left: usize,
}

/// A decided goal: which outcomes hold, or yes or no.
#[derive(PartialEq)]
enum Answer {
    Outcomes(Vec<Truth>),
    Truth(Truth),
}

impl<'s, 'a> Search<'s, 'a> {
    pub(super) fn new(
        library: &Library,
        facts: &Facts,
        state: &'s mut State<'a>,
        firm: &[bool],
        goal: NodeAt,
        candidates: &[FactAt],
    ) -> Self {
        let plan = state.plan;
        let open = open(state, firm, &[goal], candidates);
        let of_nevers = open_nevers(state, firm, candidates);
        let ours = |at: &NodeAt| open.binary_search_by_key(at, |(open, _)| *open).is_ok();
        let nevers = of_nevers.into_iter().filter(|at| !ours(at)).collect();
        let table = match plan.node(goal) {
            Node::Table(table) => plan.tables.get(table as usize),
            _ => None,
        };
        let candidates =
            candidates.iter().filter_map(|fact| candidate(library, facts, state, *fact)).collect();
        Self { state, goal, table, candidates, open, nevers, left: 0 }
    }

    /// The candidates that can matter.
    pub(super) fn relevant(mut self) -> Vec<FactAt> {
        let mut relevant = Vec::new();
        for at in 0..self.candidates.len() {
            let mut others: Vec<usize> =
                (0..self.candidates.len()).filter(|other| *other != at).collect();
            // Facts in sums have endlessly many values; the others may settle it before.
            others.sort_by_key(|other| self.candidates.get(*other).is_some_and(|it| it.summed));
            self.left = RELEVANCE_TRIALS_MAX;
            if self.matters(at, &others) {
                relevant.extend(self.candidates.get(at).map(|candidate| candidate.fact));
            }
            self.restore();
        }
        self.state.work(self.nevers.iter().copied());
        relevant
    }

    fn restore(&mut self) {
        for candidate in &self.candidates {
            self.state.tell(candidate.fact, candidate.now.clone());
        }
        self.state.work(self.open.iter().map(|(at, _)| *at));
    }

    /// Whether, with the others filled in somehow, two values of the fact give two answers.
    /// Nodes that do not read the fact are up to date.
    fn matters(&mut self, fact: usize, others: &[usize]) -> bool {
        let (count, exact) = self.extent(fact);
        let mut first: Option<Answer> = None;
        let mut open = false;
        for value in 0..count {
            self.set(fact, value, None);
            self.left = self.left.saturating_sub(1);
            let decided = self.is_decided();
            open |= !decided;
            // What cannot be true of anybody is no answer.
            if decided && self.is_possible() {
                let answer = self.answer();
                match &first {
                    Some(earlier) if *earlier != answer => return true,
                    Some(_) => {}
                    None => first = Some(answer),
                }
            }
            if self.left == 0 {
                return true;
            }
        }
        self.unset(fact);
        let Some((next, rest)) = others.split_first() else { return open || !exact };
        if !open && exact {
            return false;
        }
        self.branch(fact, *next, rest)
    }

    fn branch(&mut self, fact: usize, next: usize, rest: &[usize]) -> bool {
        let (count, exact) = self.extent(next);
        if !exact {
            return true;
        }
        for value in 0..count {
            self.set(next, value, Some(fact));
            if self.matters(fact, rest) {
                return true;
            }
        }
        self.unset(next);
        let readers = readers(next, Some(fact));
        self.work(readers);
        false
    }

    /// How many values of a fact are tried, and whether there are no others that matter.
    fn extent(&self, fact: usize) -> (usize, bool) {
        self.candidates.get(fact).map_or((0, true), |it| (it.values.len(), it.exact))
    }

    /// Gives a fact a value, and works out the nodes that read it; not those that read `but`.
    fn set(&mut self, fact: usize, value: usize, but: Option<usize>) {
        let Some(candidate) = self.candidates.get(fact) else { return };
        let Some(value) = candidate.values.get(value) else { return };
        self.state.tell(candidate.fact, value.clone());
        self.work(readers(fact, but));
    }

    /// What is known of a fact again; nodes that read it are left.
    fn unset(&mut self, fact: usize) {
        if let Some(candidate) = self.candidates.get(fact) {
            self.state.tell(candidate.fact, candidate.now.clone());
        }
    }

    fn work(&mut self, (of, but): (Readers, Readers)) {
        let wanted = self.open.iter().filter(|(_, by)| by & of != 0 && by & but == 0);
        self.state.work(wanted.map(|(at, _)| *at));
    }

    fn is_decided(&self) -> bool {
        match self.table {
            Some(table) => self.state.is_known(table),
            None => self.state.truth(self.goal).is_known(),
        }
    }

    fn answer(&self) -> Answer {
        match self.table {
            Some(table) => Answer::Outcomes(self.state.holds(table).to_vec()),
            None => Answer::Truth(self.state.truth(self.goal)),
        }
    }

    /// Whether the facts, as far as they are filled in, can be true of one person.
    fn is_possible(&mut self) -> bool {
        self.state.work(self.nevers.iter().copied());
        self.state.is_possible()
    }
}

fn readers(of: usize, but: Option<usize>) -> (Readers, Readers) {
    (1 << of, but.map_or(0, |but| 1 << but))
}

fn candidate(
    library: &Library,
    facts: &Facts,
    state: &State<'_>,
    fact: FactAt,
) -> Option<Candidate> {
    let slot = state.plan.fact(fact)?;
    let now = state.told(fact).clone();
    let (values, exact) = if now == Datum::Unknown {
        slot.cells.clone()
    } else {
        let (values, exact) = state.plan.cuts.values(library, &slot.id, facts);
        (values.iter().map(|value| slot.datum(value)).collect(), exact)
    };
    Some(Candidate { fact, now, values, exact, summed: slot.summed })
}

/// The nodes of some goals that candidates can make different, in order, and by which of them.
fn open(
    state: &State<'_>,
    firm: &[bool],
    goals: &[NodeAt],
    candidates: &[FactAt],
) -> Vec<(NodeAt, Readers)> {
    let plan = state.plan;
    let is_firm = |at: NodeAt| firm.get(at as usize).copied().unwrap_or(true);
    let last = goals.iter().max().map_or(0, |last| *last as usize + 1);
    let mut marked = vec![false; last];
    let mark = |marked: &mut Vec<bool>, at: NodeAt| {
        if let Some(mark) = marked.get_mut(at as usize) {
            *mark = !is_firm(at);
        }
    };
    for goal in goals {
        mark(&mut marked, *goal);
    }
    for at in (0..last).rev() {
        if marked.get(at) == Some(&true) {
            plan.inputs(at as NodeAt, &mut |input| {
                if let Input::Node(node) = input {
                    mark(&mut marked, node);
                }
            });
        }
    }
    let mut by: Vec<Readers> = vec![0; last];
    let mut open = Vec::new();
    for (at, _) in (0..).zip(marked).filter(|(_, marked)| *marked) {
        let mut readers = 0;
        plan.inputs(at, &mut |input| match input {
            Input::Fact(fact) => {
                if let Some(bit) = candidates.iter().position(|it| *it == fact) {
                    readers |= 1 << bit;
                }
            }
            Input::Node(node) => readers |= by.get(node as usize).copied().unwrap_or(0),
        });
        if let Some(place) = by.get_mut(at as usize) {
            *place = readers;
        }
        if readers != 0 {
            open.push((at, readers));
        }
    }
    open
}

fn open_nevers(state: &State<'_>, firm: &[bool], candidates: &[FactAt]) -> Vec<NodeAt> {
    open(state, firm, &state.plan.nevers, candidates).into_iter().map(|(at, _)| at).collect()
}
