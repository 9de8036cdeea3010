//! Text → physical lines → logical lines: continuations joined, comments and blank lines inside dropped.

use super::span::Span;

/// Docker's limit for one physical line, without its line feed.
const LONGEST: usize = 65_535;

/// A line of the text.
#[derive(Debug, Clone, Copy)]
pub(super) struct Line<'a> {
    /// From 1.
    pub(super) number: u32,
    /// Without carriage returns and line feed at its end.
    pub(super) text: &'a str,
    /// Where it begins, behind a byte order mark.
    pub(super) start: usize,
    /// Behind its line feed.
    pub(super) next: usize,
    /// Whether Docker refuses it for its length.
    pub(super) too_long: bool,
}

impl Line<'_> {
    /// The line without its end.
    pub(super) fn span(&self) -> Span {
        Span::new(self.start, self.start + self.text.len())
    }

    /// Whether its first character that is not blank is `#`.
    pub(super) fn is_comment(&self) -> bool {
        self.text.trim_start().starts_with('#')
    }
}

/// Gives the lines of a text one after another.
#[derive(Debug, Clone)]
pub(super) struct Lines<'a> {
    text: &'a str,
    at: usize,
    number: u32,
}

impl<'a> Lines<'a> {
    pub(super) fn new(text: &'a str) -> Self {
        let at = if text.starts_with('\u{feff}') { '\u{feff}'.len_utf8() } else { 0 };
        Self { text, at, number: 0 }
    }

    /// The number of the line given last, from 1.
    pub(super) fn number(&self) -> u32 {
        self.number
    }

    /// The text of a span.
    pub(super) fn slice(&self, span: Span) -> &'a str {
        self.text.get(span.start..span.end).unwrap_or_default()
    }

    /// Where the next line begins.
    pub(super) fn at(&self) -> usize {
        self.at
    }
}

impl<'a> Iterator for Lines<'a> {
    type Item = Line<'a>;

    fn next(&mut self) -> Option<Line<'a>> {
        let start = self.at;
        let rest = self.text.get(start..).filter(|rest| !rest.is_empty())?;
        let whole = rest.split_inclusive('\n').next()?;
        self.at = start + whole.len();
        self.number += 1;
        let too_long = whole.strip_suffix('\n').unwrap_or(whole).len() > LONGEST;
        let text = whole.trim_end_matches(['\r', '\n']);
        Some(Line { number: self.number, text, start, next: self.at, too_long })
    }
}

/// An instruction on one line, which knows where each of its bytes came from.
#[derive(Debug)]
pub(super) struct Logical {
    pub(super) text: String,
    /// Where it begins in the source.
    start: usize,
    /// For each piece: where it begins in `text`, and where in the source.
    pieces: Vec<(usize, usize)>,
}

impl Logical {
    pub(super) fn new(start: usize) -> Self {
        Self { text: String::new(), start, pieces: Vec::new() }
    }

    /// Appends a piece of the source that begins there at `source`.
    pub(super) fn push(&mut self, piece: &str, source: usize) {
        if !piece.is_empty() {
            self.pieces.push((self.text.len(), source));
            self.text.push_str(piece);
        }
    }

    /// The place in the source of a range of `text`.
    pub(super) fn span(&self, start: usize, end: usize) -> Span {
        let from = self.source(start);
        if end > start { Span::new(from, self.source(end - 1) + 1) } else { Span::new(from, from) }
    }

    fn source(&self, offset: usize) -> usize {
        let piece = self.pieces.partition_point(|(begin, _)| *begin <= offset);
        let piece = piece.checked_sub(1).and_then(|piece| self.pieces.get(piece)).copied();
        let (begin, source) = piece.unwrap_or((0, self.start));
        source + (offset - begin).min(self.text.len() - begin)
    }
}

/// The line up to its continuation: the escape character at its end with the blanks behind it goes.
/// `None` where the line does not continue.
pub(super) fn continued(line: &str, escape: char) -> Option<&str> {
    let before = line.trim_end_matches([' ', '\t']).strip_suffix(escape)?;
    // An escape character in front of it makes it an escaped one; Docker looks at no more than that.
    (!before.ends_with(escape)).then_some(before)
}

/// The text up to the first run of Docker's blanks and the offset behind that run.
pub(super) fn split_blank(text: &str) -> Option<(&str, usize)> {
    let end = text.find(is_blank)?;
    let next = text[end..].find(|ch| !is_blank(ch)).map_or(text.len(), |more| end + more);
    Some((&text[..end], next))
}

/// What separates words: no line feed, and no blanks beyond ASCII.
pub(super) fn is_blank(ch: char) -> bool {
    matches!(ch, '\t' | '\u{b}' | '\u{c}' | '\r' | ' ')
}

/// The range of `text` without blanks at both ends; blank as Unicode has it.
pub(super) fn trimmed(text: &str) -> (usize, usize) {
    let start = text.len() - text.trim_start().len();
    let end = text.trim_end().len();
    (start.min(end), end)
}
