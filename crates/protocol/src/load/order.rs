//! Puts things that refer to each other in order, or finds the circle.

/// Indices so that each comes after all that it refers to, and how long the longest chain is.
///
/// `refers` lists for each index the indices to which it refers. Ties keep the given order.
///
/// # Errors
/// The shortest way round found: indices, each referring to the next and the last to the first.
pub(super) fn sort(refers: &[Vec<usize>]) -> Result<(Vec<usize>, usize), Vec<usize>> {
    let mut depth: Vec<Option<usize>> = vec![None; refers.len()];
    let mut order = Vec::with_capacity(refers.len());
    loop {
        let before = order.len();
        for (index, targets) in refers.iter().enumerate() {
            if depth.get(index).copied().flatten().is_some() {
                continue;
            }
            let depths = targets.iter().map(|target| depth.get(*target).copied().flatten());
            let Some(deepest) = depths.collect::<Option<Vec<usize>>>() else { continue };
            if let Some(slot) = depth.get_mut(index) {
                *slot = Some(deepest.into_iter().max().map_or(0, |deepest| deepest + 1));
            }
            order.push(index);
        }
        if order.len() == refers.len() {
            let longest = depth.into_iter().flatten().max().unwrap_or(0);
            return Ok((order, longest));
        }
        if order.len() == before {
            return Err(circle(refers, &depth));
        }
    }
}

/// Walks from one unplaced index to the next until one comes again.
fn circle(refers: &[Vec<usize>], depth: &[Option<usize>]) -> Vec<usize> {
    let unplaced = |index: &usize| depth.get(*index).copied().flatten().is_none();
    let mut walked: Vec<usize> = Vec::new();
    let mut at = (0..refers.len()).find(unplaced);
    while let Some(index) = at {
        if let Some(start) = walked.iter().position(|earlier| *earlier == index) {
            return walked.split_off(start);
        }
        walked.push(index);
        at = refers.get(index).and_then(|targets| targets.iter().copied().find(unplaced));
    }
    walked
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sorts_and_measures() {
        assert_eq!(sort(&[vec![2], vec![], vec![1]]), Ok((vec![1, 2, 0], 2)));
        assert_eq!(sort(&[vec![], vec![], vec![]]), Ok((vec![0, 1, 2], 0)));
        assert_eq!(sort(&[]), Ok((vec![], 0)));
    }

    #[test]
    fn finds_the_circle() {
        assert_eq!(sort(&[vec![0]]), Err(vec![0]));
        assert_eq!(sort(&[vec![1], vec![2], vec![1], vec![]]), Err(vec![1, 2]));
    }
}
