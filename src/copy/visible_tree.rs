//! A tree as a build sees it: without what is ignored.

use std::collections::HashMap;
use std::sync::Arc;

use crate::path::join;
use crate::pattern::{Ignore, Walker};
use crate::tree::links::{self, ResolveError};
use crate::tree::{Entry, Kind, Tree};

/// A tree, and what hides part of it.
pub(super) struct View<'a> {
    pub(super) tree: &'a Tree,
    walker: Option<Walker>,
    /// An ignored directory can still hold something that is not.
    exceptions: bool,
}

impl<'a> View<'a> {
    pub(super) fn new(tree: &'a Tree, ignore: Option<&'a Ignore>) -> View<'a> {
        let ignore = ignore.filter(|ignore| !ignore.is_empty());
        View {
            tree,
            walker: ignore.map(Ignore::walker),
            exceptions: ignore.is_some_and(Ignore::has_exceptions),
        }
    }

    /// The entry at a path, unless it is ignored. An ignored directory is there all the same if
    /// something in it is.
    pub(super) fn entry(&mut self, path: &str) -> Option<&'a Entry> {
        let entry = self.tree.get(path)?;
        let Some(walker) = &mut self.walker else { return Some(entry) };
        let hidden = walker.is_ignored(path)
            && !(self.exceptions
                && entry.kind == Kind::Directory
                && self.tree.below(path).any(|(path, _)| !walker.is_ignored(path)));
        (!hidden).then_some(entry)
    }

    /// As [`Tree::resolve`].
    pub(super) fn resolve(&mut self, path: &str) -> Result<String, ResolveError> {
        links::resolve(path, |at| {
            Ok::<_, ResolveError>(self.entry(at).map(|entry| (entry.kind, entry.target.clone())))
        })
    }

    /// The names in a directory, sorted.
    pub(super) fn children(&mut self, directory: &str) -> Vec<(String, Kind)> {
        let tree = self.tree;
        tree.children(directory)
            .filter(|(name, _)| self.entry(&join(directory, name)).is_some())
            .map(|(name, entry)| (name.to_owned(), entry.kind))
            .collect()
    }

    /// All that is below a directory, parents first.
    pub(super) fn below(&mut self, directory: &str) -> Vec<Item<'a>> {
        let items = self.tree.below(directory);
        match &mut self.walker {
            None => items.collect(),
            Some(walker) => filter("", items, |path| !walker.is_ignored(path)),
        }
    }
}

/// A path of the tree with what is there.
pub(super) type Item<'a> = (&'a Arc<str>, &'a Entry);

/// Those paths below a directory that are kept (asked relative to it), and the directories on the
/// way to them.
pub(super) fn filter<'a>(
    directory: &str,
    items: impl IntoIterator<Item = Item<'a>>,
    mut keep: impl FnMut(&str) -> bool,
) -> Vec<Item<'a>> {
    let skip = if directory.is_empty() { 0 } else { directory.len() + 1 };
    let mut hidden: HashMap<&str, Item<'a>> = HashMap::new();
    let mut kept = Vec::new();
    let mut revealed = false;
    for item @ (path, entry) in items {
        if keep(&path[skip..]) {
            let mut child: &str = path;
            while !hidden.is_empty()
                && let Some((parent, _)) = child.rsplit_once('/')
                && let Some(parent) = hidden.remove(parent)
            {
                kept.push(parent);
                revealed = true;
                child = parent.0;
            }
            kept.push(item);
        } else if entry.kind == Kind::Directory {
            hidden.insert(path, item);
        }
    }
    if revealed {
        kept.sort_by_key(|&(path, _)| path);
    }
    kept
}
