//! `second-live-command`: more than one `#dev-cmd-live=`.

use super::subject::Subject;
use super::{Diagnostic, Edit, Severity};
use crate::directive::DirectiveKind;

const EXPLANATION: &str = "A container runs one command, so one live command is possible in the whole file, whatever the \
    stages are. No live Dockerfile can be made until the others are gone.";

pub(super) fn check(subject: &Subject, found: &mut Vec<Diagnostic>) {
    let mut live = subject.directives.iter().filter(|directive| {
        matches!(directive.kind, DirectiveKind::LiveCommand | DirectiveKind::Marker)
    });
    let Some(first) = live.next() else { return };
    for directive in live {
        let message = format!("Line {} has a live command already.", first.line);
        found.push(
            Diagnostic::new(
                "second-live-command",
                Severity::Error,
                directive.span,
                message,
                EXPLANATION,
            )
            .related(first.span, "The first live command")
            .fix("Remove this one", vec![Edit::delete(subject.whole_line(directive.span))]),
        );
    }
}
