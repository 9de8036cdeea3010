//! `RUN --mount=…`.

use super::span::Span;

/// One mount of a `RUN`. Values are unexpanded.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Mount {
    /// What is mounted.
    pub kind: MountKind,
    /// Where, relative to the working directory.
    pub target: Option<String>,
    /// The path in the context, stage or image.
    pub source: Option<String>,
    /// A stage or an image, never expanded.
    pub from: Option<String>,
    /// Whether the step cannot write to it.
    pub readonly: bool,
    /// The identity of a cache, secret or agent.
    pub id: Option<String>,
    /// How a cache is shared.
    pub sharing: Option<String>,
    /// Permission bits.
    pub mode: Option<u32>,
    /// The owner.
    pub uid: Option<u32>,
    /// The group.
    pub gid: Option<u32>,
    /// Whether a missing secret or agent fails the build.
    pub required: bool,
    /// The variable that holds a secret.
    pub env: Option<String>,
    /// The size of a tmpfs in bytes.
    pub size: Option<u64>,
    /// Where the flag stands.
    pub span: Span,
}

/// The type of a mount.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum MountKind {
    /// Files of the context, a stage or an image.
    #[default]
    Bind,
    /// A directory kept between builds.
    Cache,
    /// Memory.
    Tmpfs,
    /// A secret of the build.
    Secret,
    /// The agent of the user.
    Ssh,
}
