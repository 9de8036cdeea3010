//! What a Dockerfile consists of, as far as its text alone can say. Nothing here is expanded.

use super::mount::Mount;
use super::span::Span;

/// A piece of an instruction as it is written, continuations joined; quotes and escapes are still in it.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Word {
    /// What it says.
    pub text: String,
    /// Where it stands.
    pub span: Span,
}

/// One instruction with all that belongs to it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Instruction {
    /// The keyword in upper case; what is written for an unknown one.
    pub keyword: String,
    /// Where the keyword stands.
    pub keyword_span: Span,
    /// From the keyword to the end of the last line, heredoc bodies included, without the last line's end.
    pub span: Span,
    /// First and last line, from 1.
    pub lines: (u32, u32),
    /// The text on one line: continuations joined, comments inside dropped, without heredoc bodies.
    pub original: String,
    /// The flags in front of the arguments.
    pub flags: Vec<Flag>,
    /// What follows the flags, before any meaning is given to it.
    pub arguments: Arguments,
    /// Heredocs in the order of their bodies.
    pub heredocs: Vec<Heredoc>,
    /// What the instruction means.
    pub kind: InstructionKind,
}

/// `--name` or `--name=value`, quotes and escapes removed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Flag {
    /// The name without dashes.
    pub name: String,
    /// What follows the `=`, if there is one.
    pub value: Option<String>,
    /// Where it stands.
    pub span: Span,
}

/// The arguments of an instruction by form.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Arguments {
    /// A JSON array of strings, decoded.
    Json(Vec<Word>),
    /// Words at blanks, for `ENV`, `LABEL` and `ARG` with their quotes.
    Words(Vec<Word>),
    /// The whole rest of the line.
    Text(Word),
}

impl Arguments {
    /// The words, or the whole text as the only one; an empty text is none.
    pub fn words(&self) -> &[Word] {
        match self {
            Self::Json(words) | Self::Words(words) => words,
            Self::Text(word) if word.text.is_empty() => &[],
            Self::Text(word) => std::slice::from_ref(word),
        }
    }

    /// Whether they are written as a JSON array.
    pub const fn is_json(&self) -> bool {
        matches!(self, Self::Json(_))
    }
}

/// A heredoc: its word on the instruction's line and its body below.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Heredoc {
    /// The delimiter without quotes; for `COPY` and `ADD` the name of the file.
    pub name: String,
    /// Whether the delimiter is unquoted, so that variables in the body are expanded.
    pub expand: bool,
    /// Whether it is written `<<-`, so that leading tabs are removed.
    pub chomp: bool,
    /// The lines of the body as they are, each with its line end, without the terminator.
    pub body: String,
    /// The file descriptor in front of `<<`.
    pub fd: u32,
    /// Where the body stands, without the terminator.
    pub span: Span,
    /// Where the word on the instruction's line stands.
    pub word: Span,
}

impl Heredoc {
    /// The body as `COPY`, `ADD` and a plain `RUN <<EOF` take it: without leading tabs for `<<-`.
    pub fn contents(&self) -> String {
        if !self.chomp {
            return self.body.clone();
        }
        self.body.split_inclusive('\n').map(|line| line.trim_start_matches('\t')).collect()
    }
}

/// What an instruction means. Values are raw words, still to be expanded where Docker expands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum InstructionKind {
    /// Starts a stage.
    From(From),
    /// Declares build arguments.
    Arg(Vec<Declaration>),
    /// Sets environment variables.
    Env(Vec<Pair>),
    /// Changes, and makes, the working directory.
    Workdir(Word),
    /// Changes the user of later steps.
    User(Word),
    /// Changes the shell of later steps.
    Shell(Vec<Word>),
    /// Runs a command.
    Run(Run),
    /// Copies from the context, a stage or an image.
    Copy(Copy),
    /// Copies from the context, an archive, an address or a repository.
    Add(Copy),
    /// The default command.
    Cmd(Command),
    /// The program of the container.
    Entrypoint(Command),
    /// Sets labels.
    Label(Vec<Pair>),
    /// Names ports.
    Expose(Vec<Word>),
    /// Names volumes.
    Volume(Vec<Word>),
    /// How the container's health is looked after.
    Healthcheck(Healthcheck),
    /// The signal that stops the container.
    Stopsignal(Word),
    /// An instruction for images made from this one.
    Onbuild(Box<Instruction>),
    /// The author.
    Maintainer(Word),
    /// Docker would refuse it; the reason is among the errors.
    Invalid,
}

/// `FROM [--platform=…] image [AS name]`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct From {
    /// An image, or the name of an earlier stage.
    pub image: Word,
    /// The value of `--platform`.
    pub platform: Option<Word>,
    /// The stage's name in lower case.
    pub name: Option<Word>,
}

/// `name` or `name=default` of an `ARG`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Declaration {
    /// The name.
    pub name: Word,
    /// What follows the first `=`.
    pub default: Option<Word>,
}

/// `key=value` of an `ENV` or `LABEL`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Pair {
    /// What is before the first `=`.
    pub key: Word,
    /// What is after it.
    pub value: Word,
}

/// What is run, heredocs already put where Docker puts them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Command {
    /// Given to the shell as one argument.
    Shell(String),
    /// Run without a shell.
    Exec(Vec<String>),
    /// A heredoc with a `#!` line: the file `/dev/pipes/NAME`, executable, is run.
    Script {
        /// The heredoc's name.
        name: String,
        /// What the file holds.
        body: String,
    },
}

/// `RUN` with its flags.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Run {
    /// What is run.
    pub command: Command,
    /// One for each `--mount`.
    pub mounts: Vec<Mount>,
    /// The value of `--network`.
    pub network: Option<Word>,
    /// The value of `--security`.
    pub security: Option<Word>,
    /// The values of `--device`.
    pub devices: Vec<Word>,
}

/// `COPY` or `ADD`. Heredoc sources are copied after all others.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Copy {
    /// The paths before the destination, without heredocs.
    pub sources: Vec<Word>,
    /// Which of the instruction's heredocs are sources.
    pub heredocs: Vec<usize>,
    /// The destination.
    pub dest: Word,
    /// A stage or an image; an empty value of the flag is none.
    pub from: Option<Word>,
    /// The value of `--chown`.
    pub chown: Option<Word>,
    /// The value of `--chmod`.
    pub chmod: Option<Word>,
    /// `--link`.
    pub link: bool,
    /// `--parents`.
    pub parents: bool,
    /// The values of `--exclude`.
    pub exclude: Vec<Word>,
    /// The value of `--checksum`.
    pub checksum: Option<Word>,
    /// `--keep-git-dir`.
    pub keep_git_dir: Option<bool>,
    /// `--unpack`.
    pub unpack: Option<bool>,
}

/// `HEALTHCHECK`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Healthcheck {
    /// `HEALTHCHECK NONE`.
    None,
    /// `HEALTHCHECK CMD …`.
    Cmd(Command),
}
