//! States that a replay can begin with: those that layers of an image hold, and those that were committed.

use std::hash::Hasher as _;

use siphasher::sip::SipHasher13;

use super::inputs::{Input, Inputs, Revision};
use super::{Kept, Session};
use crate::plan::Checkpoint;
use crate::stage::Base;

/// Checkpoints that are kept for one place of a stage: enough to go back and forth between two
/// states, few enough not to fill the disk.
const KEPT_PER_STEP: usize = 3;

impl Session {
    /// The last state of a stage that still holds, as the index of the step before which it stands.
    pub(super) fn checkpoint(&self, stage: usize, now: &Inputs) -> (usize, Checkpoint) {
        let whole = self.model.stages[stage].steps.len();
        let original = &self.stages[stage].revisions[&0];
        let same = |then: &Inputs, upto: usize| self.same_up_to(stage, then, now, upto + 1);
        let limit = self.replayed(stage);
        let from_image = (0..=limit)
            .rev()
            .find(|at| same(original, *at))
            .map(|at| (at, Checkpoint::Layers { stage, without: whole - at, of: whole }));
        let kept = self
            .kept
            .iter()
            .filter(|kept| kept.stage == stage && kept.at <= limit && same(&kept.inputs, kept.at))
            .max_by_key(|kept| kept.at)
            .map(|kept| (kept.at, Checkpoint::Kept { checkpoint: kept.name.clone() }));
        let best = [from_image, kept].into_iter().flatten().max_by_key(|(at, _)| *at);
        best.unwrap_or_else(|| (0, self.parent_end(stage)))
    }

    /// The end of the stage that another is made from.
    pub(super) fn parent_end(&self, stage: usize) -> Checkpoint {
        let Base::Stage(parent) = self.model.stages[stage].base else {
            let of = self.model.stages[stage].steps.len();
            return Checkpoint::Layers { stage, without: of, of };
        };
        let of = self.model.stages[parent].steps.len();
        let state = &self.stages[parent];
        if state.current == 0 {
            return Checkpoint::Layers { stage: parent, without: 0, of };
        }
        let inputs = &state.revisions[&state.current];
        Checkpoint::Kept { checkpoint: name_of(parent, of, inputs) }
    }

    pub(super) fn forget_old_checkpoints(&mut self, stage: usize, at: usize) {
        let here = |kept: &Kept| kept.stage == stage && kept.at == at;
        let surplus =
            self.kept.iter().filter(|kept| here(kept)).count().saturating_sub(KEPT_PER_STEP);
        for _ in 0..surplus {
            if let Some(oldest) = self.kept.iter().position(here) {
                self.forgotten.push(self.kept.remove(oldest).name);
            }
        }
    }

    /// Checkpoints that no plan will ask for any more, once each.
    pub fn forgotten_checkpoints(&mut self) -> Vec<String> {
        std::mem::take(&mut self.forgotten)
    }
}

/// The same for the same state in every plan, with every compiler and on every machine.
pub(super) fn name_of(stage: usize, at: usize, inputs: &Inputs) -> String {
    let mut hasher = SipHasher13::new();
    for step in inputs.get(..=at).unwrap_or(inputs) {
        hasher.write_u64(step.len() as u64);
        for input in step {
            write(input, &mut hasher);
        }
    }
    format!("stage{stage}-step{at}-{:016x}", hasher.finish())
}

fn write(input: &Input, hasher: &mut SipHasher13) {
    match input {
        Input::Context(digest) => {
            hasher.write_u8(0);
            hasher.write(&digest.to_le_bytes());
        }
        Input::Missing(message) => {
            hasher.write_u8(1);
            hasher.write_u64(message.len() as u64);
            hasher.write(message.as_bytes());
        }
        Input::Stage { stage, revision } => write_state(2, *stage, *revision, hasher),
        Input::Parent { stage, revision } => write_state(3, *stage, *revision, hasher),
    }
}

fn write_state(kind: u8, stage: usize, revision: Revision, hasher: &mut SipHasher13) {
    let (state, number) = match revision {
        Revision::Built(number) => (0, number),
        Revision::Pending => (1, 0),
        Revision::Due => (2, 0),
    };
    hasher.write(&[kind, state]);
    hasher.write_u64(stage as u64);
    hasher.write_u32(number);
}
