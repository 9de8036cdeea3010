//! Where the lines of a text are, by what they say: a heredoc's end is looked up, not searched for, so
//! that many heredocs without an end cost no more than others.

use std::collections::HashMap;

use super::keyword::begins_instruction;
use super::lines::Lines;

/// The starts of lines, ascending.
#[derive(Debug, Default)]
pub(super) struct LineTable<'a> {
    exact: HashMap<&'a str, Vec<usize>>,
    /// By the text behind leading tabs.
    untabbed: HashMap<&'a str, Vec<usize>>,
    instructions: Vec<usize>,
}

impl<'a> LineTable<'a> {
    pub(super) fn new(text: &'a str) -> Self {
        let mut table = Self::default();
        for line in Lines::new(text) {
            let untabbed = line.text.trim_start_matches('\t');
            table.exact.entry(line.text).or_default().push(line.start);
            table.untabbed.entry(untabbed).or_default().push(line.start);
            if begins_instruction(line.text) {
                table.instructions.push(line.start);
            }
        }
        table
    }

    /// The first line from an offset on that says just this, behind tabs if `untabbed`.
    pub(super) fn find(&self, text: &str, untabbed: bool, from: usize) -> Option<usize> {
        let lines = if untabbed { &self.untabbed } else { &self.exact };
        first(lines.get(text)?, from)
    }

    /// The first line from an offset on that looks like the beginning of an instruction.
    pub(super) fn instruction(&self, from: usize) -> Option<usize> {
        first(&self.instructions, from)
    }
}

fn first(starts: &[usize], from: usize) -> Option<usize> {
    starts.get(starts.partition_point(|start| *start < from)).copied()
}
