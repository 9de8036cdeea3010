//! `directive-before-from`: a directive where no instruction can be.

use super::subject::Subject;
use super::{Diagnostic, Edit, Severity};

const EXPLANATION: &str = "A directive belongs to the stage in which it stands. Above the first FROM there is none, so \
    no live Dockerfile can be made.";

pub(super) fn check(subject: &Subject, found: &mut Vec<Diagnostic>) {
    let first = subject.file.instructions.iter().find(|one| one.keyword == "FROM");
    for directive in &subject.directives {
        if first.is_some_and(|from| from.span.start < directive.span.start) {
            continue;
        }
        let name = directive.kind.name();
        let message = format!("`#{name}=` stands before the first FROM.");
        let mut diagnostic = Diagnostic::new(
            "directive-before-from",
            Severity::Error,
            directive.span,
            message,
            EXPLANATION,
        );
        if let Some(from) = first {
            let text = &subject.file.text[directive.span.start..directive.span.end];
            let edits = vec![
                Edit::delete(subject.whole_line(directive.span)),
                Edit::insert(from.span.end, format!("\n{text}")),
            ];
            diagnostic = diagnostic.fix("Move it below the first FROM", edits);
        }
        found.push(diagnostic);
    }
}
