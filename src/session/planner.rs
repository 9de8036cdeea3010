//! From the inputs of then and now to the actions of a push.

use std::collections::{BTreeMap, BTreeSet};

use super::container_facts::Needs;
use super::inputs::{Comparison, Input, Inputs, Revision, StageOutcome, Staleness};
use super::{Session, checkpoints, reasons};
use crate::plan::{Action, ActionKind, Checkpoint, Command, Inexact, Mount, Need, Plan};
use crate::stage::{self, Base, Step, StepKind};

/// How far the plan at hand has come.
#[derive(Debug, Default)]
pub(super) struct Planned {
    /// For each stage that is replayed, the ids of the actions that are still to be done.
    pub(super) remaining: BTreeMap<usize, BTreeSet<String>>,
    /// Stages of which some action is done already.
    pub(super) started: BTreeSet<usize>,
    /// Checkpoints that `keep` actions make: name, stage, and the step before which they stand.
    pub(super) keeps: BTreeMap<String, (String, usize, usize)>,
    /// Whether carrying out the update asks for a restart.
    pub(super) restarts: bool,
}

/// What is to be done for one stage.
#[derive(Clone, Debug)]
struct Replay {
    stale: Staleness,
    /// The inputs of today.
    inputs: Inputs,
}

impl Session {
    /// What there is to do, given everything that is known now.
    pub fn plan(&mut self) -> Plan {
        let mut plan = Plan::default();
        if !self.model.lacking.is_empty() || self.model.stages.is_empty() {
            return plan;
        }
        if let Some(at) = self.context.unpacks_anew {
            let stage = self.model.target;
            let lines = Some(self.model.stages[stage].steps[at].lines);
            let why =
                "ADD would unpack an archive that was none when the image was built".to_owned();
            let remedy = "Rebuild the container.".to_owned();
            plan.inexact.push(Inexact { stage, lines, why, remedy, blocks: true });
            return plan;
        }
        let replays = self.replays();
        let mut needs = Needs::default();
        let stale = self.live_stale(&replays);
        self.learn_layouts(stale.is_some(), &mut needs);
        self.need_sources(&replays, &mut needs);
        let mut last: Vec<Option<String>> = vec![None; self.model.stages.len()];
        let mut blocked = vec![false; self.model.stages.len()];
        for stage in 0..self.model.stages.len() {
            blocked[stage] = self.sources_of(stage).iter().any(|source| blocked[*source]);
            let Some(replay) = &replays[stage] else { continue };
            if blocked[stage] {
                continue;
            }
            let checkpoint = self.checkpoint(stage, &replay.inputs);
            if self.blocked(stage, checkpoint.0, &mut plan) {
                blocked[stage] = true;
                continue;
            }
            last[stage] = Some(self.replay(stage, replay, checkpoint, &last, &mut plan));
        }
        let target = self.model.target;
        if !blocked[target] {
            self.finish(stale, &last, &mut plan);
        }
        self.planned.restarts = plan.restarts;
        plan.needs = needs.into_vec();
        if plan.needs.is_empty() {
            self.remember(&plan);
        }
        plan
    }

    fn remember(&mut self, plan: &Plan) {
        let planned = &mut self.planned;
        let started = &planned.started;
        planned.remaining.retain(|stage, _| started.contains(stage));
        for action in &plan.actions {
            if let ActionKind::Keep { checkpoint, at } = &action.kind {
                let kept = (checkpoint.clone(), action.stage, *at);
                planned.keeps.insert(action.id.clone(), kept);
            }
            let ours = !matches!(action.kind, ActionKind::Update | ActionKind::Restart);
            if ours && !planned.started.contains(&action.stage) {
                planned.remaining.entry(action.stage).or_default().insert(action.id.clone());
            }
        }
    }

    /// For each stage what must be replayed, if anything.
    fn replays(&mut self) -> Vec<Option<Replay>> {
        let count = self.model.stages.len();
        let mut outcomes = vec![StageOutcome::Stays; count];
        let mut replays: Vec<Option<Replay>> = vec![None; count];
        for stage in 0..count {
            if !self.model.stages[stage].needed {
                continue;
            }
            let inputs = self.inputs(stage, &outcomes, self.replayed(stage));
            let state = &self.stages[stage];
            let then = state.revisions[&state.current].clone();
            let comparisons: Vec<Comparison> = (0..inputs.len())
                .map(|at| self.compare(stage, at, &then[at], &inputs[at]))
                .collect();
            if let Some(stale) = Staleness::of(comparisons) {
                let certain = stale.certain.is_some();
                outcomes[stage] =
                    if certain { StageOutcome::Changes } else { StageOutcome::MayChange };
                replays[stage] = Some(Replay { stale, inputs });
            }
        }
        replays
    }

    /// How many of a stage's steps are replayed in a build container.
    pub(super) fn replayed(&self, stage: usize) -> usize {
        let it = &self.model.stages[stage];
        if stage == self.model.target { it.trailing } else { it.steps.len() }
    }

