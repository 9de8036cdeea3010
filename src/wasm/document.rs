//! A parsed Dockerfile as JavaScript gets it.

use crate::directive::{DirectiveCandidate, DirectiveKind, candidates};
use crate::dockerfile::{self, Comment, CommentPlace, Dockerfile, Range, Span};
use serde::Serialize;
use tsify::Tsify;

/// A Dockerfile as Docker reads it. Columns are in UTF-16 units.
#[derive(Debug, Serialize, Tsify)]
#[serde(rename_all = "camelCase")]
#[tsify(missing_as_null)]
pub struct ParsedDockerfile {
    /// The escape character.
    escape: char,
    /// The instructions in order, also those that Docker would refuse.
    instructions: Vec<ParsedInstruction>,
    /// Parser directives: `escape`, `syntax`, `check`.
    directives: Vec<ParsedParserDirective>,
    /// Lines that begin with `#`.
    comments: Vec<ParsedComment>,
    /// Comments that are `#dev-…=` directives, or look like one.
    dev_directives: Vec<DevDirective>,
    /// What Docker would refuse, in order. The first is what a build would say.
    errors: Vec<DockerfileError>,
}

/// One instruction.
#[derive(Debug, Serialize, Tsify)]
#[serde(rename_all = "camelCase")]
#[tsify(missing_as_null)]
pub struct ParsedInstruction {
    /// In upper case, as far as it is known.
    keyword: String,
    /// The flags in front of the arguments.
    flags: Vec<ParsedFlag>,
    /// Words, or the whole rest of the line as the only one, unexpanded.
    arguments: Vec<String>,
    /// Whether the arguments are a JSON array.
    json: bool,
    /// In the order of their bodies.
    heredocs: Vec<ParsedHeredoc>,
    /// From 1.
    first_line: u32,
    /// From 1, heredocs included.
    last_line: u32,
    /// Number of the stage, or null before the first FROM.
    stage: Option<u32>,
    /// From the keyword to the end of the last line.
    span: Range,
    /// Where the keyword stands.
    keyword_span: Range,
    /// Where each argument stands.
    argument_spans: Vec<Range>,
    /// The text on one line, continuations joined, without heredoc bodies.
    original: String,
}

/// `--name` or `--name=value`.
#[derive(Debug, Serialize, Tsify)]
#[tsify(missing_as_null)]
pub struct ParsedFlag {
    /// Without dashes.
    name: String,
    /// Without quotes; null where there is no `=`.
    value: Option<String>,
    /// Where it stands.
    span: Range,
}

/// A heredoc.
#[derive(Debug, Serialize, Tsify)]
pub struct ParsedHeredoc {
    /// The delimiter without quotes.
    name: String,
    /// The lines between, as they are.
    body: String,
    /// Whether variables in it are expanded.
    expand: bool,
    /// Whether leading tabs are removed (`<<-`).
    chomp: bool,
    /// Where the body stands.
    span: Range,
}

/// `# name=value` at the top.
#[derive(Debug, Serialize, Tsify)]
pub struct ParsedParserDirective {
    /// In lower case.
    name: String,
    /// Without blanks around it.
    value: String,
    /// The whole line.
    span: Range,
}

/// A line that begins with `#`.
#[derive(Debug, Serialize, Tsify)]
pub struct ParsedComment {
    /// From the `#` to the end of the line.
    span: Range,
    /// What surrounds it.
    place: Place,
}

/// What surrounds a comment: nothing, an instruction that goes on, or a heredoc (where it is content).
#[derive(Debug, Serialize, Tsify)]
#[serde(rename_all = "camelCase")]
pub enum Place {
    /// Nothing.
    Own,
    /// An instruction that goes on below.
    Continuation,
    /// A heredoc.
    Heredoc,
}

/// A `#dev-…=` comment.
#[derive(Debug, Serialize, Tsify)]
#[serde(rename_all = "camelCase")]
#[tsify(missing_as_null)]
pub struct DevDirective {
    /// The name as written.
    name: String,
    /// The known name, or null.
    known: Option<&'static str>,
    /// Without blanks around it.
    value: String,
    /// The whole comment.
    span: Range,
    /// The name.
    name_span: Range,
    /// The value.
    value_span: Range,
    /// Whether it stands between instructions, where it counts.
    counts: bool,
}

