//! `.dockerignore` as the walk of a build applies it.

use std::sync::Arc;

use super::BadPattern;
use crate::path::{ancestors, clean_as_go, is_at_or_below, parent};

use super::ignore_rule::Rule;
use super::tables::{Bulk, Here};

/// Docker's limit for a line, in bytes.
const MAX_LINE: usize = 64 * 1024;

/// An ignore file for which the build fails.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("line {line}: {pattern:?}: {reason}")]
pub struct IgnoreError {
    /// 1-based.
    pub line: usize,
    /// The line as written.
    pub pattern: String,
    /// What is wrong with it.
    pub reason: IgnoreReason,
}

/// What is wrong with a pattern, or with all of them.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum IgnoreReason {
    /// Go's `filepath.Match` refuses it.
    #[error(transparent)]
    Pattern(#[from] BadPattern),
    /// Go's regular expressions refuse what Docker makes of it.
    #[error("{0}")]
    Expression(String),
    /// A `!` and nothing else.
    #[error("illegal exclusion pattern: \"!\"")]
    Exclusion,
    /// More than Docker reads.
    #[error("the line is longer than 64 KiB")]
    LineLength,
    /// Docker has no such limit; no text may cost more than this.
    #[error("the file is larger than {} MiB", LARGEST >> 20)]
    Size,
    /// As before.
    #[error("more than {MOST_PATTERNS} patterns")]
    Count,
}

/// The size in bytes from which on an ignore file is refused.
pub const LARGEST: usize = 1 << 20;

/// How many patterns an ignore file can have.
pub const MOST_PATTERNS: usize = 10_000;

/// The patterns of an ignore file; a clone shares them.
#[derive(Debug, Clone)]
pub struct Ignore {
    rules: Arc<[Rule]>,
    bulk: Arc<Bulk>,
    /// Some rule includes what others ignore.
    exceptions: bool,
}

impl Default for Ignore {
    fn default() -> Ignore {
        Ignore::new(Vec::new())
    }
}

impl Ignore {
    /// Reads an ignore file.
    pub fn parse(text: &str) -> Result<Ignore, IgnoreError> {
        let mut rules = Vec::new();
        if text.len() > LARGEST {
            let reason = IgnoreReason::Size;
            return Err(IgnoreError { line: 1, pattern: String::new(), reason });
        }
        let text = text.strip_prefix('\u{feff}').unwrap_or(text);
        for (number, line) in text.split('\n').enumerate() {
            let error = |reason: IgnoreReason| IgnoreError {
                line: number + 1,
                pattern: line.trim().chars().take(80).collect(),
                reason,
            };
            if line.len() >= MAX_LINE {
                return Err(error(IgnoreReason::LineLength));
            }
            if rules.len() == MOST_PATTERNS {
                return Err(error(IgnoreReason::Count));
            }
            if let Some(pattern) = read_line(line) {
                rules.extend(Rule::new(&pattern).map_err(error)?);
            }
        }
        Ok(Ignore::new(rules))
    }

    /// From patterns that are no lines of a file, as `--exclude` has them; the error is the first
    /// bad one with what is wrong.
    pub fn from_patterns<'a>(
        patterns: impl IntoIterator<Item = &'a str>,
    ) -> Result<Ignore, (String, IgnoreReason)> {
        let mut rules = Vec::new();
        for pattern in patterns {
            rules.extend(Rule::new(pattern).map_err(|reason| (pattern.to_owned(), reason))?);
        }
        Ok(Ignore::new(rules))
    }

    fn new(rules: Vec<Rule>) -> Ignore {
        let bulk = Bulk::new(&rules);
        let exceptions = rules.iter().any(|rule| rule.includes);
        Ignore { rules: rules.into(), bulk: Arc::new(bulk), exceptions }
    }

    /// Whether a build leaves this path (relative to the context, any kind) out. A directory that
    /// is left out appears all the same where something below it is kept.
    pub fn is_ignored(&self, path: &str) -> bool {
        self.walker().is_ignored(path)
    }

    /// Whether a build gets this file empty: the walk keeps it, but to open it Docker tries each
    /// pattern on the directories around it anew, also one that had nothing to change on the walk.
    pub fn is_withheld(&self, path: &str) -> bool {
        self.exceptions && self.refuses_to_open(path) && !self.is_ignored(path)
    }

    fn refuses_to_open(&self, path: &str) -> bool {
        let mut refused = false;
        for rule in self.rules.iter() {
            let mut around = ancestors(path).chain([path]);
            if rule.includes == refused && around.any(|path| rule.matches(path)) {
                refused = !rule.includes;
            }
        }
        refused
    }

    /// For many paths.
    pub fn walker(&self) -> Walker {
        Walker {
            ignore: self.clone(),
            directory: String::new(),
            frames: Vec::new(),
            here: self.bulk.enter(&self.rules, ""),
            own: vec![false; self.rules.len()],
            scratch: Vec::new(),
        }
    }

    /// Whether no path is ever ignored.
    pub fn is_empty(&self) -> bool {
        self.rules.iter().all(|rule| rule.includes)
    }

    /// Whether something below an ignored directory may be kept.
    pub fn has_exceptions(&self) -> bool {
        self.exceptions
    }
}

