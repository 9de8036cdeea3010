//! One pattern of an ignore file, as moby's patternmatcher understands it.

use super::nfa::{self, Op};
use super::{IgnoreReason, go_match, re2};
use crate::path::clean_as_go;

/// One pattern.
#[derive(Debug, Clone)]
pub(super) struct Rule {
    /// Includes what it matches: it was written with a `!`.
    pub(super) includes: bool,
    /// The pattern without its `!`, cleaned.
    pub(super) pattern: String,
    matcher: Matcher,
}

#[derive(Debug, Clone)]
enum Matcher {
    Exact,
    /// Starts with this.
    Prefix(String),
    /// Ends with this, or is it without its slash.
    Suffix(String),
    Program(Vec<Op>),
}

impl Rule {
    /// A pattern that may start with `!`; nothing for an empty one.
    pub(super) fn new(text: &str) -> Result<Option<Rule>, IgnoreReason> {
        let text = text.trim();
        if text.is_empty() {
            return Ok(None);
        }
        let cleaned = clean_as_go(text);
        let (includes, pattern) =
            cleaned.strip_prefix('!').map_or((false, cleaned.as_str()), |rest| (true, rest));
        if pattern.is_empty() {
            return Err(IgnoreReason::Exclusion);
        }
        go_match(pattern, ".")?;
        Ok(Some(Rule {
            includes,
            matcher: compile(pattern).map_err(IgnoreReason::Expression)?,
            pattern: pattern.to_owned(),
        }))
    }

    /// Whether the pattern matches this very path; not whether it matches a parent.
    pub(super) fn matches(&self, path: &str) -> bool {
        match &self.matcher {
            Matcher::Exact => path == self.pattern,
            Matcher::Prefix(prefix) => path.starts_with(prefix.as_str()),
            Matcher::Suffix(suffix) => {
                path.ends_with(suffix.as_str()) || suffix.strip_prefix('/') == Some(path)
            }
            Matcher::Program(program) => nfa::accepts(program, path),
        }
    }
}

/// Reads a pattern from left to right, and the expression that Docker makes of it. What it ends up
/// as depends on what came last, not only on what is in it; so it does here.
fn compile(pattern: &str) -> Result<Matcher, String> {
    enum Is {
        Exact,
        Prefix,
        Suffix,
        Expression,
    }
    let mut is = Is::Exact;
    let mut expression = String::from("^");
    let mut characters = pattern.chars().peekable();
    let mut first = true;
    while let Some(character) = characters.next() {
        match character {
            '*' if characters.next_if_eq(&'*').is_some() => {
                characters.next_if_eq(&'/');
                if characters.peek().is_some() {
                    expression.push_str("(.*/)?");
                    is = Is::Expression;
                } else if matches!(is, Is::Exact) {
                    is = Is::Prefix;
                } else {
                    expression.push_str(".*");
                    is = Is::Expression;
                }
                if first {
                    is = Is::Suffix;
                }
            }
            '*' => {
                expression.push_str("[^/]*");
                is = Is::Expression;
            }
            '?' => {
                expression.push_str("[^/]");
                is = Is::Expression;
            }
            '.' | '+' | '(' | ')' | '|' | '{' | '}' | '$' => {
                expression.push('\\');
                expression.push(character);
            }
            '\\' => {
                expression.push('\\');
                expression.extend(characters.next());
                is = Is::Expression;
            }
            '[' | ']' => {
                expression.push(character);
                is = Is::Expression;
            }
            _ => expression.push(character),
        }
        first = false;
    }
    Ok(match is {
        Is::Exact => Matcher::Exact,
        Is::Prefix => Matcher::Prefix(pattern[..pattern.len() - 2].to_owned()),
        Is::Suffix => Matcher::Suffix(pattern[2..].to_owned()),
        Is::Expression => Matcher::Program(re2::compile(&(expression + "$"))?),
    })
}
