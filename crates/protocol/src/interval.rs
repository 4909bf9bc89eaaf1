//! Sums over ranges: the lowest and the highest value that a sum can have.

use crate::{Decimal, Subject, Sum};

/// A closed range.
pub type Range = (Decimal, Decimal);

/// The range of a sum when each fact and compute lies in its own range.
///
/// Sound, and exact when no fact stands in the sum twice. None when a number is too large for
/// exact decimals, or `range_of` knows no range.
pub fn sum<'s>(
    sum: &'s Sum,
    range_of: &mut impl FnMut(&'s Subject) -> Option<Range>,
) -> Option<Range> {
    match sum {
        Sum::Number(number) => Some((*number, *number)),
        Sum::Of { subject, factor } => times(*factor, range_of(subject)?),
        Sum::Add(a, b) => {
            let (a, b) = (self::sum(a, range_of)?, self::sum(b, range_of)?);
            Some((a.0.checked_add(b.0)?, a.1.checked_add(b.1)?))
        }
        Sum::Subtract(a, b) => {
            let (a, b) = (self::sum(a, range_of)?, self::sum(b, range_of)?);
            Some((a.0.checked_sub(b.1)?, a.1.checked_sub(b.0)?))
        }
        Sum::Times(factor, inner) => times(*factor, self::sum(inner, range_of)?),
        Sum::Least(of) => ends(of, range_of, Decimal::min),
        Sum::Greatest(of) => ends(of, range_of, Decimal::max),
    }
}

fn times(factor: Decimal, range: Range) -> Option<Range> {
    let (a, b) = (factor.checked_mul(range.0)?, factor.checked_mul(range.1)?);
    Some((a.min(b), a.max(b)))
}

fn ends<'s>(
    of: &'s [Sum],
    range_of: &mut impl FnMut(&'s Subject) -> Option<Range>,
    choose: fn(Decimal, Decimal) -> Decimal,
) -> Option<Range> {
    let mut chosen: Option<Range> = None;
    for part in of {
        let (lo, hi) = sum(part, range_of)?;
        chosen = Some(chosen.map_or((lo, hi), |(a, b)| (choose(a, lo), choose(b, hi))));
    }
    chosen
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(name: &str) -> Sum {
        Sum::Of { subject: Subject::Fact(name.into()), factor: Decimal::ONE }
    }

    fn boxed(name: &str) -> Box<Sum> {
        of(name).into()
    }

    #[track_caller]
    fn check(written: &Sum, lo: i64, hi: i64) {
        let mut ranges = |subject: &Subject| match subject.name().as_str() {
            "a" => Some((1.into(), 3.into())),
            "b" => Some((10.into(), 20.into())),
            _ => None,
        };
        assert_eq!(sum(written, &mut ranges), Some((lo.into(), hi.into())));
    }

    #[test]
    fn ranges_add_up() {
        check(&Sum::Add(boxed("a"), boxed("b")), 11, 23);
        check(&Sum::Subtract(boxed("a"), boxed("b")), -19, -7);
        check(&Sum::Times((-2).into(), boxed("a")), -6, -2);
        check(&Sum::Least(vec![of("a"), of("b")]), 1, 3);
        check(&Sum::Greatest(vec![of("a"), of("b"), Sum::Number(15.into())]), 15, 20);
    }

    #[test]
    fn too_large_has_no_range() {
        let huge = Sum::Times(Decimal::MAX, Box::new(Sum::Number(2.into())));
        assert_eq!(sum(&huge, &mut |_| None), None);
        assert_eq!(sum(&of("unknown"), &mut |_| None), None);
    }
}
