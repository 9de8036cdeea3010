//! `empty-directive`: nothing behind the `=`.

use super::subject::Subject;
use super::{Diagnostic, Edit, Severity};
use crate::directive::without_continuation;

const EXPLANATION: &str = "A directive without a value is an ordinary comment: nothing happens.";

pub(super) fn check(subject: &Subject, found: &mut Vec<Diagnostic>) {
    for (attempt, kind) in subject.written().filter(|(attempt, _)| !attempt.equals.is_empty()) {
        if without_continuation(&attempt.value, subject.file.escape).is_empty() {
            let span = attempt.comment.span;
            let message = format!("`#{}=` has no value.", kind.name());
            found.push(
                Diagnostic::new("empty-directive", Severity::Warning, span, message, EXPLANATION)
                    .fix("Remove the line", vec![Edit::delete(subject.whole_line(span))]),
            );
        }
    }
}
