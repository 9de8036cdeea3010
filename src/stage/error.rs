//! Why a Dockerfile cannot be built though its text can be read.

use crate::expand::ExpandError;

/// Why an instruction cannot be carried out, in Docker's words.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum StepError {
    /// A word that cannot be expanded.
    #[error(transparent)]
    Expand(#[from] ExpandError),
    /// `--from` names the stage that it stands in.
    #[error("circular dependency detected on stage: {0}")]
    Circular(String),
    /// `--from` has a number that no earlier stage has.
    #[error("invalid stage index {0}")]
    StageIndex(i64),
    /// An empty exec form.
    #[error("arguments are required: {0}")]
    NoArguments(String),
    /// A `--mount` that makes no sense once its values are known.
    #[error("{0}")]
    Mount(String),
    /// A directory that Linux cannot name.
    #[error("the working directory is longer than {} bytes", super::LONGEST_PATH)]
    LongDirectory,
    /// Something stands before the first FROM.
    #[error("no build stage in current context")]
    NoStage,
    /// Too many instructions, with those that ONBUILD triggers.
    #[error(
        "more than {} instructions with those that ONBUILD triggers",
        crate::dockerfile::MOST_INSTRUCTIONS
    )]
    Instructions,
}

impl StepError {
    /// Whether a build fails even where the stage is not needed.
    pub(super) fn stops_any_build(&self) -> bool {
        matches!(self, Self::StageIndex(_) | Self::Circular(_) | Self::NoStage | Self::Instructions)
    }

    /// What to do about it.
    pub fn remedy(&self) -> &'static str {
        match self {
            Self::Expand(error) => error.reason.remedy(),
            Self::Circular(_) => "Name an earlier stage, or an image.",
            Self::StageIndex(_) => "Write the name or the number of an earlier stage.",
            Self::NoArguments(_) => "Write a program into the brackets.",
            Self::Mount(_) => "Write `--mount=type=…,target=…`.",
            Self::LongDirectory => "Write an absolute path.",
            Self::NoStage => "Begin a stage with `FROM image`.",
            Self::Instructions => "Join some of them into one.",
        }
    }
}
