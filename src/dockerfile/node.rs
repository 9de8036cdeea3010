//! An instruction's line → keyword, flags and arguments, before any meaning is given to them.

use super::instruction::{Arguments, Word};
use super::json::{self, Json};
use super::lines::{Logical, split_blank, trimmed};
use super::span::Span;
use super::words::{self, Slice};

/// A part of the logical line.
pub(super) struct Node {
    pub(super) keyword: Word,
    pub(super) flags: Vec<Word>,
    pub(super) arguments: Arguments,
    /// Whether the arguments are an array with something else than strings in it.
    pub(super) mixed_array: bool,
    /// The part as it is.
    pub(super) whole: Word,
    /// What follows the flags.
    pub(super) rest: Word,
    /// Where that is in the line.
    rest_at: Slice,
    /// What `ONBUILD` holds.
    pub(super) inner: Option<Box<Node>>,
}

impl Node {
    /// Reads `line.text[range]`.
    pub(super) fn read(line: &Logical, range: Slice, escape: char) -> Self {
        let mut node = Self::read_plain(line, range, escape);
        // Docker refuses a trigger in a trigger, so no deeper one is read: a line of nothing else
        // would exhaust the stack.
        if node.is("ONBUILD") && node.rest_at.0 < node.rest_at.1 {
            node.inner = Some(Box::new(Self::read_plain(line, node.rest_at, escape)));
        }
        node
    }

    fn read_plain(line: &Logical, (start, end): Slice, escape: char) -> Self {
        let (from, to) = trimmed(&line.text[start..end]);
        let (start, end) = (start + from, start + to);
        let part = &line.text[start..end];
        let (keyword, behind) = split_blank(part).unwrap_or((part, part.len()));
        let keyword = word(line, (start, start + keyword.len()));
        let (flags, rest) = words::flags(&line.text[..end], start + behind, escape);
        let (from, to) = trimmed(&line.text[rest..end]);
        let rest = (rest + from, rest + to);
        let mut node = Self {
            whole: word(line, (start, end)),
            flags: flags
                .into_iter()
                .map(|flag| Word { text: flag.text, span: line.span(flag.at.0, flag.at.1) })
                .collect(),
            arguments: Arguments::Words(Vec::new()),
            mixed_array: false,
            rest: word(line, rest),
            rest_at: rest,
            inner: None,
            keyword,
        };
        node.read_arguments(line, rest, escape);
        node
    }

    fn read_arguments(&mut self, line: &Logical, rest: Slice, escape: char) {
        match self.keyword.text.to_ascii_uppercase().as_str() {
            "RUN" | "CMD" | "ENTRYPOINT" | "SHELL" => {
                self.arguments =
                    self.json(line, rest).unwrap_or(Arguments::Text(self.rest.clone()));
            }
            "COPY" | "ADD" | "VOLUME" => {
                self.arguments = self.json(line, rest).unwrap_or_else(|| at_blanks(line, rest));
            }
            "FROM" | "EXPOSE" => self.arguments = at_blanks(line, rest),
            "ENV" | "LABEL" | "ARG" => {
                let mut words = words::quoted(&line.text, rest, escape);
                let old_form = words.first().is_some_and(|word| !word.text.contains('='));
                if old_form && words.len() > 2 && !self.is("ARG") {
                    // All behind the name is the value, with the blanks in it.
                    let at = (words[1].at.0, rest.1);
                    words.truncate(1);
                    let text = line.text[at.0..at.1].to_owned();
                    words.push(words::QuotedWord { text, at });
                }
                self.arguments = Arguments::Words(
                    words
                        .into_iter()
                        .map(|word| Word { text: word.text, span: line.span(word.at.0, word.at.1) })
                        .collect(),
                );
            }
            "HEALTHCHECK" => self.healthcheck(line, rest),
            _ => self.arguments = Arguments::Text(self.rest.clone()),
        }
    }

    fn json(&mut self, line: &Logical, at: Slice) -> Option<Arguments> {
        match json::parse(&line.text, at) {
            Json::Strings(strings) => Some(Arguments::Json(
                strings
                    .into_iter()
                    .map(|(text, (start, end))| Word { text, span: line.span(start, end) })
                    .collect(),
            )),
            Json::Other => {
                self.mixed_array = true;
                None
            }
            Json::None => None,
        }
    }

    /// The type, then a command in either form.
    fn healthcheck(&mut self, line: &Logical, (start, end): Slice) {
        if start == end {
            return;
        }
        let text = &line.text[start..end];
        let length = text.find(char::is_whitespace).unwrap_or(text.len());
        let (from, _) = trimmed(&text[length..]);
        let command = (start + length + from, end);
        let mut all = vec![word(line, (start, start + length))];
        if let Some(arguments) = self.json(line, command) {
            all.extend_from_slice(arguments.words());
            self.arguments = Arguments::Json(all);
        } else {
            all.extend((command.0 < end).then(|| word(line, command)));
            self.arguments = Arguments::Words(all);
        }
    }

    /// Only `RUN`, `COPY` and `ADD`, also behind `ONBUILD`, and not in JSON form.
    pub(super) fn can_hold_heredocs(&self) -> bool {
        match &self.inner {
            Some(inner) if self.is("ONBUILD") => inner.holds_heredocs_itself(),
            _ => self.holds_heredocs_itself(),
        }
    }

    fn holds_heredocs_itself(&self) -> bool {
        !self.arguments.is_json() && ["RUN", "COPY", "ADD"].iter().any(|keyword| self.is(keyword))
    }

    fn is(&self, keyword: &str) -> bool {
        self.keyword.text.eq_ignore_ascii_case(keyword)
    }

    /// Where to point when the arguments are wrong.
    pub(super) fn arguments_span(&self) -> Span {
        if self.rest.span.is_empty() { self.keyword.span } else { self.rest.span }
    }
}

fn word(line: &Logical, (start, end): Slice) -> Word {
    Word { text: line.text[start..end].to_owned(), span: line.span(start, end) }
}

fn at_blanks(line: &Logical, at: Slice) -> Arguments {
    Arguments::Words(
        words::at_blanks(&line.text, at).into_iter().map(|at| word(line, at)).collect(),
    )
}
