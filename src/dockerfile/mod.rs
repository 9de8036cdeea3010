//! Text → instructions, exactly as Docker's Dockerfile frontend reads them, with the place of everything.

mod check;
mod copy;
mod error;
mod flags;
mod healthcheck;
mod heredoc;
mod instruction;
mod json;
mod keyword;
mod kind;
mod line_table;
mod lines;
mod mount;
mod node;
mod parser_directive;
mod reader;
mod request;
mod run;
mod span;
mod words;

pub use error::ParseError;
pub use instruction::{
    Arguments, Command, Copy, Declaration, Flag, From, Healthcheck, Heredoc, Instruction,
    InstructionKind, Pair, Run, Word,
};
pub use mount::{Mount, MountKind};
pub use span::{LineIndex, Position, Range, Span};

/// The size in bytes from which on a Dockerfile is refused as a whole. Docker has no such limit, but
/// an editor must not wait for a text of any size.
pub const LARGEST: usize = 1 << 20;

/// How many instructions are read, with those that `ONBUILD` triggers; the next one is refused.
pub const MOST_INSTRUCTIONS: usize = 10_000;

/// Reads a Dockerfile. It never fails: what Docker would refuse is among the [`Dockerfile::errors`], and everything
/// else is read all the same.
pub fn parse(text: &str) -> Dockerfile {
    reader::read(text)
}

/// A Dockerfile as it was read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Dockerfile {
    /// The text that all spans point into.
    pub text: String,
    /// The lines of the text.
    pub index: LineIndex,
    /// The escape character: `\` unless a parser directive says otherwise.
    pub escape: char,
    /// The parser directives at the top.
    pub directives: Vec<ParserDirective>,
    /// The instructions in order, invalid ones included.
    pub instructions: Vec<Instruction>,
    /// The lines that begin with `#`, in order.
    pub comments: Vec<Comment>,
    /// What Docker would refuse, in order.
    pub errors: Vec<ParseError>,
}

/// A parser directive: `# escape=…`, `# syntax=…`, `# check=…`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ParserDirective {
    /// The name in lower case.
    pub name: String,
    /// The value.
    pub value: String,
    /// The line without its end.
    pub span: Span,
}

/// A line whose first character that is not blank is `#`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Comment {
    /// From the `#` to the end of the line.
    pub span: Span,
    /// What surrounds it.
    pub place: CommentPlace,
}

/// What surrounds a comment.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CommentPlace {
    /// Nothing: it stands between instructions.
    Own,
    /// An instruction that goes on below it.
    Continuation,
    /// A heredoc: to Docker it is content, not a comment.
    Heredoc,
}
