//! What a step takes from a tree.

use std::sync::Arc;

use super::{CopyError, CopyStep, Heredoc};
use crate::pattern::Ignore;
use crate::tree::{Kind, Tree};

/// What a step takes, in the order in which it is copied.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Selection {
    /// Sources in order, a wildcard's matches each for itself.
    pub matches: Vec<Match>,
    /// The step's heredocs, copied after all others.
    pub heredocs: Vec<Heredoc>,
    digest: u128,
}

/// One source, or one match of a wildcard.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Match {
    /// The path as written or matched; its last component names a copied file.
    pub name: String,
    /// Where that is in the tree, all links followed.
    pub root: Arc<str>,
    /// What is there; never a link.
    pub kind: Kind,
    /// Of a directory: the paths below it (in the tree) that are taken, parents first.
    pub below: Vec<Arc<str>>,
}

impl Selection {
    /// What a build compares: with the same digest, the step has nothing new to do.
    pub fn digest(&self) -> u128 {
        self.digest
    }
}

/// What the step takes of a tree. Without wildcards, a source must be there.
pub fn select(
    _step: &CopyStep,
    _tree: &Tree,
    _ignore: Option<&Ignore>,
) -> Result<Selection, CopyError> {
    unimplemented!()
}
