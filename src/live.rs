//! Dockerfile → live Dockerfile: what is built where the directives count.
//!
//! Line by line: a directive's line becomes its instruction, dropped instructions lose their lines, and every
//! other line stays as it is, byte for byte.

use crate::directive::{Directive, DirectiveKind, directives};
use crate::dockerfile::{Dockerfile, Instruction, Span, parse};

/// A live Dockerfile.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Live {
    /// The text.
    pub text: String,
    /// For each line of it the line of the original that it came from, both from 1.
    pub line_map: Vec<u32>,
    /// Whether the original has directives that count, so that the text differs from it.
    pub has_directives: bool,
    /// The instructions that are not in the live Dockerfile, by their number in the original.
    pub dropped: Vec<usize>,
}

/// Why there is no live Dockerfile.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum LiveError {
    /// There are two live commands.
    #[error("line {line}: only one #dev-cmd-live= is possible, and line {first} has one")]
    SecondLiveCommand {
        /// The line of the second one.
        line: u32,
        /// Where the second one stands.
        span: Span,
        /// The line of the first one.
        first: u32,
        /// Where the first one stands.
        first_span: Span,
    },
    /// A directive stands where no instruction can be.
    #[error("line {line}: #{name}= stands before the first FROM")]
    BeforeFirstStage {
        /// The directive's line.
        line: u32,
        /// Where it stands.
        span: Span,
        /// Its name.
        name: &'static str,
    },
}

impl LiveError {
    /// What to do about it.
    pub fn remedy(&self) -> &'static str {
        match self {
            Self::SecondLiveCommand { .. } => "Remove one of them.",
            Self::BeforeFirstStage { .. } => "Move it below the FROM of its stage.",
        }
    }
}

/// Makes the live Dockerfile. A text without directives, and one made by this function, stays as it is.
pub fn generate(text: &str) -> Result<Live, LiveError> {
    generate_from(&parse(text))
}

/// As [`generate`], for a text that was read already.
pub fn generate_from(file: &Dockerfile) -> Result<Live, LiveError> {
    let directives = directives(file);
    check(file, &directives)?;
    let mut edits = vec![LineEdit::Kept; file.index.count()];
    let mut dropped = Vec::new();
    let has_directives = directives.iter().any(|found| found.kind != DirectiveKind::Marker);
    if has_directives {
        let live = directives.iter().find(|found| is_live(found));
        dropped = live.map(|live| dropped_instructions(file, live)).unwrap_or_default();
        for instruction in dropped.iter().filter_map(|number| file.instructions.get(*number)) {
            drop_lines(&mut edits, instruction.lines);
        }
        let cut = live.and_then(|live| next_stage(file, live));
        if let Some(stage) = cut {
            drop_lines(&mut edits, (stage.lines.0, u32::MAX));
        }
        for found in directives.iter().filter(|found| found.kind != DirectiveKind::Marker) {
            let index = usize::try_from(found.line - 1).unwrap_or(usize::MAX);
            if let Some(edit @ LineEdit::Kept) = edits.get_mut(index) {
                *edit = LineEdit::Replaced(instruction_of(found));
            }
        }
    }
    let (text, line_map) = assemble(file, &edits);
    Ok(Live { text, line_map, has_directives, dropped })
}

/// The live command of a Dockerfile, original or generated: how many instructions stand before it.
pub fn live_command(file: &Dockerfile) -> Option<usize> {
    let live = directives(file).into_iter().find(is_live)?;
    Some(file.instructions.partition_point(|instruction| instruction.span.start < live.span.start))
}

/// What becomes of a line.
#[derive(Debug, Clone, PartialEq, Eq)]
enum LineEdit {
    Kept,
    Dropped,
    /// The lines instead, without indentation and line end.
    Replaced(Vec<String>),
}

fn is_live(directive: &Directive) -> bool {
    matches!(directive.kind, DirectiveKind::LiveCommand | DirectiveKind::Marker)
}

