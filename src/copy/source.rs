//! One source word of a step, taken apart.

use super::{CopyError, CopyStep};
use crate::path::clean;
use crate::pattern::{BadPattern, Ignore, go_match, has_wildcard};

/// A local source.
#[derive(Debug, Clone)]
pub(super) struct Source {
    /// The components before the first wildcard.
    pub(super) literal: String,
    /// What is matched below it; empty without wildcards.
    pub(super) pattern: String,
    /// With `--parents`, what is taken of the directory.
    pub(super) parents: Option<Parents>,
}

/// The part of a `--parents` source that is kept below the destination.
#[derive(Debug, Clone)]
pub(super) struct Parents {
    /// As written, cleaned.
    pub(super) path: String,
    /// An ignore pattern, used the other way round: what it hits is taken.
    pub(super) include: Ignore,
}

impl Source {
    /// Takes a source apart; the error is why it cannot be taken from a tree.
    pub(super) fn new(step: &CopyStep, source: &str) -> Result<Source, CopyError> {
        if let Some(git) = remote(source) {
            let source_path = source.to_owned();
            return Err(if step.add {
                CopyError::Remote { source_path }
            } else {
                CopyError::RemoteInCopy { source_path, git }
            });
        }
        if !step.parents {
            return Source::split(step, source, None);
        }
        // Without a pivot, the whole path is kept below the destination.
        let (base, path) = source.split_once("/./").unwrap_or(("", source));
        let path = clean(path);
        let include = Ignore::from_patterns([path.as_str()])
            .map_err(|(pattern, reason)| CopyError::BadFilter { pattern, reason })?;
        Source::split(step, base, Some(Parents { path, include }))
    }

    fn split(step: &CopyStep, source: &str, parents: Option<Parents>) -> Result<Source, CopyError> {
        let cleaned = clean(source);
        let parts: Vec<&str> = cleaned.split('/').collect();
        let at = parts.iter().position(|part| has_wildcard(part)).unwrap_or(parts.len());
        let pattern = parts[at..].join("/");
        let bad = || CopyError::BadPattern { source_path: source.to_owned() };
        go_match(&pattern, "").map_err(|BadPattern| bad())?;
        if !step.from_stage && !pattern.is_empty() {
            // What a context is asked for is said in ignore patterns: those refuse more.
            Ignore::from_patterns([pattern.as_str()]).map_err(|_| bad())?;
        }
        Ok(Source { literal: parts[..at].join("/"), pattern, parents })
    }

    /// The path that must be there, where `--parents` names one without wildcards.
    pub(super) fn required(&self) -> Option<&str> {
        let parents = self.parents.as_ref()?;
        (self.pattern.is_empty() && !has_wildcard(&parents.path)).then_some(&parents.path)
    }
}

/// Whether a source is fetched from elsewhere, and then whether it is a git repository.
pub(crate) fn remote(source: &str) -> Option<bool> {
    let scp_like = || {
        let (user, rest) = source.split_once('@')?;
        let (host, _) = rest.split_once(':')?;
        let word = |text: &str, more: &[char]| {
            !text.is_empty()
                && text.chars().all(|one| one.is_ascii_alphanumeric() || more.contains(&one))
        };
        (word(user, &['-', '_']) && word(host, &['-', '.'])).then_some(true)
    };
    if source.starts_with("http://") || source.starts_with("https://") {
        let path = source.split(['#', '?']).next().unwrap_or_default();
        return Some(path.strip_suffix(".git").is_some());
    }
    if source.starts_with("git://") || source.starts_with("ssh://") {
        return Some(true);
    }
    scp_like()
}
