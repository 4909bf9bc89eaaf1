//! Words made alike, so that a name is found however it was typed.

use unicode_normalization::UnicodeNormalization;
use unicode_normalization::char::is_combining_mark;

/// The normalised words of a text: split at everything that is not a letter, mark or digit,
/// each as [`normalise_word`] makes it. Split a query in the same way before it is compared.
///
/// ```
/// use manzil_fhir::search::words;
///
/// assert_eq!(words("O'Brien-Núñez, Łukasz"), ["o", "brien", "nunez", "lukasz"]);
/// assert_eq!(words("أحمد ١٢٣"), words("احمد 123"));
/// ```
pub fn words(text: &str) -> Vec<String> {
    text.split(|letter: char| !is_word(letter))
        .map(normalise_word)
        .filter(|word| !word.is_empty())
        .collect()
}

/// All words of a text with one space between them.
pub fn normalise_text(text: &str) -> String {
    words(text).join(" ")
}

/// One word in lower case; Latin, Greek, Cyrillic, Hebrew and Arabic letters without their
/// marks; Arabic and Persian forms of alef, ya, kaf and ta marbuta as one; decimal digits of
/// every common script as 0 to 9; joiners and tatweel removed.
///
/// It is for finding only: two different names may become one word.
pub fn normalise_word(word: &str) -> String {
    if word.is_ascii() {
        let kept = word.chars().filter(char::is_ascii_alphanumeric);
        return kept.map(|letter| letter.to_ascii_lowercase()).collect();
    }
    let mut folded = String::with_capacity(word.len());
    for letter in word.nfkd().flat_map(char::to_lowercase).filter(|letter| !is_dropped(*letter)) {
        match replacement(letter) {
            Some(text) => folded.push_str(text),
            None => match digit(letter) {
                Some(digit) => folded.push(digit),
                None => folded.push(letter),
            },
        }
    }
    // Scripts whose marks are letters in their own right (Devanagari, kana, Hangul) are put
    // together again.
    folded.nfkd().filter(|letter| !is_dropped(*letter)).nfc().filter(|l| is_word(*l)).collect()
}

fn is_word(letter: char) -> bool {
    letter.is_alphanumeric() || is_combining_mark(letter) || is_joiner(letter)
}

/// Zero-width joiners stand inside Persian and Indic words; tatweel only stretches a line.
fn is_joiner(letter: char) -> bool {
    matches!(letter, '\u{200c}' | '\u{200d}' | '\u{0640}')
}

/// Marks that change how a letter is said, not which letter it is; by Unicode block.
fn is_dropped(letter: char) -> bool {
    is_joiner(letter)
        || matches!(letter,
            '\u{0300}'..='\u{036f}'     // combining diacritical marks
            | '\u{0483}'..='\u{0489}'   // Cyrillic
            | '\u{0591}'..='\u{05c7}'   // Hebrew points
            | '\u{0610}'..='\u{061a}' | '\u{064b}'..='\u{065f}' // Arabic
            | '\u{0670}' | '\u{06d6}'..='\u{06ed}' | '\u{08d3}'..='\u{08ff}'
            | '\u{1ab0}'..='\u{1aff}' | '\u{1dc0}'..='\u{1dff}'
            | '\u{20d0}'..='\u{20ff}' | '\u{fe20}'..='\u{fe2f}')
}

/// Letters that Unicode does not decompose. The Arabic ones are the usual folding for search:
/// what a keyboard or a clerk may write for the same name.
fn replacement(letter: char) -> Option<&'static str> {
    Some(match letter {
        'ß' => "ss",
        'æ' => "ae",
        'œ' => "oe",
        'ø' | 'ɔ' => "o",
        'ð' | 'đ' | 'ɖ' | 'ɗ' => "d",
        'þ' => "th",
        'ħ' => "h",
        'ı' => "i",
        'ł' => "l",
        'ŋ' | 'ɲ' => "n",
        'ŧ' => "t",
        'ɓ' => "b",
        'ƙ' => "k",
        'ƴ' => "y",
        'ə' | 'ɛ' => "e",
        'ς' => "σ",
        'ٱ' => "ا",
        'ى' | 'ی' | 'ې' | 'ۍ' => "ي",
        'ک' => "ك",
        'ة' | 'ە' | 'ھ' | 'ہ' | 'ۀ' => "ه",
        'ء' => "",
        _ => return None,
    })
}

/// 0 to 9 for a decimal digit of another script.
fn digit(letter: char) -> Option<char> {
    const ZEROS: [u32; 15] = [
        0x0660, 0x06f0, 0x07c0, 0x0966, 0x09e6, 0x0a66, 0x0ae6, 0x0b66, 0x0be6, 0x0c66, 0x0ce6,
        0x0d66, 0x0e50, 0x0f20, 0x1040,
    ];
    let code = u32::from(letter);
    let zero = ZEROS.iter().find(|zero| (**zero..**zero + 10).contains(&code))?;
    char::from_digit(code - zero, 10)
}
