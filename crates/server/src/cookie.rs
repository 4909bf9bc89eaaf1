//! The two cookies: the session's secret, and the language chosen on this device.

use axum::http::{HeaderMap, HeaderValue, header};

use crate::auth::token::Token;

const SESSION: &str = "manzil";
/// Over TLS the browser itself then insists on `Secure`, this host and the whole path.
const SESSION_TLS: &str = "__Host-manzil";
const LANGUAGE: &str = "manzil-language";
/// A year.
const LANGUAGE_SECONDS_MAX: u32 = 31_536_000;

/// The session cookie; it goes when the browser is closed.
pub fn session(token: &Token, tls: bool) -> HeaderValue {
    let (name, secure) = if tls { (SESSION_TLS, "; Secure") } else { (SESSION, "") };
    let text = format!("{name}={}; Path=/; HttpOnly; SameSite=Lax{secure}", token.secret());
    HeaderValue::from_str(&text).unwrap_or(HeaderValue::from_static(""))
}

/// The session's token, if the browser sent one.
pub fn token(headers: &HeaderMap, tls: bool) -> Option<Token> {
    Token::parse(value(headers, if tls { SESSION_TLS } else { SESSION })?)
}

/// Remembers a language on this device.
pub fn set_language(tag: &str) -> HeaderValue {
    let text =
        format!("{LANGUAGE}={tag}; Path=/; HttpOnly; SameSite=Lax; Max-Age={LANGUAGE_SECONDS_MAX}");
    HeaderValue::from_str(&text).unwrap_or(HeaderValue::from_static(""))
}

/// The language chosen on this device.
pub fn language(headers: &HeaderMap) -> Option<String> {
    value(headers, LANGUAGE).map(str::to_owned)
}

fn value<'a>(headers: &'a HeaderMap, name: &str) -> Option<&'a str> {
    let lines = headers.get_all(header::COOKIE).iter().filter_map(|line| line.to_str().ok());
    lines.flat_map(|line| line.split(';')).find_map(|pair| {
        let (found, value) = pair.trim().split_once('=')?;
        (found == name).then_some(value)
    })
}

/// A path of our own to return to; anything else becomes the start page, so that a link cannot
/// send somebody to another site.
pub fn local_path(text: &str) -> &str {
    let second = text.chars().nth(1);
    let safe = text.starts_with('/')
        && !matches!(second, Some('/' | '\\'))
        && !text.chars().any(char::is_control);
    if safe { text } else { "/" }
}

/// Percent-encodes a path for use inside a query.
pub fn encode(text: &str) -> String {
    use std::fmt::Write as _;
    text.bytes().fold(String::new(), |mut out, byte| {
        if byte.is_ascii_alphanumeric() || b"-_.~/".contains(&byte) {
            out.push(char::from(byte));
        } else {
            let _ = write!(out, "%{byte:02X}");
        }
        out
    })
}
