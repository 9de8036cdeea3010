//! The trailing steps: what they have put into the live container, and what they should have.

use std::collections::{BTreeMap, BTreeSet};

use super::conflict::conflict;
use super::container_facts::{Facts, Needs};
use super::{Applied, NextLive, Session};
use crate::copy::{
    self, Content, CopyError, Destination, Layout, LayoutEntry, LayoutStop, Lookup, Names, Stat,
    lay_out, lay_out_workdir, select,
};
use crate::path::{absolute, is_below};
use crate::pattern::Ignore;
use crate::plan::{Entry, EntrySource, Need, UpdateAnswer};
use crate::stage::{Source, Step, StepKind};
use crate::tree::{Kind, Tree};

/// Why a step has no layout (yet).
pub(super) enum Stop {
    Needs(Vec<Need>),
    Error { error: CopyError, lines: (u32, u32) },
}

/// A container as it is before a step: what earlier layouts put there, above what was found.
pub(super) struct Before<'a> {
    pub(super) facts: &'a Facts,
    pub(super) above: BTreeMap<&'a str, &'a LayoutEntry>,
}

impl<'a> Before<'a> {
    pub(super) fn new(facts: &'a Facts, layouts: impl IntoIterator<Item = &'a Layout>) -> Self {
        Self { facts, above: merged(layouts) }
    }
}

impl Destination for Before<'_> {
    fn stat(&self, path: &str) -> Lookup<Option<Stat>> {
        if let Some(entry) = self.above.get(path) {
            let (kind, mode, gid) = (entry.kind, entry.mode, entry.gid);
            return Lookup::Known(Some(Stat { kind, mode, gid, target: entry.target.clone() }));
        }
        match self.facts.stat(path) {
            Lookup::Unknown => Lookup::Unknown,
            Lookup::Known(found) => Lookup::Known(found.map(|found| Stat {
                kind: found.kind,
                mode: found.mode,
                gid: found.gid,
                target: found.target.clone(),
            })),
        }
    }

    fn names(&self) -> Lookup<Names> {
        match &self.facts.names {
            None => Lookup::Unknown,
            Some(names) => {
                Lookup::Known(Names { passwd: names.passwd.clone(), group: names.group.clone() })
            }
        }
    }
}

/// What several layouts come to: the last one wins a path.
fn merged<'a>(layouts: impl IntoIterator<Item = &'a Layout>) -> BTreeMap<&'a str, &'a LayoutEntry> {
    let mut merged = BTreeMap::new();
    for layout in layouts {
        merged.extend(layout.entries.iter().map(|(path, entry)| (path.as_str(), entry)));
    }
    merged
}

impl Session {
    /// What a step puts where, given a tree to copy from and the container before it.
    pub(super) fn lay_step_out(
        stage: usize,
        step: &Step,
        (tree, ignore): (&Tree, Option<&Ignore>),
        before: &dyn Destination,
    ) -> Result<Layout, Stop> {
        let error = |error: CopyError| Stop::Error { error, lines: step.lines };
        let laid = match &step.kind {
            StepKind::Workdir(path) => lay_out_workdir(path, &step.user, before),
            StepKind::Copy(copy, source) => {
                let ignore = ignore.filter(|_| *source == Source::Context);
                let selection = select(copy, tree, ignore).map_err(error)?;
                lay_out(copy, &selection, tree, before)
            }
            StepKind::Remote(_) | StepKind::Run(_) => Ok(Layout::default()),
        };
        laid.map_err(|stop| match stop {
            LayoutStop::Needs(needs) => Stop::Needs(Self::stated(stage, needs).collect()),
            LayoutStop::Error(reason) => error(reason),
        })
    }

    pub(super) fn layouts_known(&self) -> bool {
        let stage = &self.model.stages[self.model.target];
        (stage.trailing..stage.steps.len()).all(|at| self.live.layouts.contains_key(&at))
    }

