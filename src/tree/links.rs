//! Following symbolic links below a root that nothing can leave.

use super::Kind;
use crate::path::{clean, join};

/// Links followed before a path counts as a loop, as Docker has it.
const MAX_LINKS: usize = 255;

/// Why a path leads nowhere.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ResolveError {
    /// This path, because it is below something that is no directory.
    #[error("{0}: not a directory")]
    NotADirectory(String),
    /// Links that lead to each other.
    #[error("{0}: too many links")]
    TooManyLinks(String),
}

/// Follows every link of a path, the last component included, with `/` as the root: `..` stays
/// inside, an absolute target starts again at the root. What does not exist is taken as it is
/// written, so the answer may be a path that is not there. No leading slash in the answer.
///
/// `look` says what is at a path without following it: the kind, and where a link points.
pub fn resolve<E: From<ResolveError>>(
    path: &str,
    mut look: impl FnMut(&str) -> Result<Option<(Kind, String)>, E>,
) -> Result<String, E> {
    // Components still to walk, the next one last.
    let mut rest: Vec<String> = clean(path).split('/').rev().map(str::to_owned).collect();
    let mut at = String::new();
    let mut links = 0;
    while let Some(name) = rest.pop() {
        if name.is_empty() {
            continue;
        }
        let next = join(&at, &name);
        match look(&next)? {
            Some((Kind::Symlink, target)) => {
                links += 1;
                if links > MAX_LINKS {
                    return Err(ResolveError::TooManyLinks(format!("/{}", clean(path))).into());
                }
                // Docker cleans a target as text, on top of the directory that holds the link.
                let start = if target.starts_with('/') { String::new() } else { at };
                rest.extend(clean(&join(&start, &target)).split('/').rev().map(str::to_owned));
                at = String::new();
            }
            Some((Kind::File | Kind::Other, _)) => {
                if let Some(below) = rest.iter().rfind(|name| !name.is_empty()) {
                    return Err(ResolveError::NotADirectory(format!("/{next}/{below}")).into());
                }
                at = next;
            }
            _ => at = next,
        }
    }
    Ok(at)
}
