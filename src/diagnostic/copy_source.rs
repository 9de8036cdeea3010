//! `copy-source-missing` and `copy-source-ignored`: a COPY or ADD takes nothing from the context.

use super::context_paths::{ContextPaths, Seen};
use super::subject::{Place, Subject};
use super::{Diagnostic, Severity};
use crate::dockerfile::{InstructionKind, Span};
use crate::pattern::{Ignore, has_wildcard};
use crate::stage::{Source, StepKind};

const MISSING: &str = "A build fails for a plain source that is not there, and copies nothing for a pattern that matches \
    nothing. Sources are relative to the build context, whatever the directory of the Dockerfile is.";
const IGNORED: &str = "What .dockerignore excludes is not part of the build context, so no build has it and no push sends \
    it. Add a line with `!` to .dockerignore, or remove the source.";

pub(super) fn check(subject: &Subject, found: &mut Vec<Diagnostic>) {
    let Some(context) = &subject.options.context else { return };
    let (Some(model), Ok(ignore)) = (subject.model(), Ignore::parse(&context.dockerignore)) else {
        return;
    };
    let mut paths = ContextPaths::new(context, &ignore);
    for step in model.stages.iter().flat_map(|stage| &stage.steps) {
        let StepKind::Copy(copy, Source::Context) = &step.kind else { continue };
        let Some(place) = subject.place(step) else { continue };
        // How `--parents` matches is the selection's business.
        if copy.parents {
            continue;
        }
        for (index, source) in copy.sources.iter().enumerate() {
            let span = source_span(&place, index, copy.sources.len());
            let (severity, message) = match paths.look(source) {
                Seen::Kept => continue,
                Seen::Ignored => {
                    let message = format!(".dockerignore excludes `{source}`.");
                    let code = "copy-source-ignored";
                    found.push(Diagnostic::new(code, Severity::Warning, span, message, IGNORED));
                    continue;
                }
                Seen::Nothing if has_wildcard(source) => (
                    Severity::Information,
                    format!("`{source}` matches nothing in the build context."),
                ),
                Seen::Nothing => {
                    (Severity::Warning, format!("`{source}` is not in the build context."))
                }
            };
            found.push(Diagnostic::new("copy-source-missing", severity, span, message, MISSING));
        }
    }
}

/// The word of the source, as far as words and sources still correspond.
fn source_span(place: &Place, index: usize, count: usize) -> Span {
    let words = place.instruction.and_then(|instruction| match &instruction.kind {
        InstructionKind::Copy(copy) | InstructionKind::Add(copy) => Some(&copy.sources),
        _ => None,
    });
    let word = words.filter(|words| words.len() == count).and_then(|words| words.get(index));
    word.map_or(place.span, |word| word.span)
}