fn check(file: &Dockerfile, directives: &[Directive]) -> Result<(), LiveError> {
    let mut live = directives.iter().filter(|found| is_live(found));
    if let (Some(first), Some(second)) = (live.next(), live.next()) {
        return Err(LiveError::SecondLiveCommand {
            line: second.line,
            span: second.span,
            first: first.line,
            first_span: first.span,
        });
    }
    let first_stage = file.instructions.iter().find(|instruction| instruction.keyword == "FROM");
    let first_stage = first_stage.map_or(usize::MAX, |stage| stage.span.start);
    match directives.iter().find(|found| found.span.start < first_stage) {
        Some(Directive { kind, line, span, .. }) => {
            Err(LiveError::BeforeFirstStage { line: *line, span: *span, name: kind.name() })
        }
        None => Ok(()),
    }
}

/// With a live command: every other CMD, each RUN after it, and the stages after its own.
fn dropped_instructions(file: &Dockerfile, live: &Directive) -> Vec<usize> {
    let start = file.instructions.iter().position(|instruction| instruction.keyword == "FROM");
    let cut = next_stage(file, live).map_or(usize::MAX, |stage| stage.span.start);
    let marked = (live.kind == DirectiveKind::Marker).then(|| live_command(file)).flatten().filter(
        |number| file.instructions.get(*number).is_some_and(|found| found.keyword == "CMD"),
    );
    let numbered = file.instructions.iter().enumerate().skip(start.unwrap_or(usize::MAX));
    let drops = |(number, instruction): &(usize, &Instruction)| {
        instruction.span.start >= cut
            || match instruction.keyword.as_str() {
                "CMD" => Some(*number) != marked,
                "RUN" => instruction.span.start > live.span.start,
                _ => false,
            }
    };
    numbered.filter(drops).map(|(number, _)| number).collect()
}

/// The first FROM after the live command.
fn next_stage<'a>(file: &'a Dockerfile, live: &Directive) -> Option<&'a Instruction> {
    let after = |instruction: &&Instruction| {
        instruction.keyword == "FROM" && instruction.span.start > live.span.start
    };
    file.instructions.iter().find(after)
}

fn drop_lines(edits: &mut [LineEdit], (first, last): (u32, u32)) {
    let first = usize::try_from(first - 1).unwrap_or(usize::MAX).min(edits.len());
    let last = usize::try_from(last).unwrap_or(usize::MAX).min(edits.len());
    edits[first..last].fill(LineEdit::Dropped);
}

fn instruction_of(directive: &Directive) -> Vec<String> {
    let instruction = format!("{} {}", directive.kind.instruction(), directive.value);
    match directive.kind {
        DirectiveKind::LiveCommand => vec!["#livecmd-marker=1".to_owned(), instruction],
        _ => vec![instruction],
    }
}

fn assemble(file: &Dockerfile, edits: &[LineEdit]) -> (String, Vec<u32>) {
    let mut text = String::new();
    let mut line_map = Vec::new();
    let line_end = if file.text.contains("\r\n") { "\r\n" } else { "\n" };
    for ((number, edit), original) in (1_u32..).zip(edits).zip(0..) {
        let whole = &file.text[file.index.start(original)..file.index.start(original + 1)];
        match edit {
            LineEdit::Dropped => {}
            LineEdit::Kept if whole.is_empty() => {}
            LineEdit::Kept => {
                text.push_str(whole);
                line_map.push(number);
            }
            LineEdit::Replaced(lines) => {
                let content = whole.trim_end_matches(['\r', '\n']);
                let indent = &content[..content.len() - content.trim_start().len()];
                let end = &whole[content.len()..];
                for (index, line) in lines.iter().enumerate() {
                    let last = index + 1 == lines.len();
                    let end = if last || !end.is_empty() { end } else { line_end };
                    text.extend([indent, line, end]);
                    line_map.push(number);
                }
            }
        }
    }
    (text, line_map)
}
