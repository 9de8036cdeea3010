//! `.dockerignore` as the walk of a build applies it.

/// An ignore file for which the build fails.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("line {line} of the ignore file: {reason}")]
pub struct IgnoreError {
    /// 1-based.
    pub line: usize,
    /// The pattern as written.
    pub pattern: String,
    /// What is wrong with it, and what to write instead.
    pub reason: String,
}

/// The patterns of an ignore file.
#[derive(Debug, Clone, Default)]
pub struct Ignore {}

/// What a directory's own evaluation hands down to what is in it.
#[derive(Debug, Clone)]
pub struct Hits {}

/// Evaluates many paths; quick where paths of one directory come after each other.
#[derive(Debug, Clone)]
pub struct Walker<'a> {
    ignore: &'a Ignore,
}

impl Ignore {
    /// Reads an ignore file.
    pub fn parse(_text: &str) -> Result<Ignore, IgnoreError> {
        unimplemented!()
    }

    /// Whether a build leaves this path (relative to the context, any kind) out. A directory that
    /// is left out appears all the same where something below it is kept.
    pub fn is_ignored(&self, path: &str) -> bool {
        self.walker().is_ignored(path)
    }

    /// For many paths.
    pub fn walker(&self) -> Walker<'_> {
        Walker { ignore: self }
    }

    /// Whether no path is ever ignored.
    pub fn is_empty(&self) -> bool {
        unimplemented!()
    }
}

impl Walker<'_> {
    /// As `Ignore::is_ignored`.
    pub fn is_ignored(&mut self, _path: &str) -> bool {
        let _ = self.ignore;
        unimplemented!()
    }
}
