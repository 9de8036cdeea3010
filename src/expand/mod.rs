//! The expansion of variables in words, as Docker's frontend does it: the shell's `$name`, `${name:-word}` and
//! their kin, quotes and escapes. No command is run, nothing is globbed, and blanks do not split (except for
//! [`expand_words`]).

mod lexer;
mod pattern;

use lexer::{Lexer, Mode};
pub(crate) use lexer::{ShellWord, split_shell};
use std::collections::{BTreeMap, HashMap};

/// What variables are set to.
pub trait Lookup {
    /// The value of `name`, or `None` if it is unset.
    fn get(&self, name: &str) -> Option<String>;
}

impl Lookup for BTreeMap<String, String> {
    fn get(&self, name: &str) -> Option<String> {
        BTreeMap::get(self, name).cloned()
    }
}

impl<S: std::hash::BuildHasher> Lookup for HashMap<String, String, S> {
    fn get(&self, name: &str) -> Option<String> {
        HashMap::get(self, name).cloned()
    }
}

impl Lookup for [(&str, &str)] {
    fn get(&self, name: &str) -> Option<String> {
        self.iter().find(|(key, _)| *key == name).map(|(_, value)| (*value).to_owned())
    }
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

/// Expands one word: variables, quotes and escapes. Blanks are kept.
pub fn expand<L: Lookup + ?Sized>(
    word: &str,
    lookup: &L,
    escape: char,
) -> Result<String, ExpandError> {
    let mode = Mode { escape, ..Mode::default() };
    Ok(Lexer::new(word, &|name: &str| lookup.get(name), mode).run()?.text)
}

/// Expands a word of `EXPOSE` and splits the outcome at blanks that were not quoted.
pub fn expand_words<L: Lookup + ?Sized>(
    word: &str,
    lookup: &L,
    escape: char,
) -> Result<Vec<String>, ExpandError> {
    let mode = Mode { escape, ..Mode::default() };
    let expanded = Lexer::new(word, &|name: &str| lookup.get(name), mode).run()?;
    Ok(expanded.words.into_iter().map(|word| word.text).collect())
}

/// Expands the body of a heredoc of `COPY` or `ADD`: quotes are ordinary there, and the escape is always `\`.
pub fn expand_heredoc<L: Lookup + ?Sized>(body: &str, lookup: &L) -> Result<String, ExpandError> {
    let mode = Mode { plain_quotes: true, ..Mode::default() };
    Ok(Lexer::new(body, &|name: &str| lookup.get(name), mode).run()?.text)
}
