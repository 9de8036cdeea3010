//! Which steps a changed path can matter to, for very many paths.

use super::CopyStep;
use crate::tree::Tree;

/// Paths that one step can take. It may say yes too often (`--exclude`), never no.
#[derive(Debug, Clone)]
pub struct Concern {}

/// The concerns of many steps, tested at once.
#[derive(Debug, Clone)]
pub struct Concerns {}

impl Concern {
    /// Of a step; links in its sources are followed in the tree.
    pub fn new(_step: &CopyStep, _tree: &Tree) -> Concern {
        unimplemented!()
    }

    /// Whether a change of this path can change what the step takes.
    pub fn matches(&self, _path: &str) -> bool {
        unimplemented!()
    }
}

impl Concerns {
    /// Of these, which are numbered in their order.
    pub fn new(_all: impl IntoIterator<Item = Concern>) -> Concerns {
        unimplemented!()
    }

    /// Whether a change of this path can matter to any.
    pub fn any(&self, _path: &str) -> bool {
        unimplemented!()
    }

    /// The numbers of those that it can matter to, ascending.
    pub fn of(&self, _path: &str) -> Vec<usize> {
        unimplemented!()
    }
}