    /// The inputs of today of a stage's base and its first `steps` steps.
    pub(super) fn inputs(
        &mut self,
        stage: usize,
        outcomes: &[StageOutcome],
        steps: usize,
    ) -> Inputs {
        let base = match self.model.stages[stage].base {
            Base::Stage(parent) => {
                let revision = match outcomes[parent] {
                    StageOutcome::Stays => Revision::Built(self.stages[parent].current),
                    StageOutcome::MayChange => Revision::Pending,
                    StageOutcome::Changes => Revision::Due,
                };
                vec![Input::Parent { stage: parent, revision }]
            }
            Base::Image(_) | Base::Scratch => Vec::new(),
        };
        let mut inputs = vec![base];
        for at in 0..steps {
            let step = self.step_inputs(stage, at, outcomes);
            inputs.push(step);
        }
        inputs
    }

    /// How the inputs of a base (0) or step (`at - 1`) relate to those of then.
    /// What makes the live container stale: changes of trailing steps, or a replay before them.
    fn live_stale(&mut self, replays: &[Option<Replay>]) -> Option<Staleness> {
        let target = self.model.target;
        let outcomes: Vec<StageOutcome> = replays
            .iter()
            .map(|replay| match replay {
                None => StageOutcome::Stays,
                Some(replay) if replay.stale.certain.is_some() => StageOutcome::Changes,
                Some(_) => StageOutcome::MayChange,
            })
            .collect();
        let steps = self.model.stages[target].steps.len();
        let now = self.inputs(target, &outcomes, steps);
        let then = self.live.inputs.clone();
        let comparisons: Vec<Comparison> =
            (0..now.len()).map(|at| self.compare(target, at, &then[at], &now[at])).collect();
        let stale = Staleness::of(comparisons);
        if stale.is_none() && !self.live.dirty.is_empty() {
            return Some(Staleness { first: now.len(), certain: Some(now.len()) });
        }
        stale
    }

    /// The trees that must be looked at while they are there: what later stages took from a stage
    /// that is about to be built anew; and what they may take from one that was.
    fn need_sources(&self, replays: &[Option<Replay>], needs: &mut Needs) {
        for (index, stage) in self.model.stages.iter().enumerate().filter(|(_, stage)| stage.needed)
        {
            for (at, step) in stage.steps.iter().enumerate() {
                let sources = step.stages();
                let rebuilt = sources.iter().any(|source| replays[*source].is_some());
                let moved = sources.iter().any(|source| self.stages[*source].current != 0);
                if rebuilt || moved {
                    self.need_trees(index, at, needs);
                }
            }
        }
    }

    fn sources_of(&self, stage: usize) -> Vec<usize> {
        let stage = &self.model.stages[stage];
        let mut sources: Vec<usize> = stage.steps.iter().flat_map(Step::stages).collect();
        if let Base::Stage(parent) = stage.base {
            sources.push(parent);
        }
        sources.sort_unstable();
        sources.dedup();
        sources
    }

    /// Whether a replay from `from` on meets a step that only a build can carry out.
    fn blocked(&self, stage: usize, from: usize, plan: &mut Plan) -> bool {
        let mut blocked = false;
        let end = self.replayed(stage);
        for step in &self.model.stages[stage].steps[from..end] {
            for (why, blocks) in beyond(step) {
                blocked |= blocks;
                let remedy = "Rebuild the container.".to_owned();
                plan.inexact.push(Inexact { stage, lines: Some(step.lines), why, remedy, blocks });
            }
        }
        blocked
    }

    /// Adds the actions that replay a stage; returns the id of the last one.
    fn replay(
        &mut self,
        stage: usize,
        replay: &Replay,
        (from, checkpoint): (usize, Checkpoint),
        last: &[Option<String>],
        plan: &mut Plan,
    ) -> String {
        let end = self.replayed(stage);
        let reasons = reasons::reasons(self, stage, replay.stale);
        let mut after: Vec<String> =
            self.sources_of(stage).into_iter().filter_map(|source| last[source].clone()).collect();
        let mut push = |step: Option<usize>, title: String, kind: ActionKind, name: &str| {
            let id = match step {
                Some(step) => format!("{stage}/{step}/{name}"),
                None => format!("{stage}/{name}"),
            };
            plan.actions.push(Action {
                id: id.clone(),
                stage,
                step,
                lines: step
                    .and_then(|at| self.model.stages[stage].steps.get(at))
                    .map(|it| it.lines),
                title,
                kind,
                after: std::mem::replace(&mut after, vec![id.clone()]),
                why: reasons.of(step),
                conditional: replay.stale.conditional(step.map_or(replay.stale.first, |at| at + 1)),
            });
            id
        };
        let named = self.model.stages[stage].name.clone();
        let title =
            format!("a pristine copy of {}", named.unwrap_or_else(|| format!("stage {stage}")));
        let mut id = push(None, title, ActionKind::Prepare { checkpoint }, "prepare");
        let mut ran = false;
        for at in from..end {
            let step = &self.model.stages[stage].steps[at];
            if ran && may_change(step) {
                keep(stage, at, &replay.inputs, &mut push);
                ran = false;
            }
            let kind = match &step.kind {
                StepKind::Run(_) => {
                    ran = true;
                    ActionKind::Exec { command: Box::new(self.command(stage, at)) }
                }
                _ => ActionKind::Copy,
            };
            let name = if matches!(kind, ActionKind::Copy) { "copy" } else { "exec" };
            id = push(Some(at), step.text.clone(), kind, name);
        }
        if self.is_parent(stage) && stage != self.model.target && from < end {
            id = keep(stage, end, &replay.inputs, &mut push);
        }
        id
    }