/// What Docker would refuse.
#[derive(Debug, Serialize, Tsify)]
pub struct DockerfileError {
    /// Docker's words.
    message: String,
    /// What to write instead.
    remedy: String,
    /// From 1.
    line: u32,
    /// From 1.
    column: u32,
    /// Where.
    span: Range,
}

impl From<&Dockerfile> for ParsedDockerfile {
    fn from(file: &Dockerfile) -> Self {
        let range = |span: Span| file.index.range(span);
        let mut stage = None;
        let instructions = file.instructions.iter().map(|instruction| {
            if instruction.keyword == "FROM" {
                stage = Some(stage.map_or(0, |number: u32| number + 1));
            }
            ParsedInstruction::new(instruction, stage, &range)
        });
        Self {
            escape: file.escape,
            instructions: instructions.collect(),
            directives: file
                .directives
                .iter()
                .map(|directive| ParsedParserDirective {
                    name: directive.name.clone(),
                    value: directive.value.clone(),
                    span: range(directive.span),
                })
                .collect(),
            comments: file.comments.iter().map(|comment| parsed_comment(comment, &range)).collect(),
            dev_directives: candidates(file)
                .into_iter()
                .filter(|candidate| candidate.kind != Some(DirectiveKind::Marker))
                .map(|candidate| DevDirective::new(candidate, &range))
                .collect(),
            errors: file.errors.iter().map(|error| DockerfileError::new(error, &range)).collect(),
        }
    }
}

impl ParsedInstruction {
    fn new(
        instruction: &dockerfile::Instruction,
        stage: Option<u32>,
        range: &dyn Fn(Span) -> Range,
    ) -> Self {
        let words = instruction.arguments.words();
        let flag = |flag: &dockerfile::Flag| ParsedFlag {
            name: flag.name.clone(),
            value: flag.value.clone(),
            span: range(flag.span),
        };
        let heredoc = |heredoc: &dockerfile::Heredoc| ParsedHeredoc {
            name: heredoc.name.clone(),
            body: heredoc.body.clone(),
            expand: heredoc.expand,
            chomp: heredoc.chomp,
            span: range(heredoc.span),
        };
        Self {
            keyword: instruction.keyword.clone(),
            flags: instruction.flags.iter().map(flag).collect(),
            arguments: words.iter().map(|word| word.text.clone()).collect(),
            json: instruction.arguments.is_json(),
            heredocs: instruction.heredocs.iter().map(heredoc).collect(),
            first_line: instruction.lines.0,
            last_line: instruction.lines.1,
            stage,
            span: range(instruction.span),
            keyword_span: range(instruction.keyword_span),
            argument_spans: words.iter().map(|word| range(word.span)).collect(),
            original: instruction.original.clone(),
        }
    }
}

impl DevDirective {
    fn new(candidate: DirectiveCandidate, range: &dyn Fn(Span) -> Range) -> Self {
        Self {
            known: candidate.kind.map(DirectiveKind::name),
            span: range(candidate.comment.span),
            name_span: range(candidate.name_span),
            value_span: range(candidate.value_span),
            counts: candidate.kind.is_some()
                && candidate.comment.place == CommentPlace::Own
                && !candidate.equals.is_empty()
                && !candidate.value.is_empty(),
            name: candidate.name,
            value: candidate.value,
        }
    }
}

impl DockerfileError {
    fn new(error: &dockerfile::ParseError, range: &dyn Fn(Span) -> Range) -> Self {
        let span = range(error.span);
        Self {
            message: error.message.clone(),
            remedy: error.remedy.clone(),
            line: span.start.line + 1,
            column: span.start.column + 1,
            span,
        }
    }
}

fn parsed_comment(comment: &Comment, range: &dyn Fn(Span) -> Range) -> ParsedComment {
    let place = match comment.place {
        CommentPlace::Own => Place::Own,
        CommentPlace::Continuation => Place::Continuation,
        CommentPlace::Heredoc => Place::Heredoc,
    };
    ParsedComment { span: range(comment.span), place }
}
