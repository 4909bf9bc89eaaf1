//! What a narrative may contain: the rules txt-1 and txt-2 of FHIR R4.
//!
//! Source: <https://hl7.org/fhir/R4/narrative.html>. Basic formatting of HTML 4.0 chapters 7
//! to 11 (except section 4 of chapter 9, marks of changes) and 15, links with a name or an
//! address, images and style attributes; no scripts, forms, frames or references to outside
//! styles; and some text or image. [`validate`](crate::validate) says what is wrong, and the
//! FHIRPath function `htmlChecks()` whether anything is.

const ELEMENTS: &[&str] = &[
    "a",
    "abbr",
    "acronym",
    "address",
    "area",
    "b",
    "bdo",
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
    "kbd",
    "li",
    "map",
    "ol",
    "p",
    "pre",
    "q",
    "s",
    "samp",
    "small",
    "span",
    "strike",
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
    "u",
    "ul",
    "var",
];

/// Allowed everywhere.
const ATTRIBUTES: &[&str] =
    &["title", "style", "class", "id", "lang", "xml:lang", "dir", "accesskey", "tabindex"];

/// Allowed on one element.
const SPECIAL: &[(&str, &[&str])] = &[
    ("a", &["charset", "type", "name", "href", "hreflang", "rel", "rev", "coords", "shape"]),
    ("map", &["name"]),
    ("area", &["shape", "coords", "href", "nohref", "alt"]),
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

/// The entities that XML knows without a document type, and the one that tools write anyway.
const ENTITIES: [&str; 6] = ["lt", "gt", "amp", "quot", "apos", "nbsp"];

/// What is wrong with a narrative, and what to do about it.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Problem {
    pub(crate) reason: String,
    pub(crate) cure: &'static str,
}

impl Problem {
    fn new(reason: impl Into<String>, cure: &'static str) -> Self {
        Self { reason: reason.into(), cure }
    }

    fn unclosed(what: &str) -> Self {
        Self::new(format!("{what} is not closed in the narrative"), "close every element")
    }
}

/// Whether this is one well-formed `div` with allowed content and something to read.
pub(crate) fn check(text: &str) -> Result<(), Problem> {
    let mut reader = Reader { rest: text.trim(), open: Vec::new(), has_content: false };
    if !reader.rest.starts_with("<div") {
        let reason = "the narrative does not start with <div";
        return Err(Problem::new(reason, "put it in one div"));
    }
    reader.run()?;
    if !reader.has_content {
        let reason = "the narrative has neither text nor image";
        return Err(Problem::new(reason, "write something to read, or leave the text out"));
    }
    Ok(())
}

struct Reader<'a> {
    rest: &'a str,
    open: Vec<&'a str>,
    has_content: bool,
}

impl<'a> Reader<'a> {
    /// Reads to the end of the outermost element, which must be the end of the text.
    fn run(&mut self) -> Result<(), Problem> {
        loop {
            if let Some(rest) = self.rest.strip_prefix("<!--") {
                self.rest = rest.split_once("-->").ok_or_else(|| Problem::unclosed("a comment"))?.1;
            } else if let Some(rest) = self.rest.strip_prefix("</") {
                let (name, rest) =
                    rest.split_once('>').ok_or_else(|| Problem::unclosed("a tag"))?;
                self.rest = rest;
                self.end(name.trim_end())?;
            } else if let Some(rest) = self.rest.strip_prefix('<') {
                self.rest = rest;
                self.start()?;
            } else {
                self.content()?;
            }
            if self.open.is_empty() {
                return if self.rest.is_empty() {
                    Ok(())
                } else {
                    Err(Problem::new("there is text outside the div", "put it in one div"))
                };
            }
        }
    }

    fn end(&mut self, name: &str) -> Result<(), Problem> {
        match self.open.pop() {
            Some(expected) if expected == name => Ok(()),
            Some(expected) => Err(Problem::new(
                format!("</{name}> closes <{expected}>"),
                "close the elements in the order in which they were opened, last first",
            )),
            None => Err(Problem::new(format!("</{name}> closes nothing"), "leave it out")),
        }
    }

    /// A start tag, after its `<`.
    fn start(&mut self) -> Result<(), Problem> {
        let name = self.name();
        if !ELEMENTS.contains(&name) {
            let reason = format!("a narrative may not have the element {}", shown(name));
            return Err(Problem::new(reason, "keep to text, lists, tables, links and images"));
        }
        self.has_content |= name == "img";
        loop {
            let before = self.rest.len();
            self.rest = self.rest.trim_start();
            if let Some(rest) = self.rest.strip_prefix("/>") {
                self.rest = rest;
                return Ok(());
            }
            if let Some(rest) = self.rest.strip_prefix('>') {
                self.rest = rest;
                self.open.push(name);
                return Ok(());
            }
            if self.rest.is_empty() || self.rest.len() == before {
                return Err(Problem::unclosed("a tag"));
            }
            self.attribute(name)?;
        }
    }

