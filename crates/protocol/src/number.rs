//! Decimals, units and spans of time. Never binary: 0.35 is 0.35.
//!
//! Units are UCUM codes. [`Unit::factor`] converts only where it is exact; years and months are
//! calendar units and do not convert to days.

mod period;
mod unit;

pub use period::Period;
pub use rust_decimal::Decimal;
pub use unit::Unit;

use crate::limits::{NUMBER_MAX, NUMBER_SCALE_MAX};

/// Reads a plain decimal such as `12`, `-0.5` or `0.35`; no exponent, no thousands sign.
///
/// # Errors
/// A reason in words, to follow the text that was read.
pub fn parse_decimal(text: &str) -> Result<Decimal, String> {
    let digits = text.strip_prefix('-').unwrap_or(text);
    let (whole, fraction) = match digits.split_once('.') {
        Some((whole, fraction)) => (whole, Some(fraction)),
        None => (digits, None),
    };
    let is_digits = |part: &str| !part.is_empty() && part.bytes().all(|b| b.is_ascii_digit());
    if !is_digits(whole) || !fraction.is_none_or(is_digits) {
        return Err("is not a decimal number such as 12 or 0.35".into());
    }
    if fraction.is_some_and(|fraction| fraction.len() > NUMBER_SCALE_MAX as usize) {
        return Err(format!("has more than {NUMBER_SCALE_MAX} digits after the point"));
    }
    match text.parse::<Decimal>() {
        Ok(number) if number.abs() <= Decimal::from(NUMBER_MAX) => Ok(number),
        _ => Err(format!("is larger than {NUMBER_MAX}")),
    }
}

/// A number as people write it: no trailing zeros after the point.
pub fn plain(number: Decimal) -> String {
    number.normalize().to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_plain_decimals_exactly() {
        for text in ["0", "12", "-3", "0.35", "10.500", "1000000000000"] {
            assert_eq!(parse_decimal(text).unwrap().to_string(), text);
        }
    }

    #[test]
    fn refuses_what_is_not_a_plain_decimal() {
        for text in ["", "-", ".5", "5.", "1e3", "1,5", "0x10", "+1", "1_000", "nan", "٣"] {
            assert!(parse_decimal(text).is_err(), "{text}");
        }
        assert!(parse_decimal("1000000000001").unwrap_err().contains("larger"));
        assert!(parse_decimal("0.0000000001").unwrap_err().contains("digits"));
    }

    #[test]
    fn plain_drops_trailing_zeros() {
        assert_eq!(plain(parse_decimal("8.00").unwrap()), "8");
        assert_eq!(plain(parse_decimal("100").unwrap()), "100");
    }
}
