//! Goes through the lines of a Dockerfile once.

use super::error::ParseError;
use super::instruction::{Instruction, InstructionKind};
use super::lines::{Line, Lines, Logical, continued};
use super::node::Node;
use super::parser_directive::{Block, Found};
use super::span::{LineIndex, Span};
use super::{Comment, CommentPlace, Dockerfile, heredoc, kind};

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
    let mut reader = Reader { lines: Lines::new(text), block: Block::default(), file };
    reader.run();
    reader.check_whole();
    reader.file.errors.sort_by_key(|error| error.span);
    reader.file
}

struct Reader<'a> {
    lines: Lines<'a>,
    block: Block,
    file: Dockerfile,
}

impl<'a> Reader<'a> {
    fn run(&mut self) {
        while let Some(line) = self.line() {
            if self.directive(&line) {
                continue;
            }
            if line.is_comment() {
                self.comment(&line, CommentPlace::Own);
            } else if !line.text.trim_start().is_empty() {
                self.instruction(&line);
            }
        }
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
        if node.can_hold_heredocs() {
            let bodies = heredoc::bodies(&logical, &mut self.lines);
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
