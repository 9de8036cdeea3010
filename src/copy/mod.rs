//! COPY, ADD and WORKDIR: what a step takes from a tree, and what it puts where in a container.
//!
//! First [`select`] says which entries of the build context (or of another stage's tree) a step
//! takes, and their digest is what a build compares to know whether the step must run again. Then
//! [`lay_out`] says at which paths they land, with which mode and owner.

mod affects;
mod chmod;
mod destination;
mod error;
mod fingerprint;
mod lay_out;
mod layout;
mod owner;
mod select;
mod source;
mod visible_tree;

pub use affects::{AffectedSteps, AffectedStepsWalker, StepPaths};
pub use destination::{Destination, Lookup, Names, Need, Stat};
pub use error::{CopyError, LayoutStop};
pub use lay_out::{lay_out, lay_out_workdir};
pub use layout::{Archive, Content, Layout, LayoutEntry};
pub use select::{Match, Selection, select};
pub(crate) use source::remote;

/// What this crate needs to know of one COPY or ADD: all words expanded, ARG and ENV done with.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
#[expect(clippy::struct_excessive_bools, reason = "they are the instruction's own flags")]
pub struct CopyStep {
    /// The sources as written.
    pub sources: Vec<String>,
    /// Sources written in the Dockerfile itself.
    pub heredocs: Vec<Heredoc>,
    /// The destination as written.
    pub dest: String,
    /// The absolute directory that a relative destination is relative to.
    pub cwd: String,
    /// The value of `--chown`.
    pub chown: Option<String>,
    /// The value of `--chmod`.
    pub chmod: Option<String>,
    /// `--link`. On a store without merging, like Docker's own until 29, it changes nothing.
    pub link: bool,
    /// `--parents`.
    pub parents: bool,
    /// The values of `--exclude`.
    pub exclude: Vec<String>,
    /// ADD, not COPY.
    pub add: bool,
    /// The tree is not the build context: owners are kept and `.dockerignore` does not apply.
    pub from_stage: bool,
    /// Whose rules apply where builders differ.
    pub dialect: Dialect,
}

/// A heredoc source: a file of this name.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Heredoc {
    /// The word after `<<`.
    pub name: String,
    /// The body, expanded where the word is not quoted.
    pub contents: String,
}

/// The builders differ in what `--chmod` does to directories on the way, in symbolic modes, in a
/// relative destination that ends in `/.`, and in links below what a wildcard matches.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Dialect {
    /// `BuildKit` 0.13, built into Docker 26.
    #[default]
    Docker26,
    /// `BuildKit` of 2026.
    Current,
}

impl CopyStep {
    /// The paths of the tree that the sources start from, as far as they can be told without
    /// looking: what to list of a stage's tree, each with all below it and with the links on the
    /// way to it. Sources that no tree has are left out.
    pub fn roots(&self) -> Vec<String> {
        let local = |source| source::Source::new(self, source).ok();
        self.sources.iter().filter_map(|source| Some(local(source)?.literal)).collect()
    }

    /// Whether any of the sources is a pattern.
    pub fn has_wildcards(&self) -> bool {
        let local = |source| source::Source::new(self, source);
        self.sources
            .iter()
            .any(|source| local(source).is_ok_and(|source| !source.pattern.is_empty()))
    }
}
