//! Instructions → stages of steps, each with the context in which it runs.

mod build;
mod environment;
mod error;
mod instruction;
mod ports;
mod run;

use std::collections::BTreeMap;
use std::sync::Arc;

use crate::copy::{CopyStep, Dialect};
use crate::path::resolve_in;

pub use build::{Places, build};
pub use environment::Environment;
pub use error::StepError;
pub use ports::Ports;
pub use run::{Bind, Mount, Run};

/// The bytes of a path that Linux takes, and so of a working directory.
pub const LONGEST_PATH: usize = 4096;

/// What a session gives besides the Dockerfile.
#[derive(Clone, Debug, Default)]
pub struct Options {
    /// Name or index of the stage to build; the last one when absent.
    pub target: Option<String>,
    /// Values of `--build-arg`.
    pub build_args: BTreeMap<String, String>,
    /// Whose rules apply where builders differ.
    pub dialect: Dialect,
    /// Like `linux/amd64` or `linux/arm64/v8`: the engine's own platform.
    pub platform: String,
}

/// What an image's config says to the stages made from it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ImageConfig {
    /// `NAME=value` each.
    pub env: Vec<String>,
    /// Empty for `/`.
    pub working_dir: String,
    /// Empty for root.
    pub user: String,
    /// Empty for the default shell.
    pub shell: Vec<String>,
    /// Instructions that run in a child.
    pub on_build: Vec<String>,
}

/// Looks an image's config up: `None` when nobody has asked the host yet.
pub type Images = BTreeMap<String, Option<ImageConfig>>;

/// A Dockerfile as stages of steps.
#[derive(Clone, Debug)]
pub struct Model {
    /// In the order of the file.
    pub stages: Vec<Stage>,
    /// Index of the stage that the live container runs.
    pub target: usize,
    /// Whether a live command is there: only steps before it restart the container.
    pub live: bool,
    /// Images whose config is needed and lacking.
    pub lacking: Vec<String>,
    /// Why the file cannot be built.
    pub errors: Vec<ModelError>,
}

/// Why a Dockerfile cannot be built, as Docker would say it.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("line {}: {message}", lines.0)]
pub struct ModelError {
    /// First and last line of the instruction.
    pub lines: (u32, u32),
    /// Docker's words.
    pub message: String,
    /// What to do about it.
    pub remedy: String,
}

/// What a stage is made from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Base {
    /// An image, by the name as written with its variables expanded.
    Image(String),
    /// An earlier stage.
    Stage(usize),
    /// Nothing.
    Scratch,
}

/// One FROM with all that follows it.
#[derive(Clone, Debug)]
pub struct Stage {
    /// Lower-case name, if it has one.
    pub name: Option<String>,
    /// What it is made from.
    pub base: Base,
    /// Lines of the FROM.
    pub lines: (u32, u32),
    /// The steps that make a layer each.
    pub steps: Vec<Step>,
    /// Whether the target is made from it.
    pub needed: bool,
    /// Index of the first of the last steps that only copy.
    pub trailing: usize,
    /// Ports of EXPOSE, such as `8080/tcp`.
    pub exposed: Ports,
}

/// An instruction that makes a layer.
#[derive(Clone, Debug)]
pub struct Step {
    /// First and last line, 1-based; those of the FROM for an inherited ONBUILD.
    pub lines: (u32, u32),
    /// The instruction on one line.
    pub text: String,
    /// The user as of this step, as in USER.
    pub user: Arc<str>,
    /// What it does.
    pub kind: StepKind,
    /// Whether it stands after the live command, so that a change of it does not restart the container.
    pub after_live_command: bool,
}

/// What a step does.
#[derive(Clone, Debug)]
pub enum StepKind {
    /// WORKDIR: makes a directory, absolute.
    Workdir(String),
    /// COPY, or ADD of what is in the context.
    Copy(Box<CopyStep>, Source),
    /// ADD of something that is fetched.
    Remote(String),
    /// RUN.
    Run(Box<Run>),
}

/// Where a step takes files from.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Source {
    /// The build context.
    Context,
    /// An earlier stage.
    Stage(usize),
    /// An image that is not a stage.
    Image(String),
}

impl Step {
    /// Whether a layout says all that the step does (of an ADD: unless it unpacks an archive).
    pub fn only_lays_out(&self) -> bool {
        matches!(self.kind, StepKind::Workdir(_) | StepKind::Copy(..))
    }

    /// Whether it looks a user or group up by name.
    fn names_users(&self) -> bool {
        let named = |owner: &str| owner.contains(|it: char| it != ':' && !it.is_ascii_digit());
        match &self.kind {
            StepKind::Copy(copy, _) => copy.chown.as_deref().is_some_and(named),
            StepKind::Workdir(_) => named(&self.user),
            StepKind::Remote(_) | StepKind::Run(_) => false,
        }
    }

    /// Whether it can write `/etc/passwd` or `/etc/group`, as far as its destination tells.
    fn may_write_users(&self) -> bool {
        let StepKind::Copy(copy, _) = &self.kind else { return false };
        let path = resolve_in(&copy.cwd, &copy.dest);
        ["/", "/etc", "/etc/passwd", "/etc/group"].contains(&path.as_str())
    }

    /// The stages that it takes files from.
    pub fn stages(&self) -> Vec<usize> {
        let sources: Vec<&Source> = match &self.kind {
            StepKind::Copy(_, source) => vec![source],
            StepKind::Run(run) => run.binds().map(|bind| &bind.source).collect(),
            StepKind::Workdir(_) | StepKind::Remote(_) => Vec::new(),
        };
        sources
            .into_iter()
            .filter_map(
                |source| if let Source::Stage(stage) = source { Some(*stage) } else { None },
            )
            .collect()
    }
}
