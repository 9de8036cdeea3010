//! Why a step cannot be carried out, in Docker's words with a remedy.

use super::Need;
use crate::pattern::IgnoreReason;
use crate::tree::links::ResolveError;

/// A step for which a build fails, or that only a build can carry out.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum CopyError {
    /// A source without wildcards that is not there, or is ignored.
    #[error("{source_path:?}: not found")]
    NotFound {
        /// As Docker names it: absolute in the context or stage.
        source_path: String,
    },
    /// The directory in which a wildcard is to match is not there.
    #[error("lstat {path}: no such file or directory")]
    NoDirectory {
        /// As Docker names it: absolute in the context or stage.
        path: String,
    },
    /// A wildcard source that Go refuses.
    #[error("syntax error in pattern")]
    BadPattern {
        /// The source as written.
        source_path: String,
    },
    /// A pattern of `--exclude` or `--parents` that is refused.
    #[error("{pattern:?}: {reason}")]
    BadFilter {
        /// As written.
        pattern: String,
        /// What is wrong.
        reason: IgnoreReason,
    },
    /// A path component or a directory destination is a file.
    #[error("{path}: not a directory")]
    NotADirectory {
        /// In the container.
        path: String,
    },
    /// A directory would have to replace a file or a link.
    #[error("cannot copy to non-directory: {path}")]
    NonDirectory {
        /// In the container.
        path: String,
    },
    /// A file would have to replace a directory.
    #[error("cannot replace to directory {path} with file")]
    ReplacesDirectory {
        /// In the container.
        path: String,
    },
    /// Links that lead to each other.
    #[error("too many links")]
    TooManyLinks {
        /// Where following began.
        path: String,
    },
    /// `--chmod` with a value that is neither octal nor symbolic.
    #[error(
        "invalid chmod parameter: '{value}'. it should be octal string and between 0 and 07777"
    )]
    BadMode {
        /// As written.
        value: String,
    },
    /// COPY takes neither URLs nor git repositories.
    #[error("source can't be {what} for COPY", what = if *git { "a git ref" } else { "a URL" })]
    RemoteInCopy {
        /// As written.
        source_path: String,
        /// Whether it is a repository.
        git: bool,
    },
    /// ADD of a URL or git repository: what it fetches can only be known by a build.
    #[error("{source_path} is fetched by the build and cannot be pushed in place")]
    Remote {
        /// As written.
        source_path: String,
    },
}

impl CopyError {
    /// What a build says where a directory would have to replace something else, or something else
    /// a directory.
    pub(crate) fn in_the_way(path: String, is_directory: bool) -> CopyError {
        if is_directory {
            CopyError::NonDirectory { path }
        } else {
            CopyError::ReplacesDirectory { path }
        }
    }

    /// What to do about it.
    pub fn remedy(&self) -> &'static str {
        match self {
            CopyError::NotFound { .. } | CopyError::NoDirectory { .. } => {
                "Create it, correct the path, or take it out of .dockerignore."
            }
            CopyError::BadPattern { .. } => {
                "Close every `[` with a `]`, or write `[[]` for a bracket that is part of a name."
            }
            CopyError::BadFilter { .. } => "Correct the pattern.",
            CopyError::NotADirectory { .. } | CopyError::NonDirectory { .. } => {
                "Copy to another path, or remove what is there in a RUN before."
            }
            CopyError::ReplacesDirectory { .. } => {
                "Copy to another path, or remove the directory in a RUN before."
            }
            CopyError::TooManyLinks { .. } => "Correct the symbolic links.",
            CopyError::BadMode { .. } => "Write an octal mode such as 0755.",
            CopyError::RemoteInCopy { .. } => "Write ADD instead of COPY.",
            CopyError::Remote { .. } => "Rebuild the container.",
        }
    }
}

impl From<ResolveError> for CopyError {
    fn from(error: ResolveError) -> CopyError {
        match error {
            ResolveError::NotADirectory(path) => CopyError::NotADirectory { path },
            ResolveError::TooManyLinks(path) => CopyError::TooManyLinks { path },
        }
    }
}

/// Why there is no layout (yet).
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum LayoutStop {
    /// Facts that are missing: look them up and ask again.
    Needs(Vec<Need>),
    /// There is none.
    Error(CopyError),
}

impl From<CopyError> for LayoutStop {
    fn from(error: CopyError) -> LayoutStop {
        LayoutStop::Error(error)
    }
}
