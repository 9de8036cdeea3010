//! What a step puts into a build container.

use super::Session;
use super::container_facts::Needs;
use super::update::{Before, Stop, entry_source, stated_entry};
use crate::copy::{CopyStep, select};
use crate::plan::{Archive, LayoutAnswer, Mount};
use crate::stage::{self, Run, Source, StepKind};

impl Session {
    /// What a step puts where in the build container of its stage, as that is now.
    pub fn layout(&mut self, stage: usize, at: usize) -> LayoutAnswer {
        let mut needs = Needs::default();
        self.need_trees(stage, at, &mut needs);
        if !needs.is_empty() {
            return LayoutAnswer::Needs { needs: needs.into_vec() };
        }
        let step = &self.model.stages[stage].steps[at];
        let before = Before::new(&self.stages[stage].facts, []);
        let tree = match &step.kind {
            StepKind::Copy(_, source) => self.tree_of(source),
            _ => self.tree_of(&Source::Context),
        };
        match Self::lay_step_out(stage, step, (&tree, self.ignore.as_ref()), &before) {
            Err(Stop::Needs(needs)) => LayoutAnswer::Needs { needs },
            Err(Stop::Error { error, lines }) => LayoutAnswer::Error {
                message: error.to_string(),
                remedy: error.remedy().to_owned(),
                lines,
            },
            Ok(layout) => LayoutAnswer::Entries {
                entries: layout
                    .entries
                    .iter()
                    .map(|(path, entry)| stated_entry(path, entry, step))
                    .collect(),
                archives: layout
                    .archives
                    .iter()
                    .map(|archive| Archive {
                        path: archive.entry.clone(),
                        source: archive.source.to_string(),
                        into: archive.directory.clone(),
                    })
                    .collect(),
            },
        }
    }

    /// The mounts of a RUN as the host makes them.
    pub(super) fn mounts(&self, run: &Run) -> Vec<Mount> {
        run.mounts
            .iter()
            .map(|mount| match mount {
                stage::Mount::Plain(mount) => mount.clone(),
                stage::Mount::Bind(bind) => Mount::Bind {
                    target: bind.target.clone(),
                    source: entry_source(&bind.source, &bind.path),
                    writable: bind.writable,
                    context_paths: self.bound_paths(bind),
                },
            })
            .collect()
    }

    /// The paths of the context that a bind shows.
    fn bound_paths(&self, bind: &stage::Bind) -> Vec<String> {
        if bind.source != Source::Context {
            return Vec::new();
        }
        let copy = CopyStep { sources: vec![bind.path.clone()], ..CopyStep::default() };
        let Ok(selection) = select(&copy, &self.context.tree, self.ignore.as_ref()) else {
            return Vec::new();
        };
        let paths = selection.matches.iter().flat_map(|found| {
            std::iter::once(found.root.to_string())
                .chain(found.below.iter().map(ToString::to_string))
        });
        paths.filter(|path| !path.is_empty()).collect()
    }
}
