//! `#dev-…` directives: comments to Docker, instructions to Livepush.
//!
//! They are recognised where npm `livepush` recognises them (any number of `#`, blanks behind them, either case),
//! and also with blanks around the `=`. A comment inside of an instruction or a heredoc is none.

use crate::dockerfile::{Comment, CommentPlace, Dockerfile, Span};

/// What a directive does.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum DirectiveKind {
    /// `#dev-cmd-live=`: the command of the live container; a `COPY` below it needs no restart.
    LiveCommand,
    /// `#dev-run=`: a `RUN` that only the live Dockerfile has.
    Run,
    /// `#dev-copy=`: a `COPY` that only the live Dockerfile has.
    Copy,
    /// `#dev-env=`: an `ENV` that only the live Dockerfile has.
    Env,
    /// `#livecmd-marker=`: where the live command stands in a generated file.
    Marker,
}

impl DirectiveKind {
    /// The names that a person writes.
    pub const WRITTEN: [Self; 4] = [Self::LiveCommand, Self::Run, Self::Copy, Self::Env];

    /// The name in a Dockerfile.
    pub const fn name(self) -> &'static str {
        match self {
            Self::LiveCommand => "dev-cmd-live",
            Self::Run => "dev-run",
            Self::Copy => "dev-copy",
            Self::Env => "dev-env",
            Self::Marker => "livecmd-marker",
        }
    }

    /// The instruction that it becomes.
    pub const fn instruction(self) -> &'static str {
        match self {
            Self::LiveCommand | Self::Marker => "CMD",
            Self::Run => "RUN",
            Self::Copy => "COPY",
            Self::Env => "ENV",
        }
    }

    fn of(name: &str) -> Option<Self> {
        let kinds = Self::WRITTEN.into_iter().chain([Self::Marker]);
        kinds.into_iter().find(|kind| kind.name().eq_ignore_ascii_case(name))
    }
}

/// A directive that counts.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Directive {
    /// What it does.
    pub kind: DirectiveKind,
    /// What follows the `=`, without blanks around it and without a continuation at its end, as none exists here.
    pub value: String,
    /// From the `#` to the end of the line.
    pub span: Span,
    /// The line, from 1.
    pub line: u32,
}

/// A comment that is a directive, or was meant to be one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DirectiveCandidate {
    /// The name as it is written.
    pub name: String,
    /// Where the name stands.
    pub name_span: Span,
    /// What is between name and value, the `=` included; empty where there is none.
    pub equals: Span,
    /// What follows the `=`, without blanks around it.
    pub value: String,
    /// Where the value stands.
    pub value_span: Span,
    /// The whole comment.
    pub comment: Comment,
    /// What the name stands for.
    pub kind: Option<DirectiveKind>,
}

/// The directives that count, in order.
pub fn directives(file: &Dockerfile) -> Vec<Directive> {
    let count = |candidate: DirectiveCandidate| {
        let value = without_continuation(&candidate.value, file.escape);
        let counts = candidate.comment.place == CommentPlace::Own
            && !candidate.equals.is_empty()
            && !value.is_empty();
        let line =
            u32::try_from(file.index.line(candidate.comment.span.start) + 1).unwrap_or(u32::MAX);
        counts.then(|| {
            Some(Directive {
                kind: candidate.kind?,
                value: value.to_owned(),
                span: candidate.comment.span,
                line,
            })
        })?
    };
    candidates(file).into_iter().filter_map(count).collect()
}

/// Everything that looks like a directive: `dev-…=` of any name, and a known name without a value or without `=`.
pub fn candidates(file: &Dockerfile) -> Vec<DirectiveCandidate> {
    file.comments.iter().filter_map(|comment| candidate(&file.text, *comment)).collect()
}

/// The value up to escape characters at its end, which have nothing to continue on.
pub(crate) fn without_continuation(value: &str, escape: char) -> &str {
    value.trim_end_matches(|ch: char| ch == escape || ch.is_whitespace())
}

fn candidate(text: &str, comment: Comment) -> Option<DirectiveCandidate> {
    let line = text.get(comment.span.start..comment.span.end)?;
    let named = line.trim_start_matches('#').trim_start();
    let named = named.trim_start_matches('=');
    let start = comment.span.end - named.len();
    let (key, value) = match named.split_once('=') {
        Some((key, value)) => (key, Some(value)),
        None => (named.split(char::is_whitespace).next().unwrap_or_default(), None),
    };
    let name = key.trim();
    let kind = DirectiveKind::of(name);
    let meant = name.get(..4).is_some_and(|prefix| prefix.eq_ignore_ascii_case("dev-"))
        && name.chars().all(|ch| ch.is_alphanumeric() || ch == '-' || ch == '_');
    // Without `=`, it is prose unless it begins with a directive's very name.
    if kind.is_none() && !(meant && value.is_some()) {
        return None;
    }
    let name_start = start + (key.len() - key.trim_start().len());
    let name_span = Span::new(name_start, name_start + name.len());
    let rest = value.unwrap_or_default();
    let trimmed = rest.trim();
    let value_start = comment.span.end - rest.trim_start().len();
    let equals_end = if value.is_some() { value_start } else { name_span.end };
    Some(DirectiveCandidate {
        name: name.to_owned(),
        name_span,
        equals: Span::new(name_span.end, equals_end),
        value: trimmed.to_owned(),
        value_span: Span::new(value_start, value_start + trimmed.len()),
        comment,
        kind,
    })
}
