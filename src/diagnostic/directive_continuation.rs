//! `directive-continuation`: the escape character at the end of a directive.

use super::subject::Subject;
use super::{Diagnostic, Edit, Severity};
use crate::directive::without_continuation;
use crate::dockerfile::Span;

const EXPLANATION: &str = "A directive is a comment, and a comment never goes on in the next line. Livepush leaves \
    the character out; write the whole value on one line.";

pub(super) fn check(subject: &Subject, found: &mut Vec<Diagnostic>) {
    for (candidate, _) in subject.written() {
        let kept = without_continuation(&candidate.value, subject.file.escape);
        if kept.len() < candidate.value.len() && !kept.is_empty() {
            let span = Span::new(candidate.value_span.start + kept.len(), candidate.value_span.end);
            let message = format!("`{}` does not continue a directive.", subject.file.escape);
            found.push(
                Diagnostic::new(
                    "directive-continuation",
                    Severity::Warning,
                    span,
                    message,
                    EXPLANATION,
                )
                .fix("Remove it", vec![Edit::delete(span)]),
            );
        }
    }
}
