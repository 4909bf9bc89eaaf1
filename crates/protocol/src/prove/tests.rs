//! The solver against brute force over every combination of small spaces.

use std::time::Instant;

use proptest::prelude::*;

use super::*;

/// A formula as a tree, which brute force can evaluate without the solver.
#[derive(Clone, Debug)]
enum Tree {
    Atom(usize, u8),
    Not(Box<Tree>),
    And(Vec<Tree>),
    Or(Vec<Tree>),
    AtLeast(usize, Vec<Tree>),
}

impl Tree {
    fn holds(&self, cells: &[usize]) -> bool {
        match self {
            Self::Atom(axis, bits) => cells.get(*axis).is_some_and(|cell| bits >> cell & 1 == 1),
            Self::Not(inner) => !inner.holds(cells),
            Self::And(parts) => parts.iter().all(|part| part.holds(cells)),
            Self::Or(parts) => parts.iter().any(|part| part.holds(cells)),
            Self::AtLeast(count, parts) => {
                parts.iter().filter(|part| part.holds(cells)).count() >= *count
            }
        }
    }

    fn build(&self, space: &mut Space, axes: &[Axis]) -> Formula {
        let each = |space: &mut Space, parts: &[Tree]| -> Vec<Formula> {
            parts.iter().map(|part| part.build(space, axes)).collect()
        };
        match self {
            Self::Atom(axis, bits) => match axes.get(*axis) {
                Some(axis) => {
                    space.atom(*axis, (0..8).filter(|cell| bits >> cell & 1 == 1).collect())
                }
                None => Formula::NEVER,
            },
            Self::Not(inner) => {
                let inner = inner.build(space, axes);
                space.not(inner)
            }
            Self::And(parts) => {
                let parts = each(space, parts);
                space.all(parts)
            }
            Self::Or(parts) => {
                let parts = each(space, parts);
                space.any(parts)
            }
            Self::AtLeast(count, parts) => {
                let parts = each(space, parts);
                space.at_least(*count, parts)
            }
        }
    }
}

fn tree(axes: usize) -> impl Strategy<Value = Tree> {
    let leaf = (0..axes, 1u8..15).prop_map(|(axis, bits)| Tree::Atom(axis, bits));
    leaf.prop_recursive(4, 24, 4, |inner| {
        let parts = prop::collection::vec(inner.clone(), 1..4);
        prop_oneof![
            inner.prop_map(|inner| Tree::Not(Box::new(inner))),
            parts.clone().prop_map(Tree::And),
            parts.clone().prop_map(Tree::Or),
            (1usize..4, parts).prop_map(|(count, parts)| Tree::AtLeast(count, parts)),
        ]
    })
}

fn sizes() -> impl Strategy<Value = Vec<usize>> {
    prop::collection::vec(1usize..=4, 1..=4)
}

/// A space with axes of the given sizes.
fn space_of(sizes: &[usize]) -> (Space, Vec<Axis>) {
    let mut space = Space::new();
    let axes = sizes.iter().map(|size| space.axis(*size).unwrap()).collect();
    (space, axes)
}

/// Every full combination of cells.
fn every(sizes: &[usize]) -> Vec<Vec<usize>> {
    sizes.iter().fold(vec![vec![]], |rows, size| {
        rows.iter()
            .flat_map(|row| (0..*size).map(|cell| [row.as_slice(), &[cell]].concat()))
            .collect()
    })
}

fn in_box(row: &[usize], within: &Combination) -> bool {
    within.iter().all(|(axis, cells)| cells.contains(row[axis.index()]))
}

/// Whether a box can be and is enough for the goal.
fn enough(rows: &[Vec<usize>], goal: &Tree, given: &Tree, within: &Combination) -> bool {
    let mut possible = rows.iter().filter(|row| in_box(row, within) && given.holds(row)).peekable();
    possible.peek().is_some() && possible.all(|row| goal.holds(row))
}

/// The smallest combination of the goal's own axes by trying all: fewest axes, then earliest axes, then lowest cells.
fn smallest_by_force(
    sizes: &[usize],
    own: &[usize],
    goal: &Tree,
    given: &Tree,
) -> Option<(Vec<usize>, Vec<usize>)> {
    let rows = every(sizes);
    let choices: Vec<usize> = sizes.iter().map(|size| size + 1).collect();
    let mut found: Vec<(usize, Vec<usize>, Vec<usize>)> = Vec::new();
    for choice in every(&choices) {
        let picks: Vec<(usize, usize)> = choice
            .iter()
            .enumerate()
            .filter(|(_, pick)| **pick > 0)
            .map(|(axis, pick)| (axis, pick - 1))
            .collect();
        if picks.iter().any(|(axis, _)| !own.contains(axis)) {
            continue;
        }
        let within =
            picks.iter().map(|(axis, cell)| (Axis(*axis as u16), Cells::one(*cell))).collect();
        if enough(&rows, goal, given, &within) {
            let (axes, cells): (Vec<_>, Vec<_>) = picks.into_iter().unzip();
            found.push((axes.len(), axes, cells));
        }
    }
    found.into_iter().min().map(|(_, axes, cells)| (axes, cells))
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 400, ..ProptestConfig::default() })]

    #[test]
    fn a_witness_is_found_when_and_only_when_there_is_one((sizes, tree) in (sizes(), tree(4))) {
        let (mut space, axes) = space_of(&sizes);
        let formula = tree.build(&mut space, &axes);
        let rows = every(&sizes);
        match space.witness(formula).unwrap() {
            Some(found) => {
                prop_assert!(rows.iter().filter(|row| in_box(row, &found)).all(|row| tree.holds(row)));
                prop_assert!(rows.iter().any(|row| in_box(row, &found)));
            }
            None => prop_assert!(!rows.iter().any(|row| tree.holds(row))),
        }
    }

    #[test]
    fn a_formula_and_its_negation_share_no_row((sizes, tree) in (sizes(), tree(4))) {
        let (mut space, axes) = space_of(&sizes);
        let formula = tree.build(&mut space, &axes);
        let negation = space.not(formula);
        prop_assert_eq!(space.not(negation), formula);
        for row in every(&sizes) {
            let at = row.iter().enumerate().map(|(axis, cell)| (Axis(axis as u16), Cells::one(*cell))).collect();
            prop_assert_eq!(space.kleene(formula, &at), Some(tree.holds(&row)));
            prop_assert_eq!(space.kleene(negation, &at), Some(!tree.holds(&row)));
        }
    }

    #[test]
    fn the_smallest_is_enough_and_none_is_smaller(
        (sizes, goal, given) in (sizes(), tree(4), tree(4)),
    ) {
        let (mut space, axes) = space_of(&sizes);
        let goal_formula = goal.build(&mut space, &axes);
        let given_formula = given.build(&mut space, &axes);
        let found = space.smallest(goal_formula, given_formula).unwrap();
        let own: Vec<usize> = space.support(goal_formula).iter().map(|axis| axis.index()).collect();
        let forced = smallest_by_force(&sizes, &own, &goal, &given);
        prop_assert_eq!(found.is_some(), forced.is_some());
        let (Some(found), Some((axes, cells))) = (found, forced) else { return Ok(()) };
        prop_assert!(found.none_has_fewer);
        let found = found.combination;
        prop_assert!(enough(&every(&sizes), &goal, &given, &found));
        prop_assert_eq!(found.keys().map(|axis| axis.index()).collect::<Vec<_>>(), axes);
        for (wide, cell) in found.values().zip(cells) {
            prop_assert!(wide.contains(cell));
        }
    }
}

