//! What is wrong with the directives of a Dockerfile and with what a push can make of it, where, and the fix.
//!
//! Only what no other tool says: syntax, style and `BuildKit`'s own checks stay theirs.

mod context_paths;
mod copy_source;
mod cut_stage;
mod definition_comment;
mod directive_before_from;
mod directive_continuation;
mod directive_spacing;
mod dropped;
mod empty_directive;
mod entrypoint;
mod hidden_parser_directive;
mod invalid_directive;
mod misplaced_directive;
mod not_in_place;
mod second_live_command;
mod subject;
mod unknown_directive;
mod unrepeatable_run;

use crate::dockerfile::Span;
use subject::Subject;

/// One finding.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Diagnostic {
    /// A stable name, such as `unknown-directive`.
    pub code: &'static str,
    /// How bad it is.
    pub severity: Severity,
    /// Where.
    pub span: Span,
    /// What is wrong, in a sentence.
    pub message: String,
    /// Why that matters and what to do.
    pub explanation: &'static str,
    /// Other places that belong to it.
    pub related: Vec<Related>,
    /// Whether the text has no effect and may be shown faded.
    pub unnecessary: bool,
    /// What an editor can do about it.
    pub fixes: Vec<Fix>,
}

/// How bad a finding is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Severity {
    /// The live Dockerfile cannot be made or built.
    Error,
    /// It is made, but will hardly do what is meant.
    Warning,
    /// Good to know.
    Information,
    /// Shown by fading or not at all.
    Hint,
}

/// A place that belongs to a finding.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Related {
    /// Where.
    pub span: Span,
    /// What is there.
    pub message: String,
}

/// Edits that mend a finding.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fix {
    /// What it does, as a command.
    pub title: String,
    /// The edits, which do not overlap.
    pub edits: Vec<Edit>,
}

/// A span and the text to put in its place.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Edit {
    /// What to replace; empty to insert.
    pub span: Span,
    /// The text instead.
    pub text: String,
}

/// What is known besides the text.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct AnalyzeOptions {
    /// The build context, if it was looked at.
    pub context: Option<Context>,
    /// The entrypoints of images, by the name as written in `FROM`.
    pub entrypoints: Vec<(String, Vec<String>)>,
}

/// The build context as far as diagnostics need it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Context {
    /// All paths, relative and with `/`, ignored ones included.
    pub paths: Vec<String>,
    /// The text of the ignore file that applies.
    pub dockerignore: String,
}

/// Looks for everything. Findings come in the order of the text.
pub fn analyze(text: &str, options: &AnalyzeOptions) -> Vec<Diagnostic> {
    let subject = Subject::new(text, options);
    let mut found = Vec::new();
    for check in [
        unknown_directive::check,
        empty_directive::check,
        directive_spacing::check,
        directive_continuation::check,
        directive_before_from::check,
        misplaced_directive::check,
        second_live_command::check,
        invalid_directive::check,
        hidden_parser_directive::check,
        definition_comment::check,
    ] {
        check(&subject, &mut found);
    }
    // The rest only makes sense for a file that Docker can read, and the mistakes themselves are others' to tell.
    if subject.file.errors.is_empty() {
        for check in [
            dropped::check,
            cut_stage::check,
            entrypoint::check,
            copy_source::check,
            not_in_place::check,
            unrepeatable_run::check,
        ] {
            check(&subject, &mut found);
        }
    }
    found.sort_by_key(|diagnostic| (diagnostic.span, diagnostic.severity));
    found
}

impl Diagnostic {
    fn new(
        code: &'static str,
        severity: Severity,
        span: Span,
        message: impl Into<String>,
        explanation: &'static str,
    ) -> Self {
        Self {
            code,
            severity,
            span,
            message: message.into(),
            explanation,
            related: Vec::new(),
            unnecessary: false,
            fixes: Vec::new(),
        }
    }

    fn related(mut self, span: Span, message: impl Into<String>) -> Self {
        self.related.push(Related { span, message: message.into() });
        self
    }

    fn unnecessary(mut self) -> Self {
        self.unnecessary = true;
        self
    }

    fn fix(mut self, title: impl Into<String>, edits: Vec<Edit>) -> Self {
        self.fixes.push(Fix { title: title.into(), edits });
        self
    }
}

impl Edit {
    fn replace(span: Span, text: impl Into<String>) -> Self {
        Self { span, text: text.into() }
    }

    fn delete(span: Span) -> Self {
        Self::replace(span, "")
    }

    fn insert(at: usize, text: impl Into<String>) -> Self {
        Self::replace(Span::new(at, at), text)
    }
}
