//! Trees as a case writes them down, and as a person compares them.

use std::collections::BTreeMap;
use std::hash::{DefaultHasher, Hash, Hasher};

use livepush_core::tree::{Digest, Entry, Kind, Tree};
use serde::Deserialize;

/// Path → what is there. A path that ends in `/` is a directory.
pub(crate) type Spec = BTreeMap<String, SpecEntry>;

/// An entry: its content (or `-> target`), or all that there is to say of it.
#[derive(Debug, Clone, Deserialize)]
#[serde(untagged)]
pub(crate) enum SpecEntry {
    Short(String),
    Long {
        mode: Option<String>,
        owner: Option<String>,
        #[serde(default)]
        content: String,
    },
}

/// One entry with its content.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Node {
    pub(crate) kind: Kind,
    pub(crate) mode: u32,
    pub(crate) uid: u32,
    pub(crate) gid: u32,
    /// Of a file its content, of a link its target.
    pub(crate) text: String,
}

/// Path (relative) → entry, parents included.
pub(crate) type Nodes = BTreeMap<String, Node>;

/// Reads a spec; what it does not say is 0644 (directories 0755), root's.
pub(crate) fn nodes(spec: &Spec) -> Nodes {
    let mut nodes = Nodes::new();
    for (path, entry) in spec {
        let (text, mode, owner) = match entry {
            SpecEntry::Short(text) => (text.as_str(), None, None),
            SpecEntry::Long { mode, owner, content } => {
                (content.as_str(), mode.as_deref(), owner.as_deref())
            }
        };
        let (kind, text, usual) = match text.strip_prefix("-> ") {
            Some(target) => (Kind::Symlink, target, 0o777),
            None if path.ends_with('/') => (Kind::Directory, "", 0o755),
            None => (Kind::File, text, 0o644),
        };
        let mode = mode.map_or(usual, |mode| u32::from_str_radix(mode, 8).expect("an octal mode"));
        let (uid, gid) = owner.map_or((0, 0), |owner| {
            let (uid, gid) = owner.split_once(':').expect("uid:gid");
            (uid.parse().expect("a uid"), gid.parse().expect("a gid"))
        });
        let node = Node { kind, mode, uid, gid, text: text.to_owned() };
        nodes.insert(path.trim_end_matches('/').to_owned(), node);
    }
    let parents: Vec<String> = nodes
        .keys()
        .flat_map(|path| path.match_indices('/').map(|(at, _)| path[..at].to_owned()))
        .collect();
    for path in parents {
        nodes.entry(path).or_insert(Node {
            kind: Kind::Directory,
            mode: 0o755,
            uid: 0,
            gid: 0,
            text: String::new(),
        });
    }
    nodes
}

/// The tree that the core knows of these. In a build context, all is root's.
pub(crate) fn tree(nodes: &Nodes, context: bool) -> Tree {
    let mut tree = Tree::new();
    for (path, node) in nodes {
        let base = match node.kind {
            Kind::Directory => Entry::directory(node.mode),
            Kind::Symlink => Entry::symlink(&node.text),
            _ => Entry::file(node.mode, node.text.len() as u64, digest(&node.text)),
        };
        let (uid, gid) = if context { (0, 0) } else { (node.uid, node.gid) };
        tree.insert(path, Entry { uid, gid, ..base });
    }
    tree
}

fn digest(text: &str) -> Digest {
    let mut hasher = DefaultHasher::new();
    text.hash(&mut hasher);
    Digest(u128::from(hasher.finish()))
}

/// One line for each entry.
pub(crate) fn listing(nodes: &Nodes) -> BTreeMap<String, String> {
    let line = |node: &Node| {
        let Node { kind, mode, uid, gid, text } = node;
        let (letter, text) = match kind {
            Kind::File => ("file", format!(" {text}")),
            Kind::Directory => ("dir", String::new()),
            Kind::Symlink => ("link", format!(" -> {text}")),
            Kind::Other => ("other", String::new()),
        };
        let mode = if *kind == Kind::Symlink { 0o777 } else { *mode };
        format!("{letter} {mode:04o} {uid}:{gid}{text}")
    };
    nodes.iter().map(|(path, node)| (path.clone(), line(node))).collect()
}
