//! Values with their escapes: `\,`, `\|`, `\$` and `\\`.

/// The parts between the separators that are not escaped. The escapes stay.
pub(super) fn parts(text: &str, separator: char) -> Vec<&str> {
    let mut escaped = false;
    let ends = text.split(move |letter| {
        let splits = letter == separator && !escaped;
        escaped = letter == '\\' && !escaped;
        splits
    });
    ends.collect()
}

/// Without the escapes. A backslash before any other letter stands for itself.
pub(super) fn unescaped(text: &str) -> String {
    let mut plain = String::with_capacity(text.len());
    let mut letters = text.chars().peekable();
    while let Some(letter) = letters.next() {
        match letters.peek() {
            Some(next) if letter == '\\' && matches!(next, ',' | '|' | '$' | '\\') => {
                plain.push(*next);
                letters.next();
            }
            _ => plain.push(letter),
        }
    }
    plain
}
