//! The states of stages that were built, and how what would be built today relates to them.

use std::collections::BTreeSet;

use super::Session;
use super::inputs::{Comparison, Input, Inputs, Revision};

impl Session {
    pub(super) fn compare(
        &self,
        stage: usize,
        at: usize,
        then: &[Input],
        now: &[Input],
    ) -> Comparison {
        let mut comparison = Comparison::Same;
        for (part, (then, now)) in then.iter().zip(now).enumerate() {
            match self.compare_input((stage, at, part), then, now) {
                Comparison::Same => {}
                Comparison::Different => return Comparison::Different,
                Comparison::Pending => comparison = Comparison::Pending,
            }
        }
        comparison
    }

    /// Whether a state that was built with `then` is the one that `now` makes.
    pub(super) fn all_same(&self, stage: usize, then: &Inputs, now: &Inputs) -> bool {
        then.len() == now.len() && self.same_up_to(stage, then, now, now.len())
    }

    /// Whether the first `count` inputs are there in both and the same.
    pub(super) fn same_up_to(
        &self,
        stage: usize,
        then: &Inputs,
        now: &Inputs,
        count: usize,
    ) -> bool {
        then.len().min(now.len()) >= count
            && (0..count).all(|at| self.compare(stage, at, &then[at], &now[at]) == Comparison::Same)
    }

    fn compare_input(
        &self,
        (stage, at, part): (usize, usize, usize),
        then: &Input,
        now: &Input,
    ) -> Comparison {
        match (then, now) {
            (then, now) if then == now => Comparison::Same,
            (
                _,
                Input::Stage { revision: Revision::Pending, .. }
                | Input::Parent { revision: Revision::Pending, .. },
            ) => Comparison::Pending,
            (
                Input::Stage { stage: source, revision: Revision::Built(old) },
                Input::Stage { revision: Revision::Built(new), .. },
            ) => {
                let place = (stage, at - 1, part);
                let old = self.stage_selection(place, *source, *old);
                let new = self.stage_selection(place, *source, *new);
                match (old, new) {
                    (Some(old), Some(new)) if old == new => Comparison::Same,
                    (_, None) => Comparison::Pending,
                    _ => Comparison::Different,
                }
            }
            _ => Comparison::Different,
        }
    }

    /// A stage has reached the state that the inputs of today make.
    pub(super) fn built(&mut self, stage: usize) {
        let inputs = self.current_inputs(stage, self.replayed(stage));
        let state = &self.stages[stage];
        let mut known = state.revisions.iter();
        let known = known.find(|(_, known)| self.all_same(stage, known, &inputs));
        let revision = known.map_or(state.newest + 1, |(revision, _)| *revision);
        let state = &mut self.stages[stage];
        state.revisions.entry(revision).or_insert(inputs);
        state.newest = state.newest.max(revision);
        state.current = revision;
    }

    /// Forgets states with which nothing will be compared any more, and what is in them.
    pub(super) fn forget_old_revisions(&mut self) {
        let current = self.stages.iter().map(|state| BTreeSet::from([0, state.current]));
        let mut needed: Vec<BTreeSet<u32>> = current.collect();
        need(&self.live.inputs, &mut needed);
        for kept in &self.kept {
            need(&kept.inputs, &mut needed);
        }
        // What a stage takes comes from earlier ones.
        for (stage, state) in self.stages.iter_mut().enumerate().rev() {
            state.revisions.retain(|revision, _| needed[stage].contains(revision));
            state.listings.retain(|revision, _| needed[stage].contains(revision));
            for inputs in state.revisions.values() {
                need(inputs, &mut needed);
            }
        }
    }
}

/// Notes the states that inputs name.
fn need(inputs: &Inputs, needed: &mut [BTreeSet<u32>]) {
    for input in inputs.iter().flatten() {
        if let Input::Stage { stage, revision: Revision::Built(number) }
        | Input::Parent { stage, revision: Revision::Built(number) } = input
        {
            needed[*stage].insert(*number);
        }
    }
}
