//! `not-in-place`: a step that only a build can carry out.

use super::subject::Subject;
use super::{Diagnostic, Severity};
use crate::stage::StepKind;

const EXPLANATION: &str = "When this step has to run again, a push cannot do it as a build would, so it offers a rebuild \
    of the container instead.";

pub(super) fn check(subject: &Subject, found: &mut Vec<Diagnostic>) {
    let Some(model) = subject.model() else { return };
    for step in model.stages.iter().filter(|stage| stage.needed).flat_map(|stage| &stage.steps) {
        let reasons = match &step.kind {
            StepKind::Remote(source) => vec![format!("it fetches {source}")],
            StepKind::Run(run) => run.beyond.clone(),
            StepKind::Workdir(_) | StepKind::Copy(..) => continue,
        };
        let Some(place) = subject.place(step) else { continue };
        for reason in reasons {
            let message = format!("A change here needs a rebuild: {reason}.");
            found.push(Diagnostic::new(
                "not-in-place",
                Severity::Information,
                place.span,
                message,
                EXPLANATION,
            ));
        }
    }
}
