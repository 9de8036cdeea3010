//! Goes through the lines of a Dockerfile once.

use std::cell::OnceCell;

use super::error::ParseError;
use super::instruction::{Instruction, InstructionKind};
use super::line_table::LineTable;
use super::lines::{Line, Lines, Logical, continued};
use super::node::Node;
use super::parser_directive::{Block, Found};
use super::span::{LineIndex, Span};
use super::{Comment, CommentPlace, Dockerfile, LARGEST, MOST_INSTRUCTIONS, heredoc, kind};

pub(super) fn read(text: &str) -> Dockerfile {
    let file = Dockerfile {
        text: text.to_owned(),
        index: LineIndex::new(text),
        escape: '\\',
        directives: Vec::new(),
        instructions: Vec::new(),
        comments: Vec::new(),
        errors: Vec::new(),
    };
    let (lines, block, table) = (Lines::new(text), Block::default(), OnceCell::new());
    let mut reader = Reader { text, lines, block, table, file };
    reader.run();
    reader.check_whole();
    super::check::check(&mut reader.file);
    reader.file.errors.sort_by_key(|error| error.span);
    reader.file
}

struct Reader<'a> {
    text: &'a str,
    lines: Lines<'a>,
    block: Block,
    /// Made for the first heredoc.
    table: OnceCell<LineTable<'a>>,
    file: Dockerfile,
}

impl<'a> Reader<'a> {
    fn run(&mut self) {
        if self.text.len() > LARGEST {
            let message = format!("the Dockerfile is larger than {} MiB", LARGEST >> 20);
            let remedy = "Move long texts into files of the build context and COPY them.";
            return self.refuse(self.file.index.span(0), message, remedy);
        }
        while let Some(line) = self.line() {
            if self.directive(&line) {
                continue;
            }
            if line.is_comment() {
                self.comment(&line, CommentPlace::Own);
            } else if !line.text.trim_start().is_empty() {
                if self.file.instructions.len() == MOST_INSTRUCTIONS {
                    let message = format!("more than {MOST_INSTRUCTIONS} instructions");
                    return self.refuse(line.span(), message, "Join some of them into one.");
                }
                self.instruction(&line);
            }
        }
    }

    fn refuse(&mut self, span: Span, message: String, remedy: &str) {
        self.file.errors.push(ParseError { span, message, remedy: remedy.to_owned() });
    }

    fn line(&mut self) -> Option<Line<'a>> {
        let line = self.lines.next()?;
        self.check_length(&line);
        Some(line)
    }

    fn check_length(&mut self, line: &Line) {
        if line.too_long {
            self.file.errors.push(ParseError {
                span: line.span(),
                message: "dockerfile line greater than max allowed size of 65535".to_owned(),
                remedy: "Break the line with the escape character at the end of each part."
                    .to_owned(),
            });
        }
    }

    fn comment(&mut self, line: &Line, place: CommentPlace) {
        let indent = line.text.len() - line.text.trim_start().len();
        let Span { start, end } = line.span();
        self.file.comments.push(Comment { span: Span::new(start + indent, end), place });
    }

    fn directive(&mut self, line: &Line) -> bool {
        match self.block.line(line) {
            Found::None => false,
            Found::Directive(directive) => {
                if directive.name == "escape" {
                    self.file.escape = directive.value.chars().next().unwrap_or('\\');
                }
                self.file.directives.push(directive);
                true
            }
            Found::Mistake(error) => {
                self.file.errors.push(error);
                true
            }
        }
    }

    fn instruction(&mut self, first: &Line<'a>) {
        let start = first.start + (first.text.len() - first.text.trim_start().len());
        let (logical, mut end) = self.logical(first, start);
        let node = Node::read(&logical, (0, logical.text.len()), self.file.escape);
        let mut heredocs = Vec::new();
        if node.can_hold_heredocs() && logical.text.contains("<<") {
            let table = self.table.get_or_init(|| LineTable::new(self.text));
            let bodies = heredoc::bodies(&logical, &mut self.lines, table);
            for line in &bodies.lines {
                self.check_length(line);
                if line.is_comment() {
                    self.comment(line, CommentPlace::Heredoc);
                }
                end = line.span().end;
            }
            if let Some(name) = bodies.unterminated {
                self.file.errors.push(ParseError {
                    span: bodies.heredocs.last().map_or(node.keyword.span, |heredoc| heredoc.word),
                    message: "unterminated heredoc".to_owned(),
                    remedy: format!("End the text with a line that holds nothing but `{name}`."),
                });
            }
            heredocs = bodies.heredocs;
        }
        let span = Span::new(start, end.max(start));
        let lines = (first.number, self.lines.number());
        let instruction = kind::instruction(node, heredocs, span, lines, &mut self.file.errors);
        self.file.instructions.push(instruction);
    }

    /// Joins the line with those that it continues on. Gives the end of the last of them, too.
    fn logical(&mut self, first: &Line<'a>, start: usize) -> (Logical, usize) {
        let mut logical = Logical::new(start);
        let mut end = first.span().end;
        let mut part = Some((first.text.trim_start(), start));
        while let Some((text, source)) = part.take() {
            let Some(before) = continued(text, self.file.escape) else {
                logical.push(text, source);
                break;
            };
            logical.push(before, source);
            while let Some(line) = self.line() {
                end = line.span().end;
                if line.is_comment() {
                    self.comment(&line, CommentPlace::Continuation);
                } else if !line.text.trim_start().is_empty() {
                    part = Some((line.text, line.start));
                    break;
                }
            }
        }
        (logical, end)
    }

    /// What no single instruction can be blamed for.
    fn check_whole(&mut self) {
        let mut complain = |span: Span, message: &str| {
            let remedy = "Begin a stage with `FROM image`.".to_owned();
            self.file.errors.push(ParseError { span, message: message.to_owned(), remedy });
        };
        let nowhere = Span::default();
        if self.file.text.len() > LARGEST {
            return;
        }
        if self.file.text.is_empty() {
            return complain(nowhere, "the Dockerfile cannot be empty");
        }
        if self.file.instructions.is_empty() {
            return complain(nowhere, "file with no instructions");
        }
        let is = |keyword: &'static str| move |i: &Instruction| i.keyword == keyword;
        let homeless = |i: &&Instruction| !is("ARG")(i) && i.kind != InstructionKind::Invalid;
        match self.file.instructions.iter().position(is("FROM")) {
            None if self.file.instructions.iter().all(is("ARG")) => {
                complain(nowhere, "dockerfile contains no stages to build");
            }
            first => {
                let first = first.unwrap_or(self.file.instructions.len());
                if let Some(instruction) = self.file.instructions[..first].iter().find(homeless) {
                    complain(instruction.keyword_span, "no build stage in current context");
                }
            }
        }
    }
}
