//! `unknown-directive`: `#dev-…=` with a name that no directive has, or a directive's name without `=`.

use super::subject::Subject;
use super::{Diagnostic, Edit, Severity};
use crate::directive::DirectiveKind;
use crate::dockerfile::{CommentPlace, Span};
use crate::suggest::nearest;

const CODE: &str = "unknown-directive";
const EXPLANATION: &str = "A line like this is an ordinary comment: nothing happens. The directives are \
    #dev-cmd-live=, #dev-run=, #dev-copy= and #dev-env=.";

pub(super) fn check(subject: &Subject, found: &mut Vec<Diagnostic>) {
    let names = DirectiveKind::WRITTEN.map(DirectiveKind::name);
    for candidate in subject.candidates.iter().filter(|one| one.comment.place == CommentPlace::Own)
    {
        let name = &candidate.name;
        if candidate.kind.is_some_and(|kind| kind != DirectiveKind::Marker)
            && candidate.equals.is_empty()
        {
            let message = format!("`#{name}` is no directive without `=`.");
            let behind = candidate.name_span.end;
            let blanks = subject.file.text[behind..candidate.comment.span.end].trim_start().len();
            let gap = Span::new(behind, candidate.comment.span.end - blanks);
            found.push(
                Diagnostic::new(
                    CODE,
                    Severity::Warning,
                    candidate.comment.span,
                    message,
                    EXPLANATION,
                )
                .fix("Insert `=`", vec![Edit::replace(gap, "=")]),
            );
        } else if candidate.kind.is_none() {
            let near = nearest(&name.to_ascii_lowercase(), &names);
            let guess = near.map(|near| format!(" Did you mean `#{near}=`?")).unwrap_or_default();
            let message = format!("There is no directive `#{name}=`.{guess}");
            let mut diagnostic =
                Diagnostic::new(CODE, Severity::Warning, candidate.name_span, message, EXPLANATION);
            if let Some(near) = near {
                let edits = vec![Edit::replace(candidate.name_span, near)];
                diagnostic = diagnostic.fix(format!("Change to `#{near}=`"), edits);
            }
            found.push(diagnostic);
        }
    }
}