#[test]
fn a_question_past_the_limit_is_refused_in_words() {
    // Ten pigeons in nine holes: no choice of cells can be, and no short reason shows it.
    let mut space = Space::new();
    space.branchings_max = 200;
    let pigeons: Vec<Axis> = (0..10).map(|_| space.axis(9).unwrap()).collect();
    let mut apart = Vec::new();
    for (index, a) in pigeons.iter().enumerate() {
        for b in &pigeons[..index] {
            for hole in 0..9 {
                let both = [space.atom(*a, Cells::one(hole)), space.atom(*b, Cells::one(hole))];
                let both = space.all(both);
                apart.push(space.not(both));
            }
        }
    }
    let all = space.all(apart);
    let refused = space.witness(all).unwrap_err();
    assert_eq!(refused, ProveError::TooLarge);
    assert!(refused.to_string().starts_with("too large to prove"));
}

#[test]
fn axes_have_limits() {
    let mut space = Space::new();
    assert_eq!(space.axis(0), Err(ProveError::Cells(0)));
    assert_eq!(space.axis(CELLS_PER_AXIS_MAX + 1), Err(ProveError::Cells(CELLS_PER_AXIS_MAX + 1)));
    assert!(space.axis(CELLS_PER_AXIS_MAX).is_ok());
}

/// A table as clinics write them: a decision tree over `axes` axes with `rules` leaves, so that
/// it is complete and unambiguous by construction.
fn clinical(space: &mut Space, axes: &[Axis], rules: usize, mut seed: u64) -> Vec<Formula> {
    let mut next = |below: usize| {
        seed = seed.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (seed >> 33) as usize % below
    };
    let mut leaves: Vec<Combination> = vec![Combination::new()];
    while leaves.len() < rules {
        let leaf = leaves.remove(next(leaves.len()));
        let axis = axes[next(axes.len())];
        let lies = leaf.get(&axis).copied().unwrap_or(space.whole(axis));
        if lies.len() < 2 {
            leaves.push(leaf);
            continue;
        }
        let first: Cells = lies.iter().take(1 + next(lies.len() - 1)).collect();
        for part in [first, lies.without(first)] {
            let mut half = leaf.clone();
            half.insert(axis, part);
            leaves.push(half);
        }
    }
    leaves
        .into_iter()
        .map(|leaf| {
            let atoms: Vec<Formula> =
                leaf.into_iter().map(|(axis, cells)| space.atom(axis, cells)).collect();
            space.all(atoms)
        })
        .collect()
}

#[test]
#[expect(clippy::disallowed_methods, reason = "a test of speed reads the clock")]
fn forty_axes_and_thirty_rules_take_no_time() {
    let started = Instant::now();
    for seed in 0..20 {
        let mut space = Space::new();
        let axes: Vec<Axis> = (0..40).map(|index| space.axis(2 + index % 4).unwrap()).collect();
        let rules = clinical(&mut space, &axes, 30, seed);
        let covered = space.any(rules.iter().copied());
        let gap = space.not(covered);
        assert_eq!(space.witness(gap).unwrap(), None, "seed {seed}");
        for (index, rule) in rules.iter().enumerate() {
            for other in &rules[..index] {
                let both = space.all([*rule, *other]);
                assert_eq!(space.witness(both).unwrap(), None, "seed {seed}");
            }
        }
        let rest = space.any(rules[1..].iter().copied());
        let gap = space.not(rest);
        let found = space.smallest(gap, Formula::ALWAYS).unwrap().unwrap().combination;
        let shown: Vec<Formula> =
            found.iter().map(|(axis, cells)| space.atom(*axis, *cells)).collect();
        let shown = space.all(shown);
        let outside = space.not(rules[0]);
        let outside = space.all([shown, outside]);
        assert_eq!(space.witness(outside).unwrap(), None, "seed {seed}");
    }
    assert!(started.elapsed().as_secs() < 20, "took {:?}", started.elapsed());
}
