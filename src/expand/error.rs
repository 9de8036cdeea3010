//! Why a word cannot be expanded.

/// Why a word cannot be expanded, in Docker's words.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("failed to process {word:?}: {reason}")]
pub struct ExpandError {
    /// The whole word.
    pub word: String,
    /// What is wrong with it.
    pub reason: ExpandReason,
}

/// What is wrong with a word.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum ExpandReason {
    /// A quote without its other half.
    #[error("unexpected end of statement while looking for matching {0}")]
    Unclosed(&'static str),
    /// `${` without `}`.
    #[error("syntax error: missing '}}'")]
    MissingBrace,
    /// `${name/pattern` without a second slash.
    #[error("syntax error: missing '/' in ${{}}")]
    MissingSlash,
    /// `${}` and the like.
    #[error("syntax error: bad substitution")]
    BadSubstitution,
    /// `${name^}` and other things that shells know and Docker does not.
    #[error("unsupported modifier ({0}) in substitution")]
    UnsupportedModifier(String),
    /// `${name?message}` of a variable that has no value.
    #[error("{name}: {message}")]
    Required {
        /// The variable.
        name: String,
        /// What the word says of it.
        message: String,
    },
    /// The pattern of `${name#pattern}` and the like.
    #[error("invalid pattern ({pattern}) in substitution: invalid escape '\\{escape}'")]
    BadPattern {
        /// As written.
        pattern: String,
        /// The character behind the escape.
        escape: char,
    },
    /// Docker has no such limit; it is there so that no text exhausts stack, memory or patience.
    #[error(transparent)]
    Limit(#[from] ExpandLimit),
}

/// A limit that no text of practical use meets.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum ExpandLimit {
    /// More levels of `${a:-${b:-…}}` than [`super::DEEPEST`].
    #[error("substitutions are nested deeper than {} levels", super::DEEPEST)]
    Depth,
    /// More bytes in one word than [`super::LONGEST`].
    #[error("it expands to more than {} MiB", super::LONGEST >> 20)]
    Length,
    /// More than [`super::MOST_WORK`].
    #[error("the variables of the Dockerfile expand to more than {} MiB", super::MOST_WORK >> 20)]
    Work,
}

impl ExpandReason {
    /// What to do about it.
    pub fn remedy(&self) -> &'static str {
        match self {
            Self::Unclosed(_) => "Close the quote, or put `\\` in front of it.",
            Self::MissingBrace => "Close `${` with `}`.",
            Self::MissingSlash => "Write `${name/pattern/replacement}`.",
            Self::BadSubstitution => "Write a variable's name behind `${`.",
            Self::UnsupportedModifier(_) => {
                "Use one of `${name:-word}`, `${name:+word}`, `${name:?word}`, `${name#pattern}`, \
                 `${name%pattern}` and `${name/pattern/word}`, or compute the value in a RUN."
            }
            Self::Required { .. } => "Give the variable a value, as a default or a build argument.",
            Self::BadPattern { .. } => "Only `*`, `?`, `\\`, `}` and `/` can follow a `\\` there.",
            Self::Limit(_) => "Set the variable in a RUN, or shorten its value.",
        }
    }
}
