//! A scan of JSON text that keeps its own stack, so that no input can exhaust the real one.
//!
//! It looks only for what must be refused before reading. Text that is not JSON may pass here;
//! the reader that follows refuses it.

use std::borrow::Cow;
use std::collections::BTreeSet;

use super::{DEPTH_MAX, NUMBER_CHARS_MAX, ParseError, too_deep};

/// Where the members that are checked later stand: line and column.
#[derive(Debug, Clone, Copy)]
pub(super) struct Places {
    pub(super) of_type: (usize, usize),
    pub(super) of_id: (usize, usize),
}

/// The names by which serde_json marks its own numbers and raw values. As members they would
/// be taken for such, and the text would not survive.
const RESERVED: &str = "$serde_json::private::";

pub(super) fn check(text: &str) -> Result<Places, ParseError> {
    let mut scan = Scan { text, at: 0, open: Vec::new(), type_at: 0, id_at: 0 };
    match scan.run() {
        Ok(()) => Ok(Places { of_type: scan.place(scan.type_at), of_id: scan.place(scan.id_at) }),
        Err((at, error)) => Err(error.at(scan.place(at))),
    }
}

struct Scan<'a> {
    text: &'a str,
    at: usize,
    open: Vec<Open<'a>>,
    type_at: usize,
    id_at: usize,
}

/// An array, or an object with the member names seen so far.
enum Open<'a> {
    Array,
    Object { names: BTreeSet<Cow<'a, str>>, is_name_next: bool },
}

/// The offset, and what is wrong there.
type Refused = (usize, ParseError);

impl<'a> Scan<'a> {
    fn run(&mut self) -> Result<(), Refused> {
        while let Some(byte) = self.text.as_bytes().get(self.at) {
            match byte {
                b'{' => self.enter(Open::Object { names: BTreeSet::new(), is_name_next: true })?,
                b'[' => self.enter(Open::Array)?,
                b'}' | b']' => {
                    self.open.pop();
                    self.at += 1;
                }
                b',' => {
                    self.expect_name(true);
                    self.at += 1;
                }
                b':' => {
                    self.expect_name(false);
                    self.at += 1;
                }
                b'"' => self.string()?,
                b'-' | b'0'..=b'9' => self.number()?,
                _ => self.at += 1,
            }
        }
        Ok(())
    }

    fn enter(&mut self, open: Open<'a>) -> Result<(), Refused> {
        if self.open.len() == DEPTH_MAX {
            return Err((self.at, too_deep()));
        }
        self.open.push(open);
        self.at += 1;
        Ok(())
    }

    fn expect_name(&mut self, next: bool) {
        if let Some(Open::Object { is_name_next, .. }) = self.open.last_mut() {
            *is_name_next = next;
        }
    }

    fn string(&mut self) -> Result<(), Refused> {
        let start = self.at;
        let raw = self.raw_string();
        let depth = self.open.len();
        let Some(Open::Object { names, is_name_next: true }) = self.open.last_mut() else {
            return Ok(());
        };
        let name = if raw.contains('\\') {
            match serde_json::from_str::<String>(&format!("\"{raw}\"")) {
                Ok(name) => Cow::Owned(name),
                Err(_) => return Ok(()),
            }
        } else {
            Cow::Borrowed(raw)
        };
        match (depth, name.as_ref()) {
            (1, "resourceType") => self.type_at = start,
            (1, "id") => self.id_at = start,
            (_, name) if name.starts_with(RESERVED) => {
                let reason = format!("the member name {name:?} is reserved");
                return Err((start, ParseError::new("MZ-0110", reason, "rename the member")));
            }
            _ => {}
        }
        if names.contains(&name) {
            let shown: String = name.chars().take(64).collect();
            let reason = format!("the member {shown:?} is written twice in one object");
            let cure = "keep one of the two; which one was meant cannot be known";
            return Err((start, ParseError::new("MZ-0105", reason, cure)));
        }
        names.insert(name);
        Ok(())
    }

    /// Moves behind the string that starts here, and gives what is between its quotes.
    fn raw_string(&mut self) -> &'a str {
        let bytes = self.text.as_bytes();
        let start = self.at + 1;
        let mut at = start;
        while let Some(byte) = bytes.get(at) {
            match byte {
                b'"' => break,
                b'\\' => at += 2,
                _ => at += 1,
            }
        }
        self.at = at + 1;
        self.text.get(start..at).unwrap_or_default()
    }

    fn number(&mut self) -> Result<(), Refused> {
        let start = self.at;
        let rest = self.text.as_bytes().get(start..).unwrap_or_default();
        let is_part =
            |byte: &&u8| byte.is_ascii_digit() || matches!(byte, b'-' | b'+' | b'.' | b'e' | b'E');
        let length = rest.iter().take_while(is_part).count();
        self.at += length;
        if length <= NUMBER_CHARS_MAX {
            return Ok(());
        }
        let reason = format!("a number of {length} characters is longer than {NUMBER_CHARS_MAX}");
        Err((start, ParseError::new("MZ-0107", reason, "write the number with fewer digits")))
    }

    fn place(&self, at: usize) -> (usize, usize) {
        place(self.text.as_bytes().get(..at).unwrap_or_default())
    }
}

/// The line and column of what follows these bytes.
pub(super) fn place(before: &[u8]) -> (usize, usize) {
    let mut lines = 0;
    let mut column = 1;
    for line in before.split(|byte| *byte == b'\n') {
        lines += 1;
        column = line.len() + 1;
    }
    (lines, column)
}
