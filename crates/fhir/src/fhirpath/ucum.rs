//! The units that are converted, by their UCUM definitions.
//!
//! A small table: what clinics measure with. A unit that is not in it is never guessed; two
//! quantities with the same unknown unit are still comparable. Source: UCUM 2.1,
//! <https://ucum.org/ucum>. Two liberties that can only make an answer unknown: the mole is
//! a dimension of its own (UCUM makes it a number), and angles are not converted.

use std::cmp::Ordering;
use std::collections::BTreeMap;

use rust_decimal::Decimal;

use super::quantity::Incommensurable;

/// What one of a unit is in base units: `(value + offset) * numerator / denominator`.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Factor {
    numerator: Decimal,
    denominator: Decimal,
    /// Only for temperatures: what to add before scaling.
    offset: Decimal,
    /// Base unit to exponent; no zeros.
    dimension: BTreeMap<&'static str, i32>,
}

/// Base units, arbitrary units among them (each measures only itself).
const BASE: &[&str] =
    &["m", "s", "g", "K", "C", "cd", "mol", "rad", "[iU]", "[arb'U]", "[CFU]", "[PFU]", "[pH]"];

/// Code, how many, of what. Exact by definition, except `m[Hg]`, which UCUM fixes so.
const DERIVED: &[(&str, &str, &str)] = &[
    ("10*", "10", "1"),
    ("10^", "10", "1"),
    ("%", "0.01", "1"),
    ("[ppth]", "0.001", "1"),
    ("[ppm]", "0.000001", "1"),
    ("[ppb]", "0.000000001", "1"),
    ("[HPF]", "1", "1"),
    ("[LPF]", "100", "1"),
    ("min", "60", "s"),
    ("h", "60", "min"),
    ("d", "24", "h"),
    ("wk", "7", "d"),
    ("a", "365.25", "d"),
    ("a_j", "365.25", "d"),
    ("mo", "30.4375", "d"),
    ("mo_j", "30.4375", "d"),
    ("l", "1", "dm3"),
    ("L", "1", "dm3"),
    ("t", "1000", "kg"),
    ("Hz", "1", "s-1"),
    ("Bq", "1", "s-1"),
    ("N", "1", "kg.m/s2"),
    ("Pa", "1", "N/m2"),
    ("J", "1", "N.m"),
    ("W", "1", "J/s"),
    ("A", "1", "C/s"),
    ("V", "1", "J/C"),
    ("Ohm", "1", "V/A"),
    ("S", "1", "Ohm-1"),
    ("F", "1", "C/V"),
    ("Wb", "1", "V.s"),
    ("T", "1", "Wb/m2"),
    ("H", "1", "Wb/A"),
    ("Gy", "1", "J/kg"),
    ("Sv", "1", "J/kg"),
    ("Ci", "37000000000", "Bq"),
    ("R", "0.000258", "C/kg"),
    ("RAD", "0.01", "Gy"),
    ("REM", "0.01", "Sv"),
    ("bar", "100000", "Pa"),
    ("atm", "101325", "Pa"),
    ("m[Hg]", "133322", "Pa"),
    ("m[H2O]", "9806.65", "Pa"),
    ("cal", "4.184", "J"),
    ("[Cal]", "1", "kcal"),
    ("eq", "1", "mol"),
    ("osm", "1", "mol"),
    ("kat", "1", "mol/s"),
    ("U", "1", "umol/min"),
    ("[IU]", "1", "[iU]"),
    ("[in_i]", "2.54", "cm"),
    ("[ft_i]", "12", "[in_i]"),
    ("[yd_i]", "3", "[ft_i]"),
    ("[mi_i]", "5280", "[ft_i]"),
    ("[nmi_i]", "1852", "m"),
    ("[gr]", "64.79891", "mg"),
    ("[lb_av]", "7000", "[gr]"),
    ("[oz_av]", "437.5", "[gr]"),
    ("[stone_av]", "14", "[lb_av]"),
    ("[ston_av]", "2000", "[lb_av]"),
    ("[g]", "9.80665", "m/s2"),
    ("[lbf_av]", "1", "[lb_av].[g]"),
    ("[psi]", "1", "[lbf_av]/[in_i]2"),
    ("[gal_us]", "231", "[in_i]3"),
    ("[qt_us]", "0.25", "[gal_us]"),
    ("[pt_us]", "0.125", "[gal_us]"),
    ("[cup_us]", "0.0625", "[gal_us]"),
    ("[foz_us]", "0.0078125", "[gal_us]"),
    ("[tbs_us]", "0.5", "[foz_us]"),
    ("[drp]", "0.05", "mL"),
];