    /// Finds out what the trailing steps have put into the live container, as far as it is not
    /// known. What they took from other stages is only asked for when `all` is wanted.
    pub(super) fn learn_layouts(&mut self, all: bool, needs: &mut Needs) {
        let target = self.model.target;
        let stage = &self.model.stages[target];
        for at in stage.trailing..stage.steps.len() {
            if self.live.layouts.contains_key(&at) {
                continue;
            }
            let step = &self.model.stages[target].steps[at];
            if let StepKind::Copy(_, source) = &step.kind
                && *source != Source::Context
            {
                let mut trees = Needs::default();
                self.need_trees(target, at, &mut trees);
                if !trees.is_empty() {
                    if all {
                        needs.extend(trees.into_vec());
                    }
                    return;
                }
            }
            let before = Before::new(&self.stages[target].facts, self.live.layouts.values());
            let layout = match &step.kind {
                StepKind::Copy(_, Source::Context) => {
                    let built = match &self.context.applied {
                        Some(Applied { tree, ignore }) => (tree, ignore.as_ref()),
                        None => (&self.context.tree, self.ignore.as_ref()),
                    };
                    Self::lay_step_out(target, step, built, &before)
                }
                StepKind::Copy(_, source) => {
                    Self::lay_step_out(target, step, (&self.tree_of(source), None), &before)
                }
                _ => Self::lay_step_out(target, step, (&self.context.tree, None), &before),
            };
            match layout {
                Ok(layout) => {
                    self.live.layouts.insert(at, layout);
                }
                Err(Stop::Needs(more)) => {
                    needs.extend(more);
                    return;
                }
                // The image was built, so its context was another one: take nothing for known.
                Err(Stop::Error { .. }) => {
                    self.live.layouts.insert(at, Layout::default());
                }
            }
        }
        self.context.applied = None;
    }

    /// What to change in the live container. `dirty` are the paths that a replay changed, as it
    /// was before or is now; below `replaced` ones nothing is left to rely on.
    pub fn update(&mut self, dirty: &[String], replaced: &[String]) -> UpdateAnswer {
        let layouts = match self.wanted_layouts() {
            Ok(layouts) => layouts,
            Err(Stop::Needs(needs)) => return UpdateAnswer::Needs { needs },
            Err(Stop::Error { error, lines }) => {
                let (message, remedy) = (error.to_string(), error.remedy().to_owned());
                return UpdateAnswer::Error { message, remedy, lines };
            }
        };
        let stage = self.model.target;
        let mut doubtful: BTreeSet<&str> = dirty.iter().map(String::as_str).collect();
        doubtful.extend(replaced.iter().map(String::as_str));
        doubtful.extend(self.live.dirty.iter().map(String::as_str));
        let then = merged(self.live.layouts.values());
        let now = merged(layouts.values());
        let in_replaced = |path: &str| replaced.iter().any(|top| is_below(path, top));
        let write: Vec<&str> = now
            .iter()
            .filter(|(path, entry)| {
                then.get(*path) != Some(*entry) || doubtful.contains(*path) || in_replaced(path)
            })
            .map(|(path, _)| *path)
            .collect();
        let facts = &self.stages[stage].facts;
        let mut needs = Needs::default();
        let fresh = write
            .iter()
            .filter(|path| then.get(**path).is_none_or(|entry| entry.kind != now[**path].kind));
        if let Some((path, error)) = conflict(fresh, &now, stage, facts, &mut needs) {
            let lines = self.model.stages[stage].steps[step_of(path, &layouts)].lines;
            let (message, remedy) = (error.to_string(), error.remedy().to_owned());
            return UpdateAnswer::Error { message, remedy, lines };
        }
        let mut remove: Vec<String> = Vec::new();
        let mut restore: Vec<String> = Vec::new();
        for path in then.keys().chain(&doubtful).collect::<BTreeSet<_>>() {
            if now.contains_key(path) {
                continue;
            }
            if remove.last().is_some_and(|top| is_below(path, top)) {
                continue;
            }
            if doubtful.contains(path) {
                restore.push((*path).to_owned());
                continue;
            }
            match facts.stat(path) {
                Lookup::Unknown => needs.add(Need::Stat { stage, path: (*path).to_owned() }),
                Lookup::Known(None) => remove.push((*path).to_owned()),
                Lookup::Known(Some(_)) => restore.push((*path).to_owned()),
            }
        }
        if !needs.is_empty() {
            return UpdateAnswer::Needs { needs: needs.into_vec() };
        }
        let write: Vec<Entry> =
            write.iter().map(|path| self.entry(stage, path, &layouts)).collect();
        let touched = write.iter().map(|entry| entry.path.clone());
        let touched =
            touched.chain(remove.iter().cloned()).chain(restore.iter().cloned()).collect();
        self.live.next = Some(NextLive { layouts, touched });
        UpdateAnswer::Update { remove, restore, write }
    }

