//! From text to tokens, each with its column.

use super::error::FhirPathError;

/// A token and where it starts (1-based column in characters).
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Token {
    pub(super) kind: TokenKind,
    pub(super) column: u32,
}

#[derive(Clone, Debug, PartialEq)]
pub(super) enum TokenKind {
    /// A plain identifier or keyword.
    Word(String),
    /// An identifier in backticks; never a keyword.
    Quoted(String),
    Text(String),
    /// Digits, with a point when it is a decimal.
    Number(String),
    /// The text after `@`.
    Temporal(String),
    /// `%name`, `` %`name` `` or `%'name'`.
    External(String),
    /// `$this`, `$index`, `$total`, without the dollar.
    Dollar(String),
    Symbol(&'static str),
    End,
}

/// Longest first, so that `<=` is not read as `<`.
const SYMBOLS: &[&str] = &[
    "!~", "!=", "<=", ">=", "(", ")", "[", "]", "{", "}", ".", ",", "+", "-", "*", "/", "&", "|",
    "<", ">", "=", "~", ":",
];

pub(super) fn tokens(source: &str) -> Result<Vec<Token>, FhirPathError> {
    let mut lexer = Lexer { chars: source.chars().collect(), at: 0 };
    let mut tokens = Vec::new();
    loop {
        let token = lexer.token()?;
        let ended = token.kind == TokenKind::End;
        tokens.push(token);
        if ended {
            return Ok(tokens);
        }
    }
}

struct Lexer {
    chars: Vec<char>,
    at: usize,
}

impl Lexer {
    fn token(&mut self) -> Result<Token, FhirPathError> {
        self.skip_blanks()?;
        let column = self.column();
        let Some(next) = self.peek(0) else {
            return Ok(Token { kind: TokenKind::End, column });
        };
        let kind = match next {
            '0'..='9' => self.number(column)?,
            '\'' => TokenKind::Text(self.delimited('\'')?),
            '`' => TokenKind::Quoted(self.delimited('`')?),
            '@' => self.temporal(column)?,
            '%' => self.external(column)?,
            '$' => {
                self.at += 1;
                TokenKind::Dollar(self.word())
            }
            c if c.is_ascii_alphabetic() || c == '_' => TokenKind::Word(self.word()),
            _ => self.symbol(column)?,
        };
        Ok(Token { kind, column })
    }

    fn column(&self) -> u32 {
        u32::try_from(self.at + 1).unwrap_or(u32::MAX)
    }

    fn peek(&self, ahead: usize) -> Option<char> {
        self.chars.get(self.at + ahead).copied()
    }

    fn looking_at(&self, text: &str) -> bool {
        text.chars().enumerate().all(|(ahead, c)| self.peek(ahead) == Some(c))
    }

    fn skip_blanks(&mut self) -> Result<(), FhirPathError> {
        loop {
            if self.peek(0).is_some_and(char::is_whitespace) {
                self.at += 1;
            } else if self.looking_at("//") {
                while self.peek(0).is_some_and(|c| c != '\n' && c != '\r') {
                    self.at += 1;
                }
            } else if self.looking_at("/*") {
                self.skip_comment()?;
            } else {
                return Ok(());
            }
        }
    }

    fn skip_comment(&mut self) -> Result<(), FhirPathError> {
        let column = self.column();
        self.at += 2;
        while !self.looking_at("*/") {
            if self.peek(0).is_none() {
                return Err(FhirPathError::syntax(
                    column,
                    "the comment has no end",
                    "close it with */",
                ));
            }
            self.at += 1;
        }
        self.at += 2;
        Ok(())
    }

    fn take_while(&mut self, accept: impl Fn(char) -> bool) -> String {
        let start = self.at;
        while self.peek(0).is_some_and(&accept) {
            self.at += 1;
        }
        self.chars.get(start..self.at).unwrap_or_default().iter().collect()
    }

    fn word(&mut self) -> String {
        self.take_while(|c| c.is_ascii_alphanumeric() || c == '_')
    }

    fn digits(&mut self) -> String {
        self.take_while(|c| c.is_ascii_digit())
    }

    fn number(&mut self, column: u32) -> Result<TokenKind, FhirPathError> {
        let mut text = self.digits();
        let decimal = self.peek(0) == Some('.') && self.peek(1).is_some_and(|c| c.is_ascii_digit());
        if decimal {
            self.at += 1;
            text.push('.');
            text.push_str(&self.digits());
        }
        if self.peek(0) == Some('L') && !decimal {
            return Err(FhirPathError::refused(
                column,
                "Long",
                "64-bit integers are not part of FHIR R4",
            ));
        }
        Ok(TokenKind::Number(text))
    }