/// The units that take prefixes.
const METRIC: &[&str] = &[
    "m", "s", "g", "K", "C", "cd", "mol", "rad", "[iU]", "[IU]", "l", "L", "t", "Hz", "Bq", "N",
    "Pa", "J", "W", "A", "V", "Ohm", "S", "F", "Wb", "T", "H", "Gy", "Sv", "Ci", "R", "RAD", "REM",
    "bar", "m[Hg]", "m[H2O]", "cal", "eq", "osm", "kat", "U",
];

const PREFIXES: &[(&str, i32)] = &[
    ("da", 1),
    ("h", 2),
    ("k", 3),
    ("M", 6),
    ("G", 9),
    ("T", 12),
    ("P", 15),
    ("d", -1),
    ("c", -2),
    ("m", -3),
    ("u", -6),
    ("n", -9),
    ("p", -12),
    ("f", -15),
    ("a", -18),
];

/// What the unit with this code is in base units; none when it is not in the table.
pub(crate) fn factor(code: &str) -> Option<Factor> {
    match code {
        "Cel" => Some(Factor { offset: Decimal::new(27315, 2), ..factor("K")? }),
        "[degF]" => Some(Factor {
            numerator: Decimal::from(5),
            denominator: Decimal::from(9),
            offset: Decimal::new(45967, 2),
            ..factor("K")?
        }),
        _ => Terms { rest: code }.all(0),
    }
}

impl Factor {
    /// Calendar months, which measure nothing but themselves.
    pub(super) fn months(count: i64) -> Self {
        Self { numerator: Decimal::from(count), ..Self::base("month") }
    }

    fn base(unit: &'static str) -> Self {
        Self { dimension: [(unit, 1)].into(), ..Self::number(Decimal::ONE) }
    }

    fn number(numerator: Decimal) -> Self {
        let dimension = BTreeMap::new();
        Self { numerator, denominator: Decimal::ONE, offset: Decimal::ZERO, dimension }
    }

    /// For differences, such as degrees of temperature.
    pub(super) fn without_offset(self) -> Self {
        Self { offset: Decimal::ZERO, ..self }
    }

    pub(super) fn is_commensurable(&self, other: &Self) -> bool {
        self.dimension == other.dimension
    }

    /// The order of `value` of these units and `other_value` of the others.
    pub(super) fn compare(
        &self,
        value: Decimal,
        other: &Self,
        other_value: Decimal,
    ) -> Result<Ordering, Incommensurable> {
        if !self.is_commensurable(other) {
            return Err(Incommensurable::Dimension);
        }
        let side = |value: Decimal, a: &Self, b: &Self| {
            value.checked_add(a.offset)?.checked_mul(a.numerator)?.checked_mul(b.denominator)
        };
        let left = side(value, self, other).ok_or(Incommensurable::Range)?;
        let right = side(other_value, other, self).ok_or(Incommensurable::Range)?;
        Ok(left.cmp(&right))
    }

    /// `value` of these units in the other unit.
    pub(super) fn convert(&self, value: Decimal, other: &Self) -> Result<Decimal, Incommensurable> {
        if !self.is_commensurable(other) {
            return Err(Incommensurable::Dimension);
        }
        let convert = || {
            let up = value.checked_add(self.offset)?.checked_mul(self.numerator)?;
            let up = up.checked_mul(other.denominator)?;
            let down = self.denominator.checked_mul(other.numerator)?;
            up.checked_div(down)?.checked_sub(other.offset)
        };
        convert().ok_or(Incommensurable::Range)
    }

