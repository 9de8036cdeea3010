//! What is known of the files of a stage or image: the parts of its tree that were listed.

use std::collections::BTreeSet;

use crate::copy::{CopyError, CopyStep, select};
use crate::path;
use crate::tree::{Kind, Tree};

/// Links followed before a path counts as a loop, as Docker has it.
const MAX_LINKS: usize = 255;

/// A tree of which only some paths (with all below them) are known.
#[derive(Clone, Debug, Default)]
pub(super) struct Listing {
    pub(super) tree: Tree,
    /// Absolute paths that were listed.
    covered: BTreeSet<String>,
}

impl Listing {
    /// Notes that `path` was listed; its entries are in the tree already.
    pub(super) fn cover(&mut self, path: &str) {
        self.covered.insert(path.to_owned());
    }

    fn covers(&self, path: &str) -> bool {
        let mut path = path;
        loop {
            if self.covered.contains(path) {
                return true;
            }
            match path.rsplit_once('/') {
                Some(("", _)) if path != "/" => path = "/",
                Some((above, _)) if !above.is_empty() => path = above,
                _ => return false,
            }
        }
    }

    /// The next paths to list before it is known what a COPY selects.
    pub(super) fn lacks_of(&self, copy: &CopyStep) -> Vec<String> {
        let roots: Vec<_> = copy.roots().iter().filter_map(|root| self.lacks(root)).collect();
        if !roots.is_empty() || !copy.has_wildcards() {
            return roots;
        }
        // A link that a wildcard matches may lead anywhere.
        match select(copy, &self.tree, None) {
            Err(CopyError::NotFound { source_path: path } | CopyError::NoDirectory { path }) => {
                self.lacks(&path).into_iter().collect()
            }
            _ => Vec::new(),
        }
    }

    /// The next path to list before what is at `path` can be selected; links in it are followed.
    fn lacks(&self, path: &str) -> Option<String> {
        let mut path = path::resolve_in("/", path);
        for _ in 0..MAX_LINKS {
            if !self.covers(&path) {
                return Some(path);
            }
            let entry = self.tree.get(&path)?;
            if entry.kind != Kind::Symlink {
                return None;
            }
            path = path::resolve_in(path::parent(&path), &entry.target);
        }
        None
    }
}
