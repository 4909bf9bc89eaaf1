//! What a narrative may contain: the rules txt-1 and txt-2 of FHIR R4.
//!
//! Source: <https://hl7.org/fhir/R4/narrative.html>. Basic formatting of HTML 4.0 chapters 7
//! to 11 (except section 4 of chapter 9) and 15, links with a name or an address, images and
//! style attributes; no scripts, forms, frames or references to outside styles; and some
//! text or image.

use super::text::entity;

const ELEMENTS: &[&str] = &[
    "a",
    "abbr",
    "acronym",
    "b",
    "big",
    "blockquote",
    "br",
    "caption",
    "cite",
    "code",
    "col",
    "colgroup",
    "dd",
    "dfn",
    "div",
    "dl",
    "dt",
    "em",
    "h1",
    "h2",
    "h3",
    "h4",
    "h5",
    "h6",
    "hr",
    "i",
    "img",
    "li",
    "ol",
    "p",
    "pre",
    "q",
    "samp",
    "small",
    "span",
    "strong",
    "sub",
    "sup",
    "table",
    "tbody",
    "td",
    "tfoot",
    "th",
    "thead",
    "tr",
    "tt",
    "ul",
    "var",
];

/// Allowed everywhere.
const ATTRIBUTES: &[&str] =
    &["title", "style", "class", "id", "lang", "xml:lang", "dir", "accesskey", "tabindex"];

/// Allowed on one element.
const SPECIAL: &[(&str, &[&str])] = &[
    ("a", &["charset", "type", "name", "href", "hreflang", "rel", "rev", "coords", "shape"]),
    ("img", &["src", "longdesc", "height", "width", "usemap", "ismap", "alt", "align", "border"]),
    ("div", &["xmlns", "align"]),
    ("p", &["align"]),
    ("hr", &["align", "noshade", "size", "width"]),
    (
        "table",
        &["summary", "width", "border", "frame", "rules", "cellspacing", "cellpadding", "align"],
    ),
    ("caption", &["align"]),
    ("col", TABLE),
    ("colgroup", TABLE),
    ("thead", TABLE),
    ("tbody", TABLE),
    ("tfoot", TABLE),
    ("tr", TABLE),
    ("td", CELL),
    ("th", CELL),
    ("ol", &["type", "start", "compact"]),
    ("ul", &["type", "compact"]),
    ("li", &["type", "value"]),
    ("blockquote", &["cite"]),
    ("q", &["cite"]),
    ("br", &["clear"]),
];
const TABLE: &[&str] = &["align", "char", "charoff", "valign", "span", "width"];
const CELL: &[&str] = &[
    "align", "char", "charoff", "valign", "abbr", "axis", "headers", "scope", "rowspan", "colspan",
    "width", "height", "nowrap", "bgcolor",
];

/// Whether this is one well-formed `div` with allowed content and something to read.
pub(super) fn is_allowed(text: &str) -> bool {
    let mut checker = Checker { rest: text.trim(), open: Vec::new(), has_content: false };
    checker.rest.starts_with("<div") && checker.run().is_some() && checker.has_content
}

struct Checker<'a> {
    rest: &'a str,
    open: Vec<&'a str>,
    has_content: bool,
}

impl<'a> Checker<'a> {
    /// Reads to the end of the outermost element, which must be the end of the text.
    fn run(&mut self) -> Option<()> {
        loop {
            if let Some(rest) = self.rest.strip_prefix("<!--") {
                self.rest = rest.split_once("-->")?.1;
            } else if let Some(rest) = self.rest.strip_prefix("</") {
                let (name, rest) = rest.split_once('>')?;
                self.rest = rest;
                (self.open.pop()? == name.trim_end()).then_some(())?;
            } else if let Some(rest) = self.rest.strip_prefix('<') {
                self.rest = rest;
                self.start()?;
            } else {
                self.content()?;
            }
            if self.open.is_empty() {
                return self.rest.is_empty().then_some(());
            }
        }
    }

    /// A start tag, after its `<`.
    fn start(&mut self) -> Option<()> {
        let name = self.name()?;
        ELEMENTS.contains(&name).then_some(())?;
        self.has_content |= name == "img";
        loop {
            let blanks = self.rest.len();
            self.rest = self.rest.trim_start();
            if let Some(rest) = self.rest.strip_prefix("/>") {
                self.rest = rest;
                return Some(());
            }
            if let Some(rest) = self.rest.strip_prefix('>') {
                self.rest = rest;
                self.open.push(name);
                return Some(());
            }
            (self.rest.len() < blanks).then_some(())?;
            self.attribute(name)?;
        }
    }

    fn attribute(&mut self, element: &str) -> Option<()> {
        let name = self.name()?;
        let special = SPECIAL.iter().find(|(known, _)| *known == element);
        let allowed = ATTRIBUTES.contains(&name) || special.is_some_and(|(_, a)| a.contains(&name));
        let rest = self.rest.trim_start().strip_prefix('=')?.trim_start();
        let quote = rest.chars().next().filter(|c| matches!(c, '"' | '\''))?;
        let (value, rest) = rest.get(1..)?.split_once(quote)?;
        self.rest = rest;
        let scripted = value.trim_start().to_ascii_lowercase().starts_with("javascript:");
        (allowed && !scripted && !value.contains('<') && references_known(value)).then_some(())
    }

    fn name(&mut self) -> Option<&'a str> {
        let is_name = |c: char| c.is_ascii_alphanumeric() || matches!(c, ':' | '-' | '_');
        let end = self.rest.find(|c| !is_name(c))?;
        let (name, rest) = self.rest.split_at_checked(end)?;
        self.rest = rest;
        (!name.is_empty()).then_some(name)
    }

    fn content(&mut self) -> Option<()> {
        let end = self.rest.find('<')?;
        let (text, rest) = self.rest.split_at_checked(end)?;
        self.rest = rest;
        self.has_content |= !text.trim().is_empty();
        references_known(text).then_some(())
    }
}

/// Whether every `&` begins a reference. Any HTML entity name is taken.
fn references_known(text: &str) -> bool {
    text.split('&').skip(1).all(|part| {
        part.split_once(';').is_some_and(|(name, _)| {
            entity(name).is_some()
                || !name.is_empty() && name.bytes().all(|byte| byte.is_ascii_alphanumeric())
        })
    })
}

#[cfg(test)]
mod tests {
    use super::is_allowed;

    #[test]
    fn narratives_are_checked() {
        let div =
            |inside: &str| format!("<div xmlns=\"http://www.w3.org/1999/xhtml\">{inside}</div>");
        for allowed in [
            "text",
            "<p style='color:red'>a &lt; b&#160;</p>",
            "<img src='#1'/>",
            "<br/>x<!-- y -->",
        ] {
            assert!(is_allowed(&div(allowed)), "{allowed}");
        }
        for refused in [
            "",
            " ",
            "<p></p>",
            "<script>x</script>",
            "<p onclick='x'>y</p>",
            "<p>x",
            "x</p>",
            "<b>x</i>",
            "a & b",
            "<p style=x>y</p>",
            "<a href='javascript:x'>y</a>",
        ] {
            assert!(!is_allowed(&div(refused)), "{refused}");
        }
        assert!(!is_allowed("<p>x</p>") && !is_allowed("x") && !is_allowed("<div>x</div>y"));
    }
}