    fn is_parent(&self, stage: usize) -> bool {
        self.model.stages.iter().any(|child| child.needed && child.base == Base::Stage(stage))
    }

    fn command(&self, stage: usize, at: usize) -> Command {
        let step = &self.model.stages[stage].steps[at];
        let StepKind::Run(run) = &step.kind else { unreachable!("only a RUN has a command") };
        Command {
            argv: run.argv(),
            cwd: run.cwd.clone(),
            env: run.environment.for_run(&self.options.build_args),
            user: step.user.to_string(),
            script: run.script.clone(),
            mounts: self.mounts(run),
            network: run.network.clone(),
            text: step.text.clone(),
            line: run.words.join(" "),
        }
    }

    /// Adds what is done to the live container.
    fn finish(&mut self, stale: Option<Staleness>, last: &[Option<String>], plan: &mut Plan) {
        let stage = self.model.target;
        let mut after: Vec<String> = self
            .sources_of(stage)
            .into_iter()
            .chain([stage])
            .filter_map(|source| last[source].clone())
            .collect();
        let mut action = |name: &str, title: &str, kind, why, conditional, after| {
            plan.actions.push(Action {
                id: format!("{stage}/{name}"),
                stage,
                step: None,
                lines: None,
                title: title.to_owned(),
                kind,
                after,
                why,
                conditional,
            });
        };
        let mut restarts = self.live.restart_owed;
        if let Some(stale) = stale {
            let reasons = reasons::reasons(self, stage, stale);
            let conditional = stale.certain.is_none();
            let title = "update the live container";
            let why = reasons.all();
            action(
                "update",
                title,
                ActionKind::Update,
                why,
                conditional,
                std::mem::take(&mut after),
            );
            after = vec![format!("{stage}/update")];
            restarts |= self.restarts(stale);
        }
        if restarts {
            let why = vec![self.why_restart()];
            let conditional = stale.is_some_and(|stale| stale.certain.is_none());
            action(
                "restart",
                "restart the application",
                ActionKind::Restart,
                why,
                conditional,
                after,
            );
        }
        plan.restarts = restarts;
    }

    /// Whether a change of what is stale restarts the container: without a live command any does,
    /// with one those before it.
    pub(super) fn restarts(&self, stale: Staleness) -> bool {
        let steps = &self.model.stages[self.model.target].steps;
        !self.model.live
            || stale.first == 0
            || steps.get(stale.first - 1).is_none_or(|step| !step.after_live_command)
    }

    fn why_restart(&self) -> String {
        if self.live.ended {
            "the application is not running".to_owned()
        } else if self.model.live {
            "it follows a step before the live command".to_owned()
        } else {
            "there is no live command, so the application is started anew after every push"
                .to_owned()
        }
    }

    /// The needs of a stage's names and paths, as the session states them.
    pub(super) fn stated(
        stage: usize,
        needs: Vec<crate::copy::Need>,
    ) -> impl Iterator<Item = Need> {
        needs.into_iter().map(move |need| match need {
            crate::copy::Need::Stat(path) => Need::Stat { stage, path },
            crate::copy::Need::Names => Need::Names { stage },
        })
    }
}

fn keep(
    stage: usize,
    at: usize,
    inputs: &Inputs,
    push: &mut impl FnMut(Option<usize>, String, ActionKind, &str) -> String,
) -> String {
    let checkpoint = checkpoints::name_of(stage, at, inputs);
    let kind = ActionKind::Keep { checkpoint, at };
    push(Some(at), "keep this state for later pushes".to_owned(), kind, "keep")
}

/// Whether the inputs of a step can change during a session.
fn may_change(step: &Step) -> bool {
    super::sources::copies(step).iter().any(|(copy, source)| match source {
        crate::stage::Source::Context => !copy.sources.is_empty(),
        crate::stage::Source::Stage(_) => true,
        crate::stage::Source::Image(_) => false,
    })
}

/// What only a build can give a step, and whether the step cannot be carried out without it.
fn beyond(step: &Step) -> Vec<(String, bool)> {
    let run = match &step.kind {
        StepKind::Remote(source) => {
            return vec![(format!("ADD fetches {source}, which only a build does"), true)];
        }
        StepKind::Run(run) => run,
        _ => return Vec::new(),
    };
    let build_only = run.beyond.iter();
    let mut beyond: Vec<(String, bool)> =
        build_only.map(|why| (format!("{why}, which only a build can give it"), true)).collect();
    for mount in &run.mounts {
        if let stage::Mount::Plain(Mount::Secret { id, required, .. }) = mount {
            beyond.push((format!("it runs without the secret {id} of the build"), *required));
        }
    }
    beyond
}