    /// The value in base units; none when it leaves the exact range.
    pub(crate) fn to_base(&self, value: Decimal) -> Option<Decimal> {
        let up = value.checked_add(self.offset)?.checked_mul(self.numerator)?;
        up.checked_div(self.denominator)
    }

    /// The base units themselves, such as `g.m-3`; `1` for a number.
    pub(crate) fn base_code(&self) -> String {
        let parts = self.dimension.iter().map(|(unit, exponent)| match exponent {
            1 => (*unit).to_owned(),
            _ => format!("{unit}{exponent}"),
        });
        let code = parts.collect::<Vec<_>>().join(".");
        if code.is_empty() { "1".to_owned() } else { code }
    }

    fn times(mut self, other: &Self) -> Option<Self> {
        self.numerator = self.numerator.checked_mul(other.numerator)?;
        self.denominator = self.denominator.checked_mul(other.denominator)?;
        for (unit, exponent) in &other.dimension {
            *self.dimension.entry(unit).or_default() += exponent;
        }
        self.dimension.retain(|_, exponent| *exponent != 0);
        Some(self)
    }

    fn inverse(self) -> Self {
        let dimension =
            self.dimension.into_iter().map(|(unit, exponent)| (unit, -exponent)).collect();
        Self { numerator: self.denominator, denominator: self.numerator, dimension, ..self }
    }

    fn power(&self, exponent: i32) -> Option<Self> {
        let positive = if exponent < 0 { self.clone().inverse() } else { self.clone() };
        (0..exponent.abs()).try_fold(Self::number(Decimal::ONE), |power, _| power.times(&positive))
    }
}

/// The largest exponent, and the deepest brackets, that are read.
const EXPONENT_MAX: i32 = 24;
const BRACKETS_MAX: u8 = 8;

/// Reads `a.b/c`, from left to right.
struct Terms<'a> {
    rest: &'a str,
}

impl Terms<'_> {
    fn all(mut self, depth: u8) -> Option<Factor> {
        let factor = self.product(depth)?;
        self.rest.is_empty().then_some(factor)
    }

    fn product(&mut self, depth: u8) -> Option<Factor> {
        if depth > BRACKETS_MAX {
            return None;
        }
        let mut product =
            if self.accept('/') { self.part(depth)?.inverse() } else { self.part(depth)? };
        loop {
            let divide = self.accept('/');
            if !divide && !self.accept('.') {
                return Some(product);
            }
            let part = self.part(depth)?;
            product = product.times(&if divide { part.inverse() } else { part })?;
        }
    }

    fn accept(&mut self, c: char) -> bool {
        let rest = self.rest.strip_prefix(c);
        self.rest = rest.unwrap_or(self.rest);
        rest.is_some()
    }

    fn part(&mut self, depth: u8) -> Option<Factor> {
        let part = if self.accept('(') {
            let inner = self.product(depth + 1)?;
            self.accept(')').then_some(inner)?
        } else if self.rest.starts_with('{') {
            Factor::number(Decimal::ONE)
        } else {
            let mut bracketed = false;
            let end = self.rest.find(|c: char| {
                bracketed = (bracketed || c == '[') && c != ']';
                !bracketed && matches!(c, '.' | '/' | '(' | ')' | '{' | '}')
            });
            let (atom, rest) = self.rest.split_at_checked(end.unwrap_or(self.rest.len()))?;
            self.rest = rest;
            with_exponent(atom)?
        };
        self.skip_annotation()?;
        Some(part)
    }

    fn skip_annotation(&mut self) -> Option<()> {
        if self.accept('{') {
            self.rest = self.rest.split_once('}')?.1;
        }
        Some(())
    }
}

fn with_exponent(text: &str) -> Option<Factor> {
    let base = text.trim_end_matches(|c: char| c.is_ascii_digit());
    if base.is_empty() {
        return Some(Factor::number(text.parse().ok()?)).filter(|f| !f.numerator.is_zero());
    }
    let signed = (text.len() > base.len()).then(|| base.strip_suffix(['+', '-'])).flatten();
    let base = signed.unwrap_or(base);
    let exponent = text.strip_prefix(base)?;
    let exponent = if exponent.is_empty() { 1 } else { exponent.parse().ok()? };
    let unit = atom(base)?;
    if exponent == 0 || i32::abs(exponent) > EXPONENT_MAX { None } else { unit.power(exponent) }
}

