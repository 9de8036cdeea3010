//! The build context: what the images were built from, and what becomes of it.

use super::{Applied, Session, sources};
use crate::copy::select;
use crate::pattern::Ignore;
use crate::stage::{Source, StepKind};
use crate::tree::Entry;

/// One path of the build context as the host found it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ContextPath {
    /// Relative, with `/`.
    pub path: String,
    /// What is there.
    pub entry: Entry,
    /// Whether its first bytes are those of an archive.
    pub archive: bool,
}

impl Session {
    /// The ignore file's text, or that there is none. Before the context, please.
    pub fn set_ignore(&mut self, text: Option<&str>) -> Result<(), crate::pattern::IgnoreError> {
        let ignore = text.map(Ignore::parse).transpose()?;
        if self.live.inputs.is_empty() {
            self.use_ignore(ignore);
            self.forget_everything();
            return Ok(());
        }
        self.keep_applied();
        let mut old = self.ignore.as_ref().map(Ignore::walker);
        let mut new = ignore.as_ref().map(Ignore::walker);
        let mut flips = |path: &str| {
            let was = old.as_mut().is_some_and(|old| old.is_ignored(path));
            was != new.as_mut().is_some_and(|new| new.is_ignored(path))
        };
        let paths = self.context.tree.iter().map(|(path, _)| path.to_string());
        let flipped: Vec<String> = paths.filter(|path| flips(path)).collect();
        for path in flipped {
            self.note_change(path);
        }
        self.use_ignore(ignore);
        self.context.digests.clear();
        Ok(())
    }

    /// The context that the images were built from: nothing is owed now.
    pub fn set_context(&mut self, paths: Vec<ContextPath>) {
        self.context = super::Context::default();
        for path in paths {
            self.put(path);
        }
        self.forget_everything();
    }

    /// Paths that are there now, and paths that are gone with all below them. Returns how many
    /// really changed.
    pub fn change_context(&mut self, paths: Vec<ContextPath>, gone: &[String]) -> usize {
        self.keep_applied();
        let mut changed = Vec::new();
        let mut structure = false;
        for path in gone {
            let below: Vec<String> =
                self.context.tree.below(path).map(|(below, _)| below.to_string()).collect();
            for path in below.iter().chain([path]) {
                self.note_change(path.clone());
            }
            if self.context.tree.remove(path) {
                structure = true;
                changed.push(path.clone());
                changed.extend(below);
                self.context.archives.remove(path);
            }
        }
        for path in paths {
            let name = path.path.clone();
            let known = self.context.tree.get(&name).map(|entry| entry.kind);
            structure |= known != Some(path.entry.kind);
            self.note_change(name.clone());
            if self.put(path) {
                changed.push(name);
            }
        }
        self.changed(&changed, structure);
        changed.len()
    }

    /// Paths whose content in containers is not known to be what the context says, since they
    /// changed while they were read: as if they had never been sent.
    pub fn forget(&mut self, paths: &[String]) {
        self.keep_applied();
        for path in paths {
            if let Some(entry) = self.context.tree.get(path) {
                let mut unknown = entry.clone();
                unknown.digest = None;
                self.context.tree.insert(path, unknown);
                self.context.changed.insert(path.clone(), None);
            }
        }
        self.changed(paths, false);
    }

    fn changed(&mut self, changed: &[String], structure: bool) {
        if changed.is_empty() {
            return;
        }
        if structure {
            // Links and directories decide which paths a source leads to.
            self.context.affected = None;
        }
        let affected = self.affected_steps();
        let mut steps: Vec<(usize, usize)> = Vec::new();
        let mut walker = affected.affected.walker();
        for path in changed {
            steps.extend(walker.of(path).into_iter().map(|number| affected.steps[number]));
        }
        if structure {
            self.context.digests.clear();
        }
        for step in steps {
            self.context.digests.remove(&step);
        }
        let trailing = self.model.stages.get(self.model.target).map_or(0, |stage| stage.trailing);
        self.context.unpacks_anew = self.unpacks().filter(|at| *at >= trailing);
    }

