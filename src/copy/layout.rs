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
