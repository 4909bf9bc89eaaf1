//! Which language a reader gets: what their account says, else what they chose before on this
//! device, else what their browser asks for, else English.

use super::{FALLBACK, Messages};

/// Chooses the first wish that the product can speak.
pub fn negotiate(
    messages: &Messages,
    account: Option<&str>,
    cookie: Option<&str>,
    accept_language: Option<&str>,
) -> String {
    let chosen = [account, cookie].into_iter().flatten().find(|tag| messages.has(tag));
    if let Some(tag) = chosen {
        return tag.to_owned();
    }
    let wishes = accept_language.map(wishes).unwrap_or_default();
    wishes
        .into_iter()
        .find_map(|wish| speakable(messages, wish))
        .unwrap_or_else(|| FALLBACK.to_owned())
}

/// The tags of an `Accept-Language` header, most wanted first.
fn wishes(header: &str) -> Vec<&str> {
    let mut wishes: Vec<(u32, &str)> = header.split(',').filter_map(wish).collect();
    wishes.sort_by_key(|(weight, _)| std::cmp::Reverse(*weight));
    wishes.into_iter().map(|(_, tag)| tag).collect()
}

/// One wish and its weight in thousandths; none when it is not wanted at all.
fn wish(part: &str) -> Option<(u32, &str)> {
    let mut pieces = part.split(';').map(str::trim);
    let tag = pieces.next().filter(|tag| !tag.is_empty())?;
    let weight = pieces
        .find_map(|piece| piece.strip_prefix("q="))
        .map_or(Some(1.0), |weight| weight.parse::<f32>().ok())?;
    let thousandths = (weight.clamp(0.0, 1.0) * 1000.0).round() as u32;
    (thousandths > 0).then_some((thousandths, tag))
}

/// The tag itself, or its language without the region: `ar-SY` is read as `ar`.
fn speakable(messages: &Messages, wish: &str) -> Option<String> {
    let wish = wish.to_ascii_lowercase();
    let language = wish.split('-').next().unwrap_or(&wish);
    [wish.as_str(), language].into_iter().find(|tag| messages.has(tag)).map(str::to_owned)
}