    /// Keeps what a build sees at a path, which is about to change.
    fn note_change(&mut self, path: String) {
        if !self.context.changed.contains_key(&path) {
            let seen = self.seen(&path).cloned();
            self.context.changed.insert(path, seen);
        }
    }

    /// What a build sees at a path of the context.
    fn seen(&self, path: &str) -> Option<&Entry> {
        self.context.tree.get(path).filter(|_| !self.is_ignored(path))
    }

    /// The paths in which the context is not what it was at the last push.
    pub(super) fn changed_paths(&self) -> impl Iterator<Item = &str> {
        let changed = self.context.changed.iter();
        changed.filter(|(path, before)| self.seen(path) != before.as_ref()).map(|(path, _)| &**path)
    }

    fn put(&mut self, path: ContextPath) -> bool {
        if path.archive {
            self.context.archives.insert(path.path.clone());
        } else {
            self.context.archives.remove(&path.path);
        }
        self.context.tree.insert(&path.path, path.entry)
    }

    /// Keeps the context that the live container follows until its layouts are known.
    fn keep_applied(&mut self) {
        if self.context.applied.is_none() && !self.layouts_known() {
            let applied = Applied { tree: self.context.tree.clone(), ignore: self.ignore.clone() };
            self.context.applied = Some(applied);
        }
    }

    /// Whether the ignore file keeps a path out of the context.
    pub fn is_ignored(&self, path: &str) -> bool {
        self.walker.borrow_mut().as_mut().is_some_and(|walker| walker.is_ignored(path))
    }

    fn use_ignore(&mut self, ignore: Option<Ignore>) {
        self.walker.replace(ignore.as_ref().map(Ignore::walker));
        self.ignore = ignore;
    }

    /// Whether a build gets a file of the context empty.
    pub fn is_withheld(&self, path: &str) -> bool {
        self.ignore.as_ref().is_some_and(|ignore| ignore.is_withheld(path))
    }

    /// Whether anything below a directory can be in the context.
    pub fn may_descend(&self, directory: &str) -> bool {
        self.ignore
            .as_ref()
            .is_none_or(|ignore| ignore.has_exceptions() || !self.is_ignored(directory))
    }

    /// Whether a push of these paths could do anything at all. Looks at names alone.
    pub fn livepush_needed<'a>(&mut self, mut paths: impl Iterator<Item = &'a str>) -> bool {
        self.affected_steps();
        let Some(affected) = &self.context.affected else { return false };
        let mut affected = affected.affected.walker();
        let mut ignore = self.ignore.as_ref().map(Ignore::walker);
        paths.any(|path| {
            affected.any(path) && !ignore.as_mut().is_some_and(|ignore| ignore.is_ignored(path))
        })
    }

    /// The last step of the target that unpacks an archive.
    fn unpacks(&self) -> Option<usize> {
        let archives = &self.context.archives;
        let stage = self.model.stages.get(self.model.target).filter(|_| !archives.is_empty())?;
        stage.steps.iter().rposition(|step| match &step.kind {
            StepKind::Copy(copy, Source::Context) if copy.add => {
                sources::context_copies(step).any(|copy| {
                    select(&copy, &self.context.tree, self.ignore.as_ref()).is_ok_and(|selection| {
                        selection.matches.iter().any(|found| archives.contains(&*found.root))
                    })
                })
            }
            _ => false,
        })
    }

    /// An ADD that unpacks an archive is not a layout: the trailing steps begin after it.
    pub(super) fn widen_trailing(&mut self) {
        let Some(at) = self.unpacks() else { return };
        let stage = &mut self.model.stages[self.model.target];
        stage.trailing = stage.trailing.max(at + 1);
    }
}