/// The pattern on a line of an ignore file.
fn read_line(line: &str) -> Option<String> {
    if line.starts_with('#') {
        return None;
    }
    let line = line.trim();
    let (mark, pattern) = line.strip_prefix('!').map_or(("", line), |rest| ("!", rest.trim()));
    let pattern = if pattern.is_empty() { String::new() } else { clean_as_go(pattern) };
    // A slash alone stays: it matches nothing, as opposed to nothing at all.
    let pattern = match pattern.strip_prefix('/') {
        Some(rest) if !rest.is_empty() => rest,
        _ => &pattern,
    };
    Some(format!("{mark}{pattern}"))
}

/// Evaluates many paths; quick where paths of one directory come after each other.
#[derive(Debug, Clone)]
pub struct Walker {
    ignore: Ignore,
    /// The directory of the last path; `frames` are its components.
    directory: String,
    frames: Vec<Frame>,
    /// What is tried in the directory.
    here: Here,
    own: Vec<bool>,
    scratch: Vec<usize>,
}

/// What a directory hands down to what is in it.
#[derive(Debug, Clone)]
struct Frame {
    /// The length of its path.
    length: usize,
    ignored: bool,
    hits: Vec<bool>,
}

impl Walker {
    /// As [`Ignore::is_ignored`].
    pub fn is_ignored(&mut self, path: &str) -> bool {
        let path = path.trim_matches('/');
        if path.is_empty() || self.ignore.is_empty() {
            return false;
        }
        let directory = parent(path);
        if directory != self.directory {
            self.enter(directory);
        }
        if let Some(ignored) = self.foregone() {
            return ignored;
        }
        self.evaluate(path, None)
    }

    /// The verdict for everything in the present directory, where it is one.
    fn foregone(&self) -> Option<bool> {
        let frame = self.frames.last()?;
        (frame.ignored && !self.ignore.exceptions).then_some(true)
    }

    fn enter(&mut self, directory: &str) {
        while let Some(frame) = self.frames.last() {
            if is_at_or_below(directory, &self.directory[..frame.length]) {
                break;
            }
            self.frames.pop();
        }
        let rules = Arc::clone(&self.ignore.rules);
        let mut done = self.frames.last().map_or(0, |frame| frame.length);
        self.directory.clear();
        self.directory.push_str(directory);
        while done < directory.len() {
            let from = if done == 0 { 0 } else { done + 1 };
            let end = directory[from..].find('/').map_or(directory.len(), |at| from + at);
            let mut hits = vec![false; self.own.len()];
            let ignored = if let Some(ignored) = self.foregone() {
                ignored
            } else {
                self.here = self.ignore.bulk.enter(&rules, &directory[..done]);
                self.evaluate(&directory[..end], Some(&mut hits))
            };
            self.frames.push(Frame { length: end, ignored, hits });
            done = end;
        }
        self.here = self.ignore.bulk.enter(&rules, directory);
    }

    /// The verdict for a path in the present directory, and the hits that it hands down.
    fn evaluate(&mut self, path: &str, mut down: Option<&mut Vec<bool>>) -> bool {
        let rules = &self.ignore.rules;
        self.ignore.bulk.matches(rules, &self.here, path, &mut self.own, &mut self.scratch);
        let above = self.frames.last().map(|frame| &frame.hits);
        let mut ignored = false;
        for (number, rule) in rules.iter().enumerate() {
            let inherited = above.is_some_and(|hits| hits[number]);
            // A pattern that cannot change the verdict is not tried, and hands down no hit.
            let hit = inherited || (rule.includes == ignored && self.own[number]);
            if hit {
                ignored = !rule.includes;
            }
            if let Some(down) = down.as_deref_mut() {
                down[number] = hit;
            }
        }
        ignored
    }
}
