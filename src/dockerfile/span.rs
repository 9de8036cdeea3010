//! Places in a text: byte offsets inside the core, lines and UTF-16 columns at the boundary.

use serde::{Deserialize, Serialize};
#[cfg(target_arch = "wasm32")]
use tsify::Tsify;

/// A half-open range of byte offsets, always on character boundaries.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Default)]
pub struct Span {
    /// The first byte.
    pub start: usize,
    /// The byte after the last one.
    pub end: usize,
}

impl Span {
    /// The range from `start` up to but without `end`.
    pub const fn new(start: usize, end: usize) -> Self {
        Self { start, end }
    }

    /// Whether `offset` lies inside.
    pub const fn contains(self, offset: usize) -> bool {
        self.start <= offset && offset < self.end
    }

    /// Whether nothing lies inside.
    pub const fn is_empty(self) -> bool {
        self.start >= self.end
    }
}

/// A place as editors count it: line and UTF-16 column, both from 0.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[cfg_attr(target_arch = "wasm32", derive(Tsify))]
pub struct Position {
    /// The line, from 0.
    pub line: u32,
    /// The column in UTF-16 units, from 0.
    pub column: u32,
}

/// A range as editors count it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[cfg_attr(target_arch = "wasm32", derive(Tsify))]
pub struct Range {
    /// The first place inside.
    pub start: Position,
    /// The place after the last one.
    pub end: Position,
}

/// Where the lines of a text begin, and how bytes and columns relate in it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LineIndex {
    starts: Vec<usize>,
    length: usize,
    /// For each character beyond ASCII: where it ends, and by how much the bytes up to there
    /// outnumber the UTF-16 units.
    wide: Vec<(usize, usize)>,
}

impl LineIndex {
    /// Looks through `text` once.
    pub fn new(text: &str) -> Self {
        let line_feeds = text.bytes().enumerate().filter(|(_, byte)| *byte == b'\n');
        let starts = std::iter::once(0).chain(line_feeds.map(|(at, _)| at + 1)).collect();
        let mut surplus = 0;
        let beyond_ascii = text.char_indices().filter(|(_, ch)| !ch.is_ascii());
        let wide = beyond_ascii
            .map(|(at, ch)| {
                surplus += ch.len_utf8() - ch.len_utf16();
                (at + ch.len_utf8(), surplus)
            })
            .collect();
        Self { starts, length: text.len(), wide }
    }

    /// The number of lines; a text that ends in a line feed has an empty last one.
    pub fn count(&self) -> usize {
        self.starts.len()
    }

    /// The line of a byte offset, from 0.
    pub fn line(&self, offset: usize) -> usize {
        self.starts.partition_point(|start| *start <= offset) - 1
    }

    /// The bytes of a line without its line feed.
    pub fn span(&self, line: usize) -> Span {
        let start = self.starts.get(line).copied().unwrap_or(self.length);
        let end = self.starts.get(line + 1).map_or(self.length, |next| next - 1);
        Span { start, end }
    }

    /// The first byte of a line, or the end of the text after the last one.
    pub fn start(&self, line: usize) -> usize {
        self.starts.get(line).copied().unwrap_or(self.length)
    }

    /// A byte offset on a character boundary as editors count it. Takes no longer in a long line
    /// than in a short one.
    pub fn position(&self, offset: usize) -> Position {
        let offset = offset.min(self.length);
        let line = self.line(offset);
        let start = self.start(line);
        let column = offset - start - (self.surplus(offset) - self.surplus(start));
        Position { line: saturate(line), column: saturate(column) }
    }

    /// A span as editors count it.
    pub fn range(&self, span: Span) -> Range {
        Range { start: self.position(span.start), end: self.position(span.end) }
    }

    /// By how much the bytes before an offset outnumber the UTF-16 units.
    fn surplus(&self, offset: usize) -> usize {
        let before = self.wide.partition_point(|(end, _)| *end <= offset);
        before.checked_sub(1).map_or(0, |last| self.wide[last].1)
    }
}

fn saturate(number: usize) -> u32 {
    u32::try_from(number).unwrap_or(u32::MAX)
}
