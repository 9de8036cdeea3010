//! What the host reports: what was found, and what was carried out.

use std::collections::BTreeMap;

use super::inputs::{Inputs, StageOutcome};
use super::{FoundNames, FoundPath, Kept, Session, planner};

impl Session {
    /// The state with which a session begins: everything is as its images were built.
    pub(super) fn begin(&mut self) {
        let count = self.model.stages.len();
        let outcomes = vec![StageOutcome::Stays; count];
        for stage in 0..count {
            if self.model.stages[stage].needed {
                let inputs = self.inputs(stage, &outcomes, self.replayed(stage));
                self.stages[stage].revisions = BTreeMap::from([(0, inputs)]);
            }
        }
        self.live = super::LiveState::default();
        if count > 0 {
            let target = self.model.target;
            let steps = self.model.stages[target].steps.len();
            self.live.inputs = self.inputs(target, &outcomes, steps);
        }
        self.context.changed.clear();
        self.context.applied = None;
    }

    /// Takes what was found at a path of a stage's pristine container; `None` for nothing.
    pub fn learn_path(&mut self, stage: usize, path: String, found: Option<FoundPath>) {
        if let Some(state) = self.stages.get_mut(stage) {
            state.facts.learn(path, found);
        }
    }

    /// Takes the files that name the users of a stage's pristine container.
    pub fn learn_names(&mut self, stage: usize, found: FoundNames) {
        if let Some(state) = self.stages.get_mut(stage) {
            state.facts.names = Some(found);
        }
    }

    /// A push begins: no build container of an earlier one is used any further.
    pub fn start_push(&mut self) {
        let started = std::mem::take(&mut self.planned.started);
        for stage in started {
            // Facts of a build container that was given up are those of no pristine container.
            self.stages[stage].facts.clear();
        }
        self.planned = planner::Planned::default();
        self.forget_old_revisions();
    }

    /// An action was carried out.
    pub fn done(&mut self, id: &str) {
        let mut parts = id.split('/');
        let stage = parts.next().and_then(|stage| stage.parse::<usize>().ok());
        let Some(stage) = stage.filter(|stage| *stage < self.stages.len()) else { return };
        match parts.next_back() {
            Some("update") => self.updated(),
            Some("restart") => {
                self.live.restart_owed = false;
                self.live.ended = false;
            }
            _ => self.replayed_one(stage, id),
        }
    }

    /// Whether the application runs: where not, an update that changes anything starts it, whatever
    /// the live rules say.
    pub fn set_running(&mut self, running: bool) {
        self.live.ended = !running;
    }

    /// An update failed after it may have changed something.
    pub fn update_failed(&mut self) {
        if let Some(next) = self.live.next.take() {
            self.live.dirty.extend(next.touched);
        }
    }

    fn replayed_one(&mut self, stage: usize, id: &str) {
        self.planned.started.insert(stage);
        if let Some((name, stage, at)) = self.planned.keeps.get(id).cloned() {
            let inputs = self.current_inputs(stage, at);
            self.kept.retain(|kept| kept.name != name);
            self.kept.push(Kept { name, stage, at, inputs });
            self.forget_old_checkpoints(stage, at);
        } else {
            self.stages[stage].facts.clear();
        }
        let finished = self.planned.remaining.get_mut(&stage).is_some_and(|remaining| {
            remaining.remove(id);
            remaining.is_empty()
        });
        if finished {
            self.planned.remaining.remove(&stage);
            self.planned.started.remove(&stage);
            self.built(stage);
        }
    }

    pub(super) fn current_inputs(&mut self, stage: usize, steps: usize) -> Inputs {
        let outcomes = vec![StageOutcome::Stays; self.model.stages.len()];
        self.inputs(stage, &outcomes, steps)
    }

    /// The update was carried out: the live container follows the inputs of today.
    fn updated(&mut self) {
        let target = self.model.target;
        let steps = self.model.stages[target].steps.len();
        self.live.inputs = self.current_inputs(target, steps);
        if let Some(next) = self.live.next.take() {
            let restarts = self.planned.restarts || self.live.ended;
            self.live.restart_owed |= restarts && !next.touched.is_empty();
            self.live.layouts = next.layouts;
        }
        self.live.dirty.clear();
        self.context.changed.clear();
    }
}
