//! `copy-source-missing` and `copy-source-ignored`: a COPY or ADD takes nothing from the context.

use super::subject::{Place, Subject};
use super::{Context, Diagnostic, Severity};
use crate::dockerfile::{InstructionKind, Span};
use crate::path::{ancestors, clean, is_at_or_below};
use crate::pattern::{Ignore, go_match, has_wildcard};
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
    for step in model.stages.iter().flat_map(|stage| &stage.steps) {
        let StepKind::Copy(copy, Source::Context) = &step.kind else { continue };
        let Some(place) = subject.place(step) else { continue };
        // How `--parents` matches is the selection's business.
        if copy.parents {
            continue;
        }
        for (index, source) in copy.sources.iter().enumerate() {
            let span = source_span(&place, index, copy.sources.len());
            let (severity, message) = match look(source, context, &ignore) {
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

enum Seen {
    Kept,
    Ignored,
    Nothing,
}

fn look(source: &str, context: &Context, ignore: &Ignore) -> Seen {
    let cleaned = clean(source);
    if cleaned.is_empty() {
        return Seen::Kept;
    }
    let mut walker = ignore.walker();
    let mut seen = Seen::Nothing;
    for path in context.paths.iter().filter(|path| takes(&cleaned, path)) {
        if !walker.is_ignored(path) {
            return Seen::Kept;
        }
        seen = Seen::Ignored;
    }
    seen
}

/// Whether the source is this path, or a directory above it.
fn takes(source: &str, path: &str) -> bool {
    if !has_wildcard(source) {
        return is_at_or_below(path, source);
    }
    ancestors(path).chain([path]).any(|path| go_match(source, path) == Ok(true))
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
