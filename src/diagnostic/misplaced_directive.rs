//! `misplaced-directive`: a directive inside of an instruction or a heredoc.

use super::subject::Subject;
use super::{Diagnostic, Edit, Severity};
use crate::directive::DirectiveKind;
use crate::dockerfile::CommentPlace;

const EXPLANATION: &str = "Between the lines of an instruction and in a heredoc a directive does nothing. It has to \
    stand on a line of its own between two instructions.";

pub(super) fn check(subject: &Subject, found: &mut Vec<Diagnostic>) {
    for candidate in subject.candidates.iter().filter(|one| !one.equals.is_empty()) {
        let inside = match candidate.comment.place {
            CommentPlace::Own => continue,
            CommentPlace::Continuation => "an instruction that continues here",
            CommentPlace::Heredoc => "a heredoc",
        };
        let Some(kind) = candidate.kind.filter(|kind| *kind != DirectiveKind::Marker) else {
            continue;
        };
        let span = candidate.comment.span;
        let message = format!("`#{}=` does nothing inside of {inside}.", kind.name());
        let mut diagnostic =
            Diagnostic::new("misplaced-directive", Severity::Warning, span, message, EXPLANATION);
        let holder = subject.instruction_at(span.start);
        if let Some(holder) =
            holder.filter(|_| candidate.comment.place == CommentPlace::Continuation)
        {
            let text = &subject.file.text[span.start..span.end];
            let edits = vec![
                Edit::insert(holder.span.start, format!("{text}\n")),
                Edit::delete(subject.whole_line(span)),
            ];
            diagnostic = diagnostic.fix("Move it above the instruction", edits);
        }
        found.push(diagnostic);
    }
}
