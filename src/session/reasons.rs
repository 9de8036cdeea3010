//! Why an action is in a plan, in words that a person understands.

use super::Session;
use super::inputs::Staleness;
use super::sources::context_copies;
use crate::copy::StepPaths;
use crate::stage::Base;

/// How many changed paths are named before the rest is counted.
const NAMED: usize = 3;

/// The reasons for the actions of one stage.
pub(super) struct Reasons {
    /// By step: why its own inputs changed.
    causes: Vec<(usize, String)>,
    /// By step: the instruction's keyword and line.
    steps: Vec<String>,
    /// Why the stage as a whole is replayed, when its base is.
    base: Option<String>,
}

impl Reasons {
    /// Why a step is carried out; of no step, why the stage is.
    pub(super) fn of(&self, step: Option<usize>) -> Vec<String> {
        let Some(step) = step.filter(|step| *step < self.steps.len()) else { return self.all() };
        let place = &self.steps[step];
        if let Some((_, cause)) = self.causes.iter().find(|(at, _)| *at == step) {
            return vec![format!("{cause} → {place}")];
        }
        let before = self.causes.iter().take_while(|(at, _)| *at < step).last();
        match (before, &self.base) {
            (Some((at, cause)), _) => vec![format!("{cause} → {} → {place}", self.steps[*at])],
            (None, Some(base)) => vec![format!("{base} → {place}")],
            (None, None) => vec![format!("{place} comes before what changed")],
        }
    }

    /// Every cause.
    pub(super) fn all(&self) -> Vec<String> {
        let causes = self.causes.iter().map(|(at, cause)| format!("{cause} → {}", self.steps[*at]));
        self.base.iter().cloned().chain(causes).collect()
    }
}

/// Looks for what made a stage stale.
pub(super) fn reasons(session: &Session, stage: usize, stale: Staleness) -> Reasons {
    let it = &session.model.stages[stage];
    let steps = it
        .steps
        .iter()
        .map(|step| {
            let keyword = step.text.split_whitespace().next().unwrap_or_default();
            format!("{} on line {}", keyword.to_ascii_uppercase(), step.lines.0)
        })
        .collect();
    let mut causes = Vec::new();
    for (at, step) in it.steps.iter().enumerate() {
        let affected: Vec<StepPaths> =
            context_copies(step).map(|copy| StepPaths::new(&copy, &session.context.tree)).collect();
        let concerned: Vec<&str> = session
            .changed_paths()
            .filter(|path| affected.iter().any(|paths| paths.affected_by(path)))
            .take(NAMED + 1)
            .collect();
        if !concerned.is_empty() {
            causes.push((at, changed(&concerned)));
            continue;
        }
        // Of the steps that take from stages, only the first stale one is known to have changed.
        if (stale.first == at + 1 || stale.certain == Some(at + 1))
            && let Some(source) = step.stages().first()
        {
            causes.push((at, format!("{} changed", session.stage_in_words(*source))));
        }
    }
    let base = match it.base {
        Base::Stage(parent) if stale.first == 0 => Some(format!(
            "{} changed → FROM on line {}",
            session.stage_in_words(parent),
            it.lines.0
        )),
        _ => None,
    };
    Reasons { causes, steps, base }
}

impl Session {
    fn stage_in_words(&self, stage: usize) -> String {
        match &self.model.stages[stage].name {
            Some(name) => format!("stage {name}"),
            None => format!("stage {stage}"),
        }
    }
}

fn changed(paths: &[&str]) -> String {
    let (named, more) = paths.split_at(paths.len().min(NAMED));
    let list = named.join(", ");
    if more.is_empty() { format!("{list} changed") } else { format!("{list} and more changed") }
}
