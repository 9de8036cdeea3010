//! One source word of a step.

use super::CopyStep;
use crate::pattern::has_wildcard;
use crate::tree::links::clean;

/// A source, taken apart.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Source {
    /// The components before the first wildcard, cleaned.
    pub(super) literal: String,
    /// What is matched below it; empty without wildcards.
    pub(super) pattern: String,
}

impl Source {
    pub(super) fn new(step: &CopyStep, source: &str) -> Source {
        if step.parents
            && let Some((before, _)) = source.split_once("/./")
        {
            return Source { literal: clean(before), pattern: String::new() };
        }
        let cleaned = clean(source);
        let parts: Vec<&str> = cleaned.split('/').collect();
        let at = parts.iter().position(|part| has_wildcard(part)).unwrap_or(parts.len());
        Source { literal: parts[..at].join("/"), pattern: parts[at..].join("/") }
    }
}
