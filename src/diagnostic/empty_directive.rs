//! `empty-directive`: nothing behind the `=`.

use super::subject::Subject;
use super::{Diagnostic, Edit, Severity};
use crate::directive::without_continuation;

const EXPLANATION: &str = "A directive without a value is an ordinary comment: nothing happens.";

pub(super) fn check(subject: &Subject, found: &mut Vec<Diagnostic>) {
    for (candidate, kind) in subject.written().filter(|(candidate, _)| !candidate.equals.is_empty())
    {
        if without_continuation(&candidate.value, subject.file.escape).is_empty() {
            let span = candidate.comment.span;
            let message = format!("`#{}=` has no value.", kind.name());
            found.push(
                Diagnostic::new("empty-directive", Severity::Warning, span, message, EXPLANATION)
                    .fix("Remove the line", vec![Edit::delete(subject.whole_line(span))]),
            );
        }
    }
}
