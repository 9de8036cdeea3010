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
