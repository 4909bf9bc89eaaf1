//! What is wrong with a file: where, why, and the cure.

use std::fmt;
use std::sync::Arc;

use annotate_snippets::renderer::DecorStyle;
use annotate_snippets::{AnnotationKind, Level, Renderer, Snippet};

use crate::{SourceFile, Sources, Span};

/// One mistake in the protocol files.
///
/// `Display` is [`Diagnostic::render`] without colour.
#[derive(Clone, Debug)]
pub struct Diagnostic {
    /// Stable: `MZ-02xx`.
    pub code: &'static str,
    /// The file in which it was found, text included.
    pub file: Arc<SourceFile>,
    pub span: Span,
    /// Line of the first byte, from 1.
    pub line: usize,
    /// Column of the first byte in characters, from 1.
    pub column: usize,
    /// What is wrong, as one sentence without a full stop.
    pub message: String,
    /// How to put it right.
    pub hint: Option<Box<str>>,
    /// Other places that have to do with it, and plain remarks.
    pub notes: Vec<Note>,
}

/// Another place that has to do with a mistake, or a remark without a place.
#[derive(Clone, Debug)]
pub struct Note {
    pub place: Option<(Arc<SourceFile>, Span)>,
    pub text: String,
}

/// Whether a rendered diagnostic carries terminal colours.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Paint {
    Plain,
    Colour,
}

impl Diagnostic {
    /// A mistake at a span of `sources`.
    pub fn new(
        sources: &Sources,
        code: &'static str,
        span: Span,
        message: impl Into<String>,
    ) -> Self {
        let file = sources.file(span.file).cloned().unwrap_or_else(nowhere);
        let (line, column) = file.line_column(span.start as usize);
        let message = message.into();
        Self { code, file, span, line, column, message, hint: None, notes: Vec::new() }
    }

    /// With a cure.
    #[must_use]
    pub fn with_hint(mut self, hint: impl Into<String>) -> Self {
        self.hint = Some(hint.into().into_boxed_str());
        self
    }

    /// With another place that has to do with it.
    #[must_use]
    pub fn with_place(mut self, sources: &Sources, span: Span, text: impl Into<String>) -> Self {
        let place = sources.file(span.file).map(|file| (Arc::clone(file), span));
        self.notes.push(Note { place, text: text.into() });
        self
    }

    /// With a remark.
    #[must_use]
    pub fn with_note(mut self, text: impl Into<String>) -> Self {
        self.notes.push(Note { place: None, text: text.into() });
        self
    }

    /// `path:line:column: code: message; hint`, on one line.
    pub fn line(&self) -> String {
        let hint = self.hint.as_ref().map(|hint| format!("; {hint}")).unwrap_or_default();
        let Self { line, column, code, message, .. } = self;
        format!("{}:{line}:{column}: {code}: {message}{hint}", self.file.path)
    }

    /// As compilers show it: the message, the line with the place underlined, notes and hint.
    pub fn render(&self, paint: Paint) -> String {
        let mut group = Level::ERROR
            .primary_title(self.message.as_str())
            .id(self.code)
            .element(snippet(&self.file, self.span, AnnotationKind::Primary, None));
        for note in &self.notes {
            group = match &note.place {
                Some((file, span)) => {
                    let text = Some(note.text.as_str());
                    group.element(snippet(file, *span, AnnotationKind::Context, text))
                }
                None => group.element(Level::NOTE.message(note.text.as_str())),
            };
        }
        if let Some(hint) = &self.hint {
            group = group.element(Level::HELP.message(hint.as_ref()));
        }
        let renderer = match paint {
            Paint::Plain => Renderer::plain(),
            Paint::Colour => Renderer::styled(),
        };
        renderer.decor_style(DecorStyle::Ascii).render(&[group])
    }
}

impl fmt::Display for Diagnostic {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.render(Paint::Plain))
    }
}

impl std::error::Error for Diagnostic {}

fn snippet<'a>(
    file: &'a SourceFile,
    span: Span,
    kind: AnnotationKind,
    label: Option<&'a str>,
) -> Snippet<'a, annotate_snippets::Annotation<'a>> {
    let end = file.text.len();
    let range = span.range();
    let start = floor(&file.text, range.start.min(end));
    let range = start..floor(&file.text, range.end.min(end)).max(start);
    let mut annotation = kind.span(range);
    if let Some(label) = label {
        annotation = annotation.label(label);
    }
    Snippet::source(file.text.as_str()).path(file.path.as_str()).annotation(annotation)
}

/// The start of the character in which a byte lies.
fn floor(text: &str, mut byte: usize) -> usize {
    while !text.is_char_boundary(byte) {
        byte -= 1;
    }
    byte
}

fn nowhere() -> Arc<SourceFile> {
    Arc::new(SourceFile { path: String::new(), text: String::new() })
}
