//! Addresses of pages.

use super::ask::Pairs;

/// The parameter that carries the mark of a page. Its value means something to the store only.
pub(crate) const PAGE: &str = "_page";

/// An address with this query, percent-encoded.
pub(crate) fn address<'a>(
    place: &str,
    pairs: impl IntoIterator<Item = (&'a str, &'a str)>,
) -> String {
    let mut url = place.to_owned();
    for (number, (name, value)) in pairs.into_iter().enumerate() {
        url.push(if number == 0 { '?' } else { '&' });
        encode(&mut url, name);
        url.push('=');
        encode(&mut url, value);
    }
    url
}

/// Takes the mark of the page out of a query.
pub(crate) fn take_page(pairs: &mut Pairs) -> Option<String> {
    let mut mark = None;
    pairs.retain(|(name, value)| {
        let is_mark = name == PAGE;
        if is_mark {
            mark = Some(value.clone());
        }
        !is_mark
    });
    mark
}

/// What may stand in a query stays (RFC 3986, section 3.4), but for what separates.
fn encode(url: &mut String, text: &str) {
    const HEX: [char; 16] =
        ['0', '1', '2', '3', '4', '5', '6', '7', '8', '9', 'A', 'B', 'C', 'D', 'E', 'F'];
    let digit = |value: u8| HEX.get(usize::from(value)).copied().unwrap_or('0');
    for byte in text.bytes() {
        if byte.is_ascii_alphanumeric() || b"-._~:/,*$@!'()".contains(&byte) {
            url.push(char::from(byte));
        } else {
            url.extend(['%', digit(byte >> 4), digit(byte & 15)]);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_survive_being_read_again() {
        let pairs = [("name:exact", "Ní & Söhne|+"), ("_id", "a,b")];
        let url = address("http://a/fhir/Patient", pairs);
        let query = url.split_once('?').unwrap().1;
        let mut read = super::super::ask::pairs(query).unwrap();
        assert_eq!(read, pairs.map(|(a, b)| (a.to_owned(), b.to_owned())));
        read.push((PAGE.to_owned(), "m=".to_owned()));
        assert_eq!(take_page(&mut read).as_deref(), Some("m="));
        assert_eq!(read.len(), 2);
    }
}
