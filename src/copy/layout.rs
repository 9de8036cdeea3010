//! What a step puts where.

use std::collections::BTreeMap;
use std::sync::Arc;

use crate::tree::{Digest, Kind};

/// Absolute path in the container, links followed → what the step puts there.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Layout {
    /// Directories that existed before the step and keep mode and owner are not in here.
    pub entries: BTreeMap<String, LayoutEntry>,
    /// Files that ADD unpacks if they are archives, in order.
    pub archives: Vec<Archive>,
}

/// One path that a step makes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LayoutEntry {
    /// What it makes there.
    pub kind: Kind,
    /// The twelve permission bits.
    pub mode: u32,
    /// Numeric owner.
    pub uid: u32,
    /// Numeric group.
    pub gid: u32,
    /// Where a file's bytes come from.
    pub content: Content,
    /// Where a link points; empty for anything else.
    pub target: String,
}

/// Where the bytes of a file come from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Content {
    /// Not a file.
    None,
    /// From this path of the tree that the step copies from.
    Source {
        /// In that tree.
        path: Arc<str>,
        /// As the tree knows it.
        size: u64,
        /// As the tree knows it.
        digest: Option<Digest>,
    },
    /// These.
    Inline(String),
}

/// A file of an ADD that is unpacked if it is an archive, which only its bytes tell.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Archive {
    /// In the tree.
    pub source: Arc<str>,
    /// Its entry in the layout, which stands if it is no archive.
    pub entry: String,
    /// The directory it is unpacked into if it is one.
    pub directory: String,
}

/// What must be done to turn one layout into another.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Diff {
    /// Paths that are new or differ, parents first.
    pub writes: Vec<String>,
    /// Paths to remove before that, with all below them, parents first: those that are no more,
    /// and those that were a directory and are none now, or the other way round.
    pub removals: Vec<String>,
}

impl Layout {
    /// From `old` to this one.
    pub fn diff(&self, old: &Layout) -> Diff {
        let differs = |(path, entry): &(&String, &LayoutEntry)| {
            old.entries.get(*path).is_none_or(|before| !entry.equals(before))
        };
        let gone = |(path, before): &(&String, &LayoutEntry)| {
            let directory = |entry: &LayoutEntry| entry.kind == Kind::Directory;
            self.entries.get(*path).is_none_or(|entry| directory(entry) != directory(before))
        };
        Diff {
            writes: self.entries.iter().filter(differs).map(|(path, _)| path.clone()).collect(),
            removals: old.entries.iter().filter(gone).map(|(path, _)| path.clone()).collect(),
        }
    }
}

impl LayoutEntry {
    /// Whether both make the same; a file whose content is not known equals none.
    pub fn equals(&self, other: &LayoutEntry) -> bool {
        let LayoutEntry { kind, mode, uid, gid, content, target } = other;
        (self.kind, self.mode, self.uid, self.gid, &self.target)
            == (*kind, *mode, *uid, *gid, target)
            && self.content.equals(content)
    }
}

impl Content {
    fn equals(&self, other: &Content) -> bool {
        match (self, other) {
            (Content::Source { digest, .. }, Content::Source { digest: other, .. }) => {
                digest.is_some() && digest == other
            }
            _ => self == other,
        }
    }
}
