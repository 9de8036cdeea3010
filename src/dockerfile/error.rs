//! What Docker would refuse.

use super::span::Span;

/// A mistake in a Dockerfile. The parser notes it and goes on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ParseError {
    /// Where.
    pub span: Span,
    /// What Docker says.
    pub message: String,
    /// What to write instead.
    pub remedy: String,
}

/// A mistake of which the place may not be known yet.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Mistake {
    span: Option<Span>,
    message: String,
    remedy: String,
    early: bool,
}

impl Mistake {
    pub(super) fn new(message: impl Into<String>, remedy: impl Into<String>) -> Self {
        Self { span: None, message: message.into(), remedy: remedy.into(), early: false }
    }

    pub(super) fn at(span: Span, message: String, remedy: String) -> Self {
        Self { span: Some(span), message, remedy, early: false }
    }

    /// Docker sees it while it still splits the line, so behind `ONBUILD`, too.
    pub(super) fn early(self) -> Self {
        Self { early: true, ..self }
    }

    pub(super) fn is_early(&self) -> bool {
        self.early
    }

    /// The error, at `otherwise` if no closer place is known.
    pub(super) fn into_error(self, otherwise: Span) -> ParseError {
        let span = self.span.unwrap_or(otherwise);
        ParseError { span, message: self.message, remedy: self.remedy }
    }
}
