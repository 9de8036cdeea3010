//! What steps take from the context, from stages and from images, and its identity.

use std::borrow::Cow;

use serde::{Deserialize, Serialize};
#[cfg(target_arch = "wasm32")]
use tsify::Tsify;

use super::container_facts::Needs;
use super::inputs::{Input, Revision, StageOutcome};
use super::{Listing, Session};
use crate::copy::{CopyStep, select};
use crate::plan::Need;
use crate::stage::{Source, Step, StepKind};
use crate::tree::{Digest, Entry, Kind, Tree};

/// One path of a listing; the host's answer to a `tree` need is a list of them.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(target_arch = "wasm32", derive(Tsify), tsify(missing_as_null))]
pub struct FoundEntry {
    /// Absolute.
    pub path: String,
    /// `file`, `directory`, `symlink` or `other`.
    pub kind: Kind,
    /// Permission bits.
    pub mode: u32,
    /// Owner.
    pub uid: u32,
    /// Group.
    pub gid: u32,
    /// Bytes of a file.
    pub size: f64,
    /// Hexadecimal SHA-256 of a file's content.
    pub digest: Option<String>,
    /// Text of a symbolic link.
    pub target: String,
}

/// The COPYs that a step comes to, each with where it takes from: itself, or one for each bind.
pub(super) fn copies(step: &Step) -> Vec<(Cow<'_, CopyStep>, &Source)> {
    match &step.kind {
        StepKind::Copy(copy, source) => vec![(Cow::Borrowed(&**copy), source)],
        StepKind::Run(run) => run
            .binds()
            .map(|bind| {
                let copy = CopyStep {
                    sources: vec![bind.path.clone()],
                    dest: bind.target.clone(),
                    cwd: "/".to_owned(),
                    from_stage: bind.source != Source::Context,
                    ..CopyStep::default()
                };
                (Cow::Owned(copy), &bind.source)
            })
            .collect(),
        StepKind::Workdir(_) | StepKind::Remote(_) => Vec::new(),
    }
}

/// Those of them that take from the build context.
pub(super) fn context_copies(step: &Step) -> impl Iterator<Item = Cow<'_, CopyStep>> {
    copies(step)
        .into_iter()
        .filter(|(copy, source)| **source == Source::Context && !copy.sources.is_empty())
        .map(|(copy, _)| copy)
}

impl Session {
    /// Takes a listing of a path of a stage in one of its states; `None` when nothing is there.
    pub fn learn_stage_tree(
        &mut self,
        stage: usize,
        revision: u32,
        path: &str,
        entries: Option<Vec<FoundEntry>>,
    ) {
        if let Some(state) = self.stages.get_mut(stage) {
            fill(state.listings.entry(revision).or_default(), path, entries);
        }
    }

    /// Takes a listing of a path of an image; `None` when nothing is there.
    pub fn learn_image_tree(&mut self, name: &str, path: &str, entries: Option<Vec<FoundEntry>>) {
        fill(self.image_listings.entry(name.to_owned()).or_default(), path, entries);
    }

    /// The inputs of a step today; what hangs on stages that may change is pending.
    pub(super) fn step_inputs(
        &mut self,
        stage: usize,
        at: usize,
        outcomes: &[StageOutcome],
    ) -> Vec<Input> {
        let context = self.context_inputs(stage, at);
        let mut context = context.into_iter();
        let mut inputs = Vec::new();
        for (_, source) in copies(&self.model.stages[stage].steps[at]) {
            match source {
                Source::Context => inputs.extend(context.next()),
                Source::Stage(index) => {
                    let revision = match outcomes[*index] {
                        StageOutcome::Stays => Revision::Built(self.stages[*index].current),
                        StageOutcome::MayChange | StageOutcome::Changes => Revision::Pending,
                    };
                    inputs.push(Input::Stage { stage: *index, revision });
                }
                Source::Image(_) => {}
            }
        }
        inputs
    }

    /// The identity of what a step selects in the context, for each of its copies from there.
    fn context_inputs(&mut self, stage: usize, at: usize) -> Vec<Input> {
        if let Some(known) = self.context.digests.get(&(stage, at)) {
            return known.clone();
        }
        let inputs: Vec<Input> = copies(&self.model.stages[stage].steps[at])
            .iter()
            .filter(|(_, source)| **source == Source::Context)
            .map(|(copy, _)| match select(copy, &self.context.tree, self.ignore.as_ref()) {
                Ok(selection) => Input::Context(selection.digest()),
                Err(error) => Input::Missing(error.to_string()),
            })
            .collect();
        self.context.digests.insert((stage, at), inputs.clone());
        inputs
    }

    /// The digest of what the `part`-th copy of a step selects in a state of a stage, if its files
    /// are known there.
    pub(super) fn stage_selection(
        &self,
        (stage, at, part): (usize, usize, usize),
        source: usize,
        revision: u32,
    ) -> Option<Result<u128, String>> {
        let listing = self.stages[source].listings.get(&revision)?;
        let copies = copies(&self.model.stages[stage].steps[at]);
        let (copy, _) = copies.get(part)?;
        if !listing.lacks_of(copy).is_empty() {
            return None;
        }
        Some(
            select(copy, &listing.tree, None)
                .map(|selection| selection.digest())
                .map_err(|error| error.to_string()),
        )
    }

    /// Asks for the files that a step takes from other stages and images as they are now.
    pub(super) fn need_trees(&self, stage: usize, at: usize, needs: &mut Needs) {
        let empty = Listing::default();
        for (copy, source) in copies(&self.model.stages[stage].steps[at]) {
            match source {
                Source::Context => {}
                Source::Stage(index) => {
                    let stage = *index;
                    let revision = self.stages[stage].current;
                    let listing = self.stages[stage].listings.get(&revision);
                    for path in listing.unwrap_or(&empty).lacks_of(&copy) {
                        needs.add(Need::StageTree { stage, revision, current: true, path });
                    }
                }
                Source::Image(name) => {
                    let listing = self.image_listings.get(name);
                    for path in listing.unwrap_or(&empty).lacks_of(&copy) {
                        needs.add(Need::ImageTree { name: name.clone(), path });
                    }
                }
            }
        }
    }

    /// The tree that a COPY selects in; its files must be known by now.
    pub(super) fn tree_of(&self, source: &Source) -> Cow<'_, Tree> {
        let tree = match source {
            Source::Context => Some(&self.context.tree),
            Source::Stage(index) => {
                let state = &self.stages[*index];
                state.listings.get(&state.current).map(|listing| &listing.tree)
            }
            Source::Image(name) => self.image_listings.get(name).map(|listing| &listing.tree),
        };
        tree.map_or_else(|| Cow::Owned(Tree::new()), Cow::Borrowed)
    }
}

fn fill(listing: &mut Listing, path: &str, entries: Option<Vec<FoundEntry>>) {
    for found in entries.into_iter().flatten() {
        let mut entry = Entry::directory(found.mode);
        entry.kind = found.kind;
        entry.uid = found.uid;
        entry.gid = found.gid;
        if found.kind == Kind::File {
            #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "a size")]
            let size = found.size as u64;
            entry.size = size;
            entry.digest = found.digest.as_deref().and_then(Digest::from_hex);
        }
        entry.target = found.target;
        listing.tree.insert(&found.path, entry);
    }
    listing.cover(path);
}