fn atom(code: &str) -> Option<Factor> {
    if let Some(factor) = unprefixed(code) {
        return Some(factor);
    }
    PREFIXES.iter().find_map(|(prefix, exponent)| {
        let unit = code.strip_prefix(prefix).filter(|unit| METRIC.contains(unit))?;
        Factor::number(Decimal::TEN).power(*exponent)?.times(&unprefixed(unit)?)
    })
}

fn unprefixed(code: &str) -> Option<Factor> {
    if let Some(base) = BASE.iter().find(|base| **base == code) {
        return Some(Factor::base(base));
    }
    let (_, count, unit) = DERIVED.iter().find(|(name, ..)| *name == code)?;
    Factor::number(count.parse().ok()?).times(&factor(unit)?)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(left: (&str, &str), right: (&str, &str), expected: Option<Ordering>) {
        let (a, b) = (factor(left.1).unwrap(), factor(right.1).unwrap());
        let order = a.compare(left.0.parse().unwrap(), &b, right.0.parse().unwrap()).ok();
        assert_eq!(order, expected, "{left:?} {right:?}");
    }

    #[test]
    fn units_convert_exactly() {
        let equal = Some(Ordering::Equal);
        check(("1", "g"), ("1000", "mg"), equal);
        check(("185", "[lb_av]"), ("83.91458845", "kg"), equal);
        check(("37", "Cel"), ("98.6", "[degF]"), equal);
        check(("0", "Cel"), ("273.15", "K"), equal);
        check(("1", "[in_i]"), ("2.54", "cm"), equal);
        check(("1", "mmol/L"), ("1", "mol/m3"), equal);
        check(("1", "U/L"), ("1000", "umol/min/m3"), equal);
        check(("120", "mm[Hg]"), ("15998.64", "Pa"), equal);
        check(("5", "10*9/L"), ("5", "10*3/uL"), equal);
        check(("4", "10*6/uL"), ("4", "10*12/L"), equal);
        check(("1", "/min"), ("60", "/h"), equal);
        check(("1", "cm.m"), ("0.01", "m2"), equal);
        check(("1", "kg/m2"), ("1000", "g/(m.m)"), equal);
        check(("5", "{tablet}"), ("5", "1"), equal);
        check(("50", "%"), ("0.5", "1"), equal);
        check(("1", "a"), ("12", "mo"), equal);
        check(("1", "k[IU]/L"), ("1", "[IU]/mL"), equal);
        check(("1", "g"), ("1", "mL"), None);
        check(("1", "mmol/L"), ("18", "mg/dL"), None);
    }

    #[test]
    fn every_unit_of_the_table_is_defined() {
        for (code, ..) in DERIVED {
            assert!(factor(code).is_some(), "{code}");
        }
        for code in METRIC {
            assert!(factor(&format!("m{code}")).is_some(), "{code}");
        }
    }

    #[test]
    fn a_base_unit_has_one_code() {
        for (code, value, expected) in [
            ("mg", "5", "0.005 g"),
            ("mg/L", "5", "5 g.m-3"),
            ("%", "50", "0.5 1"),
            ("Cel", "37", "310.15 K"),
            ("{score}", "3", "3 1"),
        ] {
            let factor = factor(code).unwrap();
            let base = factor.to_base(value.parse().unwrap()).unwrap().normalize();
            assert_eq!(format!("{base} {}", factor.base_code()), expected, "{code}");
        }
    }

    #[test]
    fn what_is_not_in_the_table_is_unknown() {
        for code in
            ["", "lbs", "[s]", "kmin", "m(", "m)", "m{", "m0", "m99", "/", "g..l", "0", "mm m"]
        {
            assert_eq!(factor(code), None, "{code}");
        }
    }
}
