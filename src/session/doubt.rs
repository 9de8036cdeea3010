//! Paths of the context of which the images may hold something else than the session was told.

use std::collections::BTreeSet;

use super::Session;
use super::inputs::Input;

/// What a step cannot have been carried out with.
const UNKNOWN: Input = Input::Context(0);

impl Session {
    /// The steps that a change of any of these paths can touch, as stage and step.
    pub fn steps_of(&mut self, paths: &[String]) -> BTreeSet<(usize, usize)> {
        let affected = self.affected_steps();
        let mut walker = affected.affected.walker();
        let numbers = paths.iter().flat_map(|path| walker.of(path)).collect::<Vec<_>>();
        numbers.into_iter().map(|number| affected.steps[number]).collect()
    }

    /// Takes it for unknown what steps were carried out with, so that they are done again, and what
    /// is at some paths of the live container, so that these are written again.
    pub fn doubt(&mut self, steps: &[(usize, usize)], live: &[String]) {
        let target = self.model.target;
        for (stage, at) in steps {
            let Some(state) = self.stages.get_mut(*stage) else { continue };
            for inputs in state.revisions.values_mut() {
                forget_input(inputs.get_mut(at + 1));
            }
            let kept = self.kept.iter_mut().filter(|kept| kept.stage == *stage);
            kept.for_each(|kept| forget_input(kept.inputs.get_mut(at + 1)));
            if *stage == target {
                forget_input(self.live.inputs.get_mut(at + 1));
            }
        }
        self.live.dirty.extend(live.iter().cloned());
    }
}

fn forget_input(inputs: Option<&mut Vec<Input>>) {
    let known = inputs.into_iter().flatten();
    for input in known.filter(|input| matches!(input, Input::Context(_) | Input::Missing(_))) {
        *input = UNKNOWN;
    }
}