    fn attribute(&mut self, element: &str) -> Result<(), Problem> {
        let name = self.name();
        let after = self.rest.trim_start().strip_prefix('=').map(str::trim_start);
        let quoted = after.and_then(|after| {
            let quote = after.chars().next().filter(|c| matches!(c, '"' | '\''))?;
            after.get(1..)?.split_once(quote)
        });
        let Some((value, rest)) = quoted else {
            let reason = format!("the attribute {} has no quotes", shown(name));
            return Err(Problem::new(reason, "write attribute values between quotes"));
        };
        self.rest = rest;
        let special = SPECIAL.iter().find(|(known, _)| *known == element);
        let acts = name.to_ascii_lowercase().starts_with("on")
            || value.trim_start().to_ascii_lowercase().starts_with("javascript:");
        if acts {
            let reason = format!("the attribute {} acts", shown(name));
            return Err(Problem::new(reason, "keep to attributes that only describe"));
        }
        if !ATTRIBUTES.contains(&name) && !special.is_some_and(|(_, known)| known.contains(&name)) {
            let reason = format!("{element} may not have the attribute {}", shown(name));
            return Err(Problem::new(reason, "leave it out; class and style are allowed"));
        }
        if value.contains('<') {
            let reason = format!("the attribute {} has the sign <", shown(name));
            return Err(Problem::new(reason, "write &lt; for the sign <"));
        }
        entities(value)
    }

    /// The name that begins here; empty when there is none.
    fn name(&mut self) -> &'a str {
        let is_name = |c: char| c.is_ascii_alphanumeric() || matches!(c, ':' | '-' | '_');
        let end = self.rest.find(|c| !is_name(c)).unwrap_or(self.rest.len());
        let (name, rest) = self.rest.split_at_checked(end).unwrap_or_default();
        self.rest = rest;
        name
    }

    fn content(&mut self) -> Result<(), Problem> {
        let end = self.rest.find('<');
        let unclosed = || Problem::unclosed(self.open.last().unwrap_or(&"div"));
        let (text, rest) =
            end.and_then(|end| self.rest.split_at_checked(end)).ok_or_else(unclosed)?;
        self.rest = rest;
        self.has_content |= !text.trim().is_empty();
        entities(text)
    }
}

/// Every `&` begins an entity of XML or a number.
fn entities(text: &str) -> Result<(), Problem> {
    for part in text.split('&').skip(1) {
        let name = part.split_once(';').map_or("", |(name, _)| name);
        let is_number =
            name.strip_prefix('#').is_some_and(|number| match number.strip_prefix('x') {
                Some(digits) => !digits.is_empty() && digits.bytes().all(|b| b.is_ascii_hexdigit()),
                None => !number.is_empty() && number.bytes().all(|b| b.is_ascii_digit()),
            });
        if !is_number && !ENTITIES.contains(&name) {
            let reason = format!("{} is not an entity of XML", shown(&format!("&{name};")));
            let cure = "write the character itself, and &amp; for the sign &";
            return Err(Problem::new(reason, cure));
        }
    }
    Ok(())
}

/// A text in quotes, shortened.
fn shown(text: &str) -> String {
    let short: String = text.chars().take(60).collect();
    format!("{short:?}")
}

#[cfg(test)]
mod tests {
    use super::check;

    fn is_allowed(text: &str) -> bool {
        check(text).is_ok()
    }

    #[test]
    fn narratives_are_checked() {
        let div =
            |inside: &str| format!("<div xmlns=\"http://www.w3.org/1999/xhtml\">{inside}</div>");
        for allowed in [
            "text",
            "<p style='color:red'>a &lt; b&#160;</p>",
            "<img src='#1'/>",
            "<br/>x<!-- y -->",
            "<address>x <kbd>y</kbd></address>",
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
            "<ins>x</ins>",
            "<p href='#x'>y</p>",
            "<p",
            "<p title='x'class='y'>z</p>",
        ] {
            assert!(!is_allowed(&div(refused)), "{refused}");
        }
        assert!(!is_allowed("<p>x</p>") && !is_allowed("x") && !is_allowed("<div>x</div>y"));
    }
}
