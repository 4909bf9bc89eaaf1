//! Numbers in as few bytes as they need: seven bits a byte, the lowest first (LEB128).

/// Appends a number.
pub(crate) fn put(bytes: &mut Vec<u8>, mut number: u64) {
    while number >= 0x80 {
        bytes.push((number as u8) | 0x80);
        number >>= 7;
    }
    bytes.push(number as u8);
}

/// Appends a number that may be negative: small ones of either sign take few bytes.
pub(crate) fn put_signed(bytes: &mut Vec<u8>, number: i64) {
    put(bytes, ((number << 1) ^ (number >> 63)) as u64);
}

/// Reads a number and what follows it; none at the end or when it is no number of 64 bits.
pub(crate) fn take(bytes: &[u8]) -> Option<(u64, &[u8])> {
    let mut number = 0;
    for (place, byte) in bytes.iter().take(10).enumerate() {
        number |= u64::from(byte & 0x7f) << (7 * place);
        if byte & 0x80 == 0 {
            return Some((number, bytes.get(place + 1..)?));
        }
    }
    None
}

/// Reads what [`put_signed`] wrote.
pub(crate) fn take_signed(bytes: &[u8]) -> Option<(i64, &[u8])> {
    let (number, rest) = take(bytes)?;
    Some((((number >> 1) as i64) ^ -((number & 1) as i64), rest))
}

#[cfg(test)]
mod tests {
    use super::*;

    proptest::proptest! {
        #[test]
        fn what_is_put_is_taken(number: u64, signed: i64) {
            let mut bytes = Vec::new();
            put(&mut bytes, number);
            put_signed(&mut bytes, signed);
            let (first, rest) = take(&bytes).unwrap();
            let (second, rest) = take_signed(rest).unwrap();
            proptest::prop_assert_eq!((first, second, rest.len()), (number, signed, 0));
        }
    }

    #[test]
    fn an_unfinished_number_is_none() {
        assert_eq!(take(&[]), None);
        assert_eq!(take(&[0x80]), None);
        assert_eq!(take(&[0xff; 11]), None);
    }
}
