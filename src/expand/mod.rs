//! The expansion of variables in words, as Docker's frontend does it: the shell's `$name`, `${name:-word}` and
//! their kin, quotes and escapes. No command is run, nothing is globbed, and blanks do not split (except for
//! [`expand_words`]).

mod error;
mod lexer;
mod pattern;

use lexer::{Lexer, Mode};
pub(crate) use lexer::{ShellWord, split_shell};
use std::cell::Cell;
use std::collections::{BTreeMap, HashMap};

pub use error::{ExpandError, ExpandLimit, ExpandReason};

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

/// Deeper nesting of `${a:-${b:-…}}` than this is refused, so that no text can exhaust the stack.
pub const DEEPEST: u32 = 128;

/// The bytes that one word can expand to.
pub const LONGEST: usize = 1 << 20;

/// What all words of a Dockerfile together can take: bytes of values that are put in, and steps of
/// patterns that are matched. A chain of arguments that double each other ends here.
pub const MOST_WORK: usize = 8 << 20;

/// What is left of [`MOST_WORK`].
#[derive(Debug)]
pub struct Budget(Cell<usize>);

impl Default for Budget {
    fn default() -> Self {
        Self(Cell::new(MOST_WORK))
    }
}

impl Budget {
    /// Takes some of it.
    pub fn spend(&self, work: usize) -> Result<(), ExpandLimit> {
        let left = self.0.get().checked_sub(work);
        self.0.set(left.unwrap_or_default());
        left.map(drop).ok_or(ExpandLimit::Work)
    }
}

/// Expands one word: variables, quotes and escapes. Blanks are kept.
///
/// Fails where a build would, and beyond [`LONGEST`], [`DEEPEST`] and [`MOST_WORK`].
pub fn expand<L: Lookup + ?Sized>(
    word: &str,
    lookup: &L,
    escape: char,
) -> Result<String, ExpandError> {
    expand_within(&Budget::default(), word, lookup, escape)
}

/// As [`expand`], for one of many words that share a budget.
pub fn expand_within<L: Lookup + ?Sized>(
    budget: &Budget,
    word: &str,
    lookup: &L,
    escape: char,
) -> Result<String, ExpandError> {
    let mode = Mode { escape, ..Mode::default() };
    Ok(Lexer::new(word, &|name: &str| lookup.get(name), mode, budget).run()?.text)
}

/// Expands a word of `EXPOSE` and splits the outcome at blanks that were not quoted.
pub fn expand_words<L: Lookup + ?Sized>(
    budget: &Budget,
    word: &str,
    lookup: &L,
    escape: char,
) -> Result<Vec<String>, ExpandError> {
    let mode = Mode { escape, ..Mode::default() };
    let expanded = Lexer::new(word, &|name: &str| lookup.get(name), mode, budget).run()?;
    Ok(expanded.words.into_iter().map(|word| word.text).collect())
}

/// Expands the body of a heredoc of `COPY` or `ADD`: quotes are ordinary there, and the escape is always `\`.
pub fn expand_heredoc<L: Lookup + ?Sized>(
    budget: &Budget,
    body: &str,
    lookup: &L,
) -> Result<String, ExpandError> {
    let mode = Mode { plain_quotes: true, ..Mode::default() };
    Ok(Lexer::new(body, &|name: &str| lookup.get(name), mode, budget).run()?.text)
}
