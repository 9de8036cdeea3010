//! What a step takes from a tree.

use std::sync::Arc;

use super::fingerprint::Fingerprint;
use super::source::Source;
use super::visible_tree::{View, filter};
use super::{CopyError, CopyStep, Dialect, Heredoc};
use crate::path::{absolute, base_name, clean, join};
use crate::pattern::{Ignore, go_match};
use crate::tree::links::ResolveError;
use crate::tree::{Entry, Kind, Tree};

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

impl Match {
    /// The name that a copied file gets in a directory; empty for the root of the tree.
    pub fn base_name(&self) -> &str {
        base_name(&self.name)
    }
}

/// What the step takes of a tree. Without wildcards, a source must be there.
///
/// The ignore file applies to the build context only, so a step that copies from a stage has none.
pub fn select(
    step: &CopyStep,
    tree: &Tree,
    ignore: Option<&Ignore>,
) -> Result<Selection, CopyError> {
    let exclude = Ignore::from_patterns(step.exclude.iter().map(String::as_str))
        .map_err(|(pattern, reason)| CopyError::BadFilter { pattern, reason })?;
    let mut selector = Selector {
        view: View::new(tree, ignore),
        exclude,
        dialect: step.dialect,
        fingerprint: Fingerprint::default(),
        matches: Vec::new(),
    };
    for source in &step.sources {
        selector.take(&Source::new(step, source)?)?;
    }
    for heredoc in &step.heredocs {
        selector.fingerprint.add_heredoc(heredoc);
    }
    let digest = selector.fingerprint.finish();
    Ok(Selection { matches: selector.matches, heredocs: step.heredocs.clone(), digest })
}

struct Selector<'a> {
    view: View<'a>,
    exclude: Ignore,
    dialect: Dialect,
    fingerprint: Fingerprint,
    matches: Vec<Match>,
}

impl<'a> Selector<'a> {
    fn take(&mut self, source: &Source) -> Result<(), CopyError> {
        if source.pattern.is_empty() {
            if let Some(required) = source.required() {
                let whole = join(&source.literal, required);
                let found = self.view.entry(&whole).is_some();
                found.then_some(()).ok_or_else(|| not_found(&whole))?;
            }
            return self.take_one(source.literal.clone(), source);
        }
        let (base, _) = self.find(&source.literal).map_err(|error| match error {
            CopyError::NotFound { source_path: path } => CopyError::NoDirectory { path },
            other => other,
        })?;
        let mut names = Vec::new();
        self.find_matches(&base, "", &source.pattern, &mut names)?;
        for name in names {
            self.take_one(join(&source.literal, &name), source)?;
            if self.dialect == Dialect::Docker26 {
                self.check_links()?;
            }
        }
        Ok(())
    }

    /// `BuildKit` 0.13 follows the links in a directory that a wildcard matched, though it copies
    /// them as they are: the build fails where one leads nowhere.
    fn check_links(&mut self) -> Result<(), CopyError> {
        let Some(last) = self.matches.last() else { return Ok(()) };
        let is_link =
            |path: &str| self.view.tree.get(path).is_some_and(|entry| entry.kind == Kind::Symlink);
        let links: Vec<_> = last.below.iter().filter(|path| is_link(path)).cloned().collect();
        links.iter().try_for_each(|link| self.find(link).map(drop))
    }

    /// Takes a path without wildcards, which must be there.
    fn take_one(&mut self, name: String, source: &Source) -> Result<(), CopyError> {
        let (root, entry) = self.find(&name)?;
        let mut below = Vec::new();
        if entry.kind == Kind::Directory {
            below = self.view.below(&root);
            if let Some(parents) = &source.parents {
                let mut included = parents.include.walker();
                below = filter(&root, below, |path| included.is_ignored(path));
            }
            if !self.exclude.is_empty() {
                let mut excluded = self.exclude.walker();
                below = filter(&root, below, |path| !excluded.is_ignored(path));
            }
        }
        self.fingerprint.add(&name, entry, &root, &below);
        let below = below.into_iter().map(|(path, _)| path.clone()).collect();
        self.matches.push(Match { name, root: root.into(), kind: entry.kind, below });
        Ok(())
    }

    /// Where a path leads, and what is there. Docker names the path that is missing in the end.
    fn find(&mut self, path: &str) -> Result<(String, &'a Entry), CopyError> {
        match self.view.resolve(path) {
            Ok(found) => match self.view.entry(&found) {
                Some(entry) => Ok((found, entry)),
                None => Err(not_found(&found)),
            },
            Err(ResolveError::NotADirectory(_)) => Err(not_found(&clean(path))),
            Err(error) => Err(error.into()),
        }
    }

    /// Finds what matches below a directory, in the order of a walk; a match is not searched.
    fn find_matches(
        &mut self,
        directory: &str,
        above: &str,
        pattern: &str,
        names: &mut Vec<String>,
    ) -> Result<(), CopyError> {
        // `*` and `?` stop at a slash, so without a class the depth of a match is known.
        let depth = (!pattern.contains('[')).then(|| pattern.matches('/').count());
        for (name, kind) in self.view.children(directory) {
            let relative = join(above, &name);
            let deep = depth.map(|depth| relative.matches('/').count() < depth);
            if deep != Some(true)
                && go_match(pattern, &relative)
                    .map_err(|_| CopyError::BadPattern { source_path: pattern.to_owned() })?
            {
                names.push(relative);
            } else if kind == Kind::Directory && deep != Some(false) {
                self.find_matches(&join(directory, &name), &relative, pattern, names)?;
            }
        }
        Ok(())
    }
}

fn not_found(path: &str) -> CopyError {
    CopyError::NotFound { source_path: absolute(path) }
}
