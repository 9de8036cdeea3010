//! `hidden-parser-directive`: a `#dev-…` line above `# syntax=`, `# escape=` or `# check=`.

use super::subject::Subject;
use super::{Diagnostic, Edit, Severity};
use crate::dockerfile::{CommentPlace, Span};

const EXPLANATION: &str = "Docker looks for parser directives only at the very top and stops at the first line that is \
    none. What stands below a #dev-… line is an ordinary comment to it.";

pub(super) fn check(subject: &Subject, found: &mut Vec<Diagnostic>) {
    let text = &subject.file.text;
    let first = subject.file.instructions.first().map_or(text.len(), |one| one.span.start);
    let mut above: Option<Span> = None;
    for comment in &subject.file.comments {
        let Span { start, end } = comment.span;
        if start >= first || comment.place != CommentPlace::Own {
            break;
        }
        if subject.candidate(comment.span).is_some() {
            above.get_or_insert(comment.span);
            continue;
        }
        let Some((above, name)) = above.zip(parser_directive(&text[start..end])) else { continue };
        let message = format!("`# {name}=` has no effect below a `#dev-…` line.");
        let top = if text.starts_with('\u{feff}') { '\u{feff}'.len_utf8() } else { 0 };
        let edits = vec![
            Edit::insert(top, format!("{}\n", &text[start..end])),
            Edit::delete(subject.whole_line(comment.span)),
        ];
        found.push(
            Diagnostic::new(
                "hidden-parser-directive",
                Severity::Warning,
                comment.span,
                message,
                EXPLANATION,
            )
            .related(above, "This line ends the parser directives")
            .fix("Move it to the top", edits),
        );
    }
}

fn parser_directive(comment: &str) -> Option<&'static str> {
    let (name, value) = comment.strip_prefix('#')?.split_once('=')?;
    let name = name.trim();
    let known =
        ["syntax", "escape", "check"].into_iter().find(|one| one.eq_ignore_ascii_case(name));
    known.filter(|_| !value.trim().is_empty())
}
