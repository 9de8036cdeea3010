//! A table of path → kind, mode, owner, digest, link target: the build context is one, and so is
//! what is known of the files of a stage.
//!
//! Paths are relative to the root, with `/` and without a leading one; the root is the empty path.

pub mod links;

use std::collections::BTreeMap;
use std::ops::Bound;
use std::sync::Arc;

use serde::{Deserialize, Serialize};

use crate::path;
use links::ResolveError;

/// What an entry of a tree is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(target_arch = "wasm32", derive(tsify::Tsify))]
pub enum Kind {
    /// A regular file.
    File,
    /// A directory.
    Directory,
    /// A symbolic link.
    Symlink,
    /// A device, a pipe or a socket.
    Other,
}

/// A digest of a file's content: two files with the same one hold the same bytes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Digest(pub u128);

impl Digest {
    /// Reads the first 128 bits of a hexadecimal digest; `None` where there are fewer.
    pub fn from_hex(text: &str) -> Option<Digest> {
        let head = text.get(..32)?;
        head.bytes().all(|byte| byte.is_ascii_hexdigit()).then_some(())?;
        u128::from_str_radix(head, 16).ok().map(Digest)
    }
}

/// One path of a tree.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entry {
    /// What it is.
    pub kind: Kind,
    /// The twelve permission bits, with setuid, setgid and sticky.
    pub mode: u32,
    /// The owner; 0 in a build context, whatever the host says.
    pub uid: u32,
    /// The owning group; 0 in a build context.
    pub gid: u32,
    /// Size of a regular file in bytes, 0 for anything else.
    pub size: u64,
    /// Of a regular file's content; `None` while it is not known.
    pub digest: Option<Digest>,
    /// Where a symbolic link points, as written; empty for anything else.
    pub target: String,
}

impl Entry {
    /// A directory of root's with this mode.
    pub fn directory(mode: u32) -> Entry {
        Entry::new(Kind::Directory, mode)
    }

    /// A file of root's.
    pub fn file(mode: u32, size: u64, digest: Digest) -> Entry {
        Entry { size, digest: Some(digest), ..Entry::new(Kind::File, mode) }
    }

    /// A symbolic link of root's.
    pub fn symlink(target: impl Into<String>) -> Entry {
        Entry { target: target.into(), ..Entry::new(Kind::Symlink, 0o777) }
    }

    fn new(kind: Kind, mode: u32) -> Entry {
        Entry { kind, mode, uid: 0, gid: 0, size: 0, digest: None, target: String::new() }
    }
}

/// Path → entry. What lies below a directory is one range of it.
#[derive(Debug, Clone)]
pub struct Tree {
    root: Entry,
    entries: BTreeMap<Arc<str>, Entry>,
}

impl Default for Tree {
    fn default() -> Tree {
        Tree { root: Entry::directory(0o755), entries: BTreeMap::new() }
    }
}

impl Tree {
    /// A tree of nothing but its root.
    pub fn new() -> Tree {
        Tree::default()
    }

    /// How many entries there are, the root not counted.
    pub fn len(&self) -> usize {
        self.entries.len()
    }

    /// Whether there is nothing but the root.
    pub fn is_empty(&self) -> bool {
        self.entries.is_empty()
    }

    /// The entry at a path, links not followed.
    pub fn get(&self, path: &str) -> Option<&Entry> {
        let path = path.trim_start_matches('/');
        if path.is_empty() { Some(&self.root) } else { self.entries.get(path) }
    }

    /// Puts an entry at a path and tells whether that changed anything. Missing parents come into
    /// being as directories of mode 0755; what lay below a directory that is none any more goes.
    pub fn insert(&mut self, path: &str, entry: Entry) -> bool {
        let path = path.trim_start_matches('/');
        if path.is_empty() {
            let changed = self.root != entry;
            self.root = entry;
            return changed;
        }
        if let Some(old) = self.entries.get_mut(path) {
            let emptied = old.kind == Kind::Directory && entry.kind != Kind::Directory;
            let changed = *old != entry;
            *old = entry;
            if emptied {
                self.remove_below(path);
            }
            return changed;
        }
        let parent = path::parent(path);
        if !parent.is_empty() && self.get(parent).is_none_or(|entry| entry.kind != Kind::Directory)
        {
            self.insert(parent, Entry::directory(0o755));
        }
        self.entries.insert(path.into(), entry);
        true
    }

    /// Removes a path and all below it, and tells whether there was anything.
    pub fn remove(&mut self, path: &str) -> bool {
        let path = path.trim_start_matches('/');
        if path.is_empty() {
            let any = !self.entries.is_empty();
            self.entries.clear();
            return any;
        }
        let found = self.entries.remove(path).is_some();
        if found {
            self.remove_below(path);
        }
        found
    }

    /// All paths but the root, each directory before what is in it.
    pub fn iter(&self) -> impl Iterator<Item = (&Arc<str>, &Entry)> {
        self.entries.iter()
    }

    /// What lies below a directory at any depth, each directory before what is in it. Neither the
    /// directory itself nor what lies behind a link.
    pub fn below(&self, directory: &str) -> impl Iterator<Item = (&Arc<str>, &Entry)> {
        let from = if directory.is_empty() { String::new() } else { format!("{directory}/") };
        let to = after(directory);
        let to = to.as_deref().map_or(Bound::Unbounded, Bound::Excluded);
        self.entries.range::<str, _>((Bound::Excluded(from.as_str()), to))
    }

    /// The names in a directory with their entries.
    pub fn children(&self, directory: &str) -> impl Iterator<Item = (&str, &Entry)> {
        let skip = if directory.is_empty() { 0 } else { directory.len() + 1 };
        let end = after(directory);
        let mut from =
            Bound::Included(if skip == 0 { String::new() } else { format!("{directory}/") });
        std::iter::from_fn(move || {
            loop {
                let to = end.as_deref().map_or(Bound::Unbounded, Bound::Excluded);
                let start = from.as_ref().map(String::as_str);
                let (path, entry) = self.entries.range::<str, _>((start, to)).next()?;
                // `a-b` sorts before `a/x`: what is below a child is met later, and skipped there.
                let name = &path[skip..];
                if let Some(deeper) = name.find('/') {
                    from = Bound::Included(after(&path[..skip + deeper])?);
                    continue;
                }
                from = Bound::Excluded(path.to_string());
                return Some((name, entry));
            }
        })
    }

    /// Follows the links of a path as if this tree's root were `/`: `..` stays inside, absolute
    /// targets start again at the root. The answer is relative, like all paths here.
    pub fn resolve(&self, path: &str) -> Result<String, ResolveError> {
        links::resolve(path, |at| {
            Ok::<_, ResolveError>(self.get(at).map(|entry| (entry.kind, entry.target.clone())))
        })
    }

    fn remove_below(&mut self, directory: &str) {
        let doomed: Vec<_> = self.below(directory).map(|(path, _)| path.clone()).collect();
        for path in doomed {
            self.entries.remove(&path);
        }
    }
}

/// The first key that sorts after everything below a directory (`0` is what follows `/`), or
/// `None` for the root, which nothing sorts after.
fn after(directory: &str) -> Option<String> {
    (!directory.is_empty()).then(|| format!("{directory}0"))
}
