//! The expansion of variables in words, as Docker's frontend does it.

/// What variables are set to.
pub trait Lookup {
    /// The value of `name`, or `None` if it is unset.
    fn get(&self, name: &str) -> Option<String>;
}

/// Why a word cannot be expanded, in Docker's words.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("failed to process {word:?}: {reason}")]
pub struct ExpandError {
    /// The whole word.
    pub word: String,
    /// What is wrong with it.
    pub reason: String,
}
