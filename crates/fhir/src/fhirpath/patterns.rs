//! Regular expressions, compiled once with the expression where they are written out.

use std::borrow::Cow;
use std::collections::BTreeMap;

use regex::{Regex, RegexBuilder};

use super::ast::{Kind, Node};
use super::error::{ErrorKind, FhirPathError};
use super::functions::Function;
use super::value::System;

/// The largest compiled pattern, in bytes.
const PATTERN_BYTES_MAX: usize = 1 << 20;

/// The patterns that an expression has as literals.
#[derive(Clone, Debug, Default)]
pub(super) struct Patterns {
    /// By whether the whole text must match, and the pattern.
    compiled: BTreeMap<(bool, String), Regex>,
}

impl Patterns {
    pub(super) fn of(root: &Node) -> Result<Self, FhirPathError> {
        let mut patterns = Self::default();
        let mut open = vec![root];
        while let Some(node) = open.pop() {
            open.extend(node.parts());
            let Kind::Call(_, function, arguments) = &node.kind else { continue };
            let full = match function {
                Function::MatchesFull => true,
                Function::Matches | Function::ReplaceMatches => false,
                _ => continue,
            };
            let pattern = arguments.first().map(|argument| &argument.kind);
            if let Some(Kind::Literal(System::String(text))) = pattern {
                let regex = compile(text, full, node.column)?;
                patterns.compiled.insert((full, text.clone().into_owned()), regex);
            }
        }
        Ok(patterns)
    }

    /// The compiled pattern; one that is not a literal is compiled now.
    pub(super) fn find(
        &self,
        text: &str,
        full: bool,
        column: u32,
    ) -> Result<Cow<'_, Regex>, FhirPathError> {
        match self.compiled.get(&(full, text.to_owned())) {
            Some(regex) => Ok(Cow::Borrowed(regex)),
            None => compile(text, full, column).map(Cow::Owned),
        }
    }
}

/// A point matches line breaks too, as the standard says.
fn compile(text: &str, full: bool, column: u32) -> Result<Regex, FhirPathError> {
    let whole = if full { format!(r"\A(?:{text})\z") } else { text.to_owned() };
    let regex =
        RegexBuilder::new(&whole).dot_matches_new_line(true).size_limit(PATTERN_BYTES_MAX).build();
    regex.map_err(|error| {
        if matches!(error, regex::Error::CompiledTooBig(_)) {
            let reason = format!("the pattern `{text}` is too large");
            return FhirPathError::new(ErrorKind::Limit, column, reason, "shorten it");
        }
        let reason = "it is malformed, or it looks around or back";
        FhirPathError::refused(column, format!("the pattern {text}"), reason)
    })
}
