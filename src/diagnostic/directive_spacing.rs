//! `directive-spacing`: blanks in front of the `=`.

use super::subject::Subject;
use super::{Diagnostic, Edit, Severity};

const EXPLANATION: &str =
    "Livepush accepts it, but balena's livepush takes such a line for an ordinary comment.";

pub(super) fn check(subject: &Subject, found: &mut Vec<Diagnostic>) {
    for (candidate, kind) in subject.written().filter(|(candidate, _)| !candidate.value.is_empty())
    {
        let written = &subject.file.text[candidate.equals.start..candidate.equals.end];
        if written.starts_with(char::is_whitespace) {
            let message = format!("A blank stands between `#{}` and `=`.", kind.name());
            found.push(
                Diagnostic::new(
                    "directive-spacing",
                    Severity::Information,
                    candidate.equals,
                    message,
                    EXPLANATION,
                )
                .fix("Remove the blanks", vec![Edit::replace(candidate.equals, "=")]),
            );
        }
    }
}
