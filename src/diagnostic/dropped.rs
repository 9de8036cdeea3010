//! `dropped-run` and `dropped-cmd`: instructions that are not in the live Dockerfile, though their stage is.

use super::subject::Subject;
use super::{Diagnostic, Severity};

const RUN: &str = "A RUN below the live command would only make something for the production image. It is not part of the \
    live Dockerfile; where it is needed live, too, move it above or write it as #dev-run=.";
const CMD: &str = "In the live Dockerfile the live command is the only CMD.";

pub(super) fn check(subject: &Subject, found: &mut Vec<Diagnostic>) {
    let (Ok(live), Some(command)) = (&subject.live, subject.live_command()) else { return };
    let stage = subject.stage_at(command.span.start);
    let end = stage.last().map_or(0, |last| last.span.end);
    let dropped = live.dropped.iter().filter_map(|number| subject.file.instructions.get(*number));
    for instruction in dropped.filter(|instruction| instruction.span.start < end) {
        let (code, explanation) = match instruction.keyword.as_str() {
            "RUN" => ("dropped-run", RUN),
            _ => ("dropped-cmd", CMD),
        };
        let message = format!(
            "This {} is not part of the live Dockerfile: line {} has the live command.",
            instruction.keyword, command.line
        );
        found.push(
            Diagnostic::new(code, Severity::Hint, instruction.span, message, explanation)
                .related(command.span, "The live command")
                .unnecessary(),
        );
    }
}
