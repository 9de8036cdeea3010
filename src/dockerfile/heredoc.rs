//! Which words of a line are heredocs, and where their bodies end.

use super::instruction::Heredoc;
use super::line_table::LineTable;
use super::lines::{Line, Lines, Logical};
use super::span::Span;
use crate::expand::{ShellWord, split_shell};

/// A heredoc's word.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Mark {
    pub(super) name: String,
    pub(super) expand: bool,
    chomp: bool,
    fd: u32,
    /// Whether blanks stand between `<<` and the name.
    apart: bool,
}

/// The heredocs of a line, by shell-splitting it; a line that the shell could not split has none.
pub(super) fn marks(line: &str) -> Vec<(Mark, usize, usize)> {
    if !line.contains("<<") {
        return Vec::new();
    }
    let words = split_shell(line, true, true).unwrap_or_default();
    let mark = |word: ShellWord| Some((mark(&word.text)?, word.start, word.end));
    words.into_iter().filter_map(mark).collect()
}

/// Reads a word as digits, `<<`, perhaps `-`, and a name.
pub(super) fn mark(word: &str) -> Option<Mark> {
    let (digits, rest) = word.split_once("<<")?;
    if !digits.bytes().all(|digit| digit.is_ascii_digit()) {
        return None;
    }
    let (chomp, rest) = rest.strip_prefix('-').map_or((false, rest), |rest| (true, rest));
    let name = rest.trim_start_matches(['\t', '\n', '\u{c}', '\r', ' ']);
    if name.is_empty() || name.contains('<') {
        return None;
    }
    let plain = single(split_shell(name, false, false)?)?;
    let raw = single(split_shell(name, true, false)?)?;
    let quotes = |text: &str| text.matches(['\'', '"']).count();
    Some(Mark {
        expand: quotes(&plain) == quotes(&raw),
        name: plain,
        chomp,
        fd: digits.parse().unwrap_or_default(),
        apart: name.len() < rest.len(),
    })
}

fn single(words: Vec<ShellWord>) -> Option<String> {
    let [word] = <[ShellWord; 1]>::try_from(words).ok()?;
    Some(word.text)
}

/// The bodies that follow a line.
pub(super) struct Bodies<'a> {
    pub(super) heredocs: Vec<Heredoc>,
    /// The lines taken, terminators included.
    pub(super) lines: Vec<Line<'a>>,
    /// The name of a heredoc without an end.
    pub(super) unterminated: Option<String>,
}

/// Takes the bodies off the lines.
pub(super) fn bodies<'a>(
    line: &Logical,
    lines: &mut Lines<'a>,
    table: &LineTable<'a>,
) -> Bodies<'a> {
    let mut found = Bodies { heredocs: Vec::new(), lines: Vec::new(), unterminated: None };
    for (mark, start, end) in marks(&line.text) {
        let word = line.span(start, end);
        // Only newer frontends see a heredoc in `<< EOF`, and to older ones `$(( 1 << 2 ))` is none:
        // without an end it is none here either, so that both are read as they build.
        if mark.apart && table.find(&mark.name, mark.chomp, lines.at()).is_none() {
            continue;
        }
        let (body, terminated) = body(&mark, lines, table);
        found.heredocs.push(heredoc(&mark, word, &body, terminated, lines));
        found.lines.extend(body);
        if !terminated {
            found.unterminated = Some(mark.name);
            break;
        }
    }
    found
}

fn heredoc(mark: &Mark, word: Span, body: &[Line], terminated: bool, lines: &Lines) -> Heredoc {
    let content = &body[..body.len() - usize::from(terminated)];
    let start = body.first().map_or(word.end, |line| line.start);
    let span = Span::new(start, content.last().map_or(start, |line| line.next));
    Heredoc {
        name: mark.name.clone(),
        expand: mark.expand,
        chomp: mark.chomp,
        body: lines.slice(span).to_owned(),
        fd: mark.fd,
        span,
        word,
    }
}

/// The lines of one body, with the terminator if there is one.
fn body<'a>(mark: &Mark, lines: &mut Lines<'a>, table: &LineTable) -> (Vec<Line<'a>>, bool) {
    let mut body = Vec::new();
    let end = table.find(&mark.name, mark.chomp, lines.at());
    // Half-typed text: what looks like the next instruction ends the body, so that the rest is still read.
    let recovery = table.instruction(lines.at()).filter(|_| end.is_none());
    while recovery != Some(lines.at())
        && let Some(line) = lines.next()
    {
        body.push(line);
        if end == Some(line.start) {
            return (body, true);
        }
    }
    (body, false)
}