    /// Text between delimiters, escapes resolved.
    fn delimited(&mut self, delimiter: char) -> Result<String, FhirPathError> {
        let start = self.column();
        self.at += 1;
        let mut text = String::new();
        loop {
            let column = self.column();
            let Some(c) = self.peek(0) else {
                let cure = format!("close it with {delimiter}");
                return Err(FhirPathError::syntax(start, "the text has no end", cure));
            };
            self.at += 1;
            match c {
                _ if c == delimiter => return Ok(text),
                '\\' => text.push(self.escape(column)?),
                _ => text.push(c),
            }
        }
    }

    fn escape(&mut self, column: u32) -> Result<char, FhirPathError> {
        let wrong = || {
            FhirPathError::syntax(
                column,
                "this is not an escape",
                r#"use one of \' \" \` \\ \/ \r \n \t \f \uXXXX"#,
            )
        };
        let c = self.peek(0).ok_or_else(wrong)?;
        self.at += 1;
        Ok(match c {
            '\'' | '"' | '`' | '\\' | '/' => c,
            'r' => '\r',
            'n' => '\n',
            't' => '\t',
            'f' => '\u{c}',
            'u' => self.unicode().ok_or_else(wrong)?,
            _ => return Err(wrong()),
        })
    }

    /// Four hexadecimal digits, or two such groups for a surrogate pair.
    fn unicode(&mut self) -> Option<char> {
        let high = self.hexadecimal()?;
        if !(0xd800..0xdc00).contains(&high) {
            return char::from_u32(high);
        }
        if !self.looking_at("\\u") {
            return None;
        }
        self.at += 2;
        let low = self.hexadecimal().filter(|low| (0xdc00..0xe000).contains(low))?;
        char::from_u32(0x1_0000 + ((high - 0xd800) << 10) + (low - 0xdc00))
    }

    fn hexadecimal(&mut self) -> Option<u32> {
        let text: String = self.chars.get(self.at..self.at + 4)?.iter().collect();
        self.at += 4;
        text.chars().all(|c| c.is_ascii_hexdigit()).then(|| u32::from_str_radix(&text, 16).ok())?
    }

    /// A date, date-time or time after `@`. A sign and offset belong to it only after a time
    /// of day; `@T14:34:28Z` leaves the `Z`, because a time has no offset.
    fn temporal(&mut self, column: u32) -> Result<TokenKind, FhirPathError> {
        self.at += 1;
        let mut text = String::new();
        let has_date = self.peek(0) != Some('T');
        if has_date {
            text.push_str(&self.take_while(|c| c.is_ascii_digit() || c == '-'));
        }
        if self.peek(0) == Some('T') {
            self.at += 1;
            text.push('T');
            text.push_str(&self.take_while(|c| c.is_ascii_digit() || c == ':'));
            if self.peek(0) == Some('.') && self.peek(1).is_some_and(|c| c.is_ascii_digit()) {
                self.at += 1;
                text.push('.');
                text.push_str(&self.digits());
            }
            if has_date {
                text.push_str(&self.offset());
            }
        }
        if text.is_empty() {
            return Err(FhirPathError::syntax(
                column,
                "no date follows @",
                "write @2015-02-04 or @T14:30",
            ));
        }
        Ok(TokenKind::Temporal(text))
    }

    fn offset(&mut self) -> String {
        if self.peek(0) == Some('Z') {
            self.at += 1;
            return "Z".into();
        }
        let is_offset = matches!(self.peek(0), Some('+' | '-'))
            && [1, 2, 4, 5].iter().all(|&i| self.peek(i).is_some_and(|c| c.is_ascii_digit()))
            && self.peek(3) == Some(':');
        if !is_offset {
            return String::new();
        }
        let text = self.chars.get(self.at..self.at + 6).unwrap_or_default().iter().collect();
        self.at += 6;
        text
    }

    fn external(&mut self, column: u32) -> Result<TokenKind, FhirPathError> {
        self.at += 1;
        let name = match self.peek(0) {
            Some(c @ ('`' | '\'')) => self.delimited(c)?,
            _ => self.word(),
        };
        if name.is_empty() {
            return Err(FhirPathError::syntax(column, "no name follows %", "write %resource"));
        }
        Ok(TokenKind::External(name))
    }

    fn symbol(&mut self, column: u32) -> Result<TokenKind, FhirPathError> {
        let Some(symbol) = SYMBOLS.iter().find(|symbol| self.looking_at(symbol)) else {
            let c = self.peek(0).unwrap_or(' ');
            return Err(FhirPathError::syntax(
                column,
                format!("`{c}` means nothing here"),
                "remove it or put it in a text between single quotes",
            ));
        };
        self.at += symbol.len();
        Ok(TokenKind::Symbol(symbol))
    }
}