    /// The layouts of the trailing steps as they should be.
    fn wanted_layouts(&self) -> Result<BTreeMap<usize, Layout>, Stop> {
        let target = self.model.target;
        let stage = &self.model.stages[target];
        let mut layouts: BTreeMap<usize, Layout> = BTreeMap::new();
        for (at, step) in stage.steps.iter().enumerate().skip(stage.trailing) {
            let mut needs = Needs::default();
            self.need_trees(target, at, &mut needs);
            if !needs.is_empty() {
                return Err(Stop::Needs(needs.into_vec()));
            }
            let before = Before::new(&self.stages[target].facts, layouts.values());
            let tree = match &step.kind {
                StepKind::Copy(_, source) => self.tree_of(source),
                _ => self.tree_of(&Source::Context),
            };
            let layout = Self::lay_step_out(target, step, (&tree, self.ignore.as_ref()), &before)?;
            layouts.insert(at, layout);
        }
        Ok(layouts)
    }

    /// One entry of several layouts as the host writes it.
    fn entry(&self, stage: usize, path: &str, layouts: &BTreeMap<usize, Layout>) -> Entry {
        let at = step_of(path, layouts);
        let entry = &layouts[&at].entries[path];
        stated_entry(path, entry, &self.model.stages[stage].steps[at])
    }
}

/// The last step that puts something at a path of one of the layouts.
fn step_of(path: &str, layouts: &BTreeMap<usize, Layout>) -> usize {
    let mut steps = layouts.iter().rev();
    let step = steps.find(|(_, layout)| layout.entries.contains_key(path));
    step.map_or_else(|| unreachable!("the path is of one of the layouts"), |(at, _)| *at)
}

/// An entry of a step's layout as the host writes it.
pub(super) fn stated_entry(path: &str, entry: &copy::LayoutEntry, step: &Step) -> Entry {
    let source = match (&entry.content, &step.kind) {
        (Content::Inline(text), _) => EntrySource::Inline { text: text.clone() },
        (Content::Source { path, .. }, StepKind::Copy(_, source)) => entry_source(source, path),
        _ => EntrySource::None,
    };
    Entry {
        path: path.to_owned(),
        kind: entry.kind,
        mode: entry.mode,
        uid: entry.uid,
        gid: entry.gid,
        target: if entry.kind == Kind::Symlink { entry.target.clone() } else { String::new() },
        source,
    }
}

/// A path of a tree as the host finds it.
pub(super) fn entry_source(source: &Source, path: &str) -> EntrySource {
    let absolute = || absolute(path.trim_start_matches('/'));
    match source {
        Source::Context => EntrySource::Context { path: path.to_owned() },
        Source::Stage(stage) => EntrySource::Stage { stage: *stage, path: absolute() },
        Source::Image(name) => EntrySource::Image { name: name.clone(), path: absolute() },
    }
}
