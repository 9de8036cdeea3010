//! The paths of the build context, ready for many sources.

use super::Context;
use crate::path::{ancestors, clean};
use crate::pattern::{Ignore, go_match, has_wildcard};

/// How many pairs of pattern and path are tried before the patterns left count as good: a list of
/// them must not cost its length times that of the context.
const MOST_PAIRS: usize = 1 << 20;

pub(super) struct ContextPaths<'a> {
    /// Sorted.
    paths: Vec<&'a str>,
    /// How many of the first paths are kept by the ignore file.
    kept: Vec<usize>,
    pairs: usize,
}

/// What is there of a source.
pub(super) enum Seen {
    Kept,
    Ignored,
    Nothing,
}

impl<'a> ContextPaths<'a> {
    pub(super) fn new(context: &'a Context, ignore: &Ignore) -> Self {
        let mut paths: Vec<&str> = context.paths.iter().map(String::as_str).collect();
        paths.sort_unstable();
        let mut walker = ignore.walker();
        let mut count = 0;
        let counts = paths.iter().map(|path| {
            count += usize::from(!walker.is_ignored(path));
            count
        });
        let kept = std::iter::once(0).chain(counts).collect();
        Self { paths, kept, pairs: 0 }
    }

    pub(super) fn look(&mut self, source: &str) -> Seen {
        let source = clean(source);
        if source.is_empty() {
            return Seen::Kept;
        }
        if has_wildcard(&source) {
            return self.look_for_matches(&source);
        }
        let below = format!("{source}/");
        let itself = self.range(|path| *path < *source, |path| *path <= *source);
        let below = self.range(|path| *path < *below, |path| path.starts_with(&below));
        itself.or(below)
    }

    /// What is in the range of the paths from the first that is not `before` on, as long as they
    /// are `inside`.
    fn range(&self, before: impl Fn(&str) -> bool, inside: impl Fn(&str) -> bool) -> Seen {
        let start = self.paths.partition_point(|path| before(path));
        let end = start + self.paths[start..].partition_point(|path| inside(path));
        match end - start {
            0 => Seen::Nothing,
            _ if self.kept[end] > self.kept[start] => Seen::Kept,
            _ => Seen::Ignored,
        }
    }

    fn look_for_matches(&mut self, pattern: &str) -> Seen {
        let mut seen = Seen::Nothing;
        for (at, path) in self.paths.iter().enumerate() {
            self.pairs += 1;
            if self.pairs > MOST_PAIRS {
                return Seen::Kept;
            }
            if ancestors(path).chain([*path]).any(|path| go_match(pattern, path) == Ok(true)) {
                if self.kept[at + 1] > self.kept[at] {
                    return Seen::Kept;
                }
                seen = Seen::Ignored;
            }
        }
        seen
    }
}

impl Seen {
    fn or(self, other: Self) -> Self {
        match (self, other) {
            (Self::Nothing, other) | (other, Self::Nothing) => other,
            (Self::Ignored, Self::Ignored) => Self::Ignored,
            _ => Self::Kept,
        }
    }
}
