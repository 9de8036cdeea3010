//! One pass over a word, with the shell's quoting.

use super::pattern::{replace_all, replace_first, without_prefix, without_suffix};
use super::{Budget, DEEPEST, ExpandError, ExpandLimit, ExpandReason, LONGEST};

/// What stands for the end of the text in Docker's messages.
const END: char = char::REPLACEMENT_CHARACTER;

/// How a text is read.
#[derive(Debug, Clone, Copy)]
#[expect(clippy::struct_excessive_bools, reason = "four independent switches of one lexer")]
pub(super) struct Mode {
    pub(super) escape: char,
    /// Quotes are ordinary characters.
    pub(super) plain_quotes: bool,
    /// Quotes stay in the result.
    pub(super) raw_quotes: bool,
    /// Escape characters stay in the result.
    pub(super) raw_escapes: bool,
    /// Variables that are unset stay as they are written.
    pub(super) keep_unset: bool,
}

impl Default for Mode {
    fn default() -> Self {
        Self {
            escape: '\\',
            plain_quotes: false,
            raw_quotes: false,
            raw_escapes: false,
            keep_unset: false,
        }
    }
}

/// A word of the shell and where it stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct ShellWord {
    pub(crate) text: String,
    pub(crate) start: usize,
    pub(crate) end: usize,
}

/// Splits `text` as the shell would, variables left as they are. With `raw`, quotes and escapes stay, too.
/// `None` where a quote or a brace is not closed.
pub(crate) fn split_shell(
    text: &str,
    raw_quotes: bool,
    raw_escapes: bool,
) -> Option<Vec<ShellWord>> {
    let mode = Mode { raw_quotes, raw_escapes, keep_unset: true, ..Mode::default() };
    let budget = Budget::default();
    Lexer::new(text, &|_: &str| None, mode, &budget).run().ok().map(|expanded| expanded.words)
}

#[derive(Debug, Default)]
pub(super) struct Expanded {
    /// All of it as one word.
    pub(super) text: String,
    /// Split at blanks that were not quoted.
    pub(super) words: Vec<ShellWord>,
}

type Reason = ExpandReason;

pub(super) struct Lexer<'a> {
    text: &'a str,
    at: usize,
    depth: u32,
    mode: Mode,
    lookup: &'a dyn Fn(&str) -> Option<String>,
    budget: &'a Budget,
}

impl<'a> Lexer<'a> {
    pub(super) fn new(
        text: &'a str,
        lookup: &'a dyn Fn(&str) -> Option<String>,
        mode: Mode,
        budget: &'a Budget,
    ) -> Self {
        // Docker's scanner drops a byte order mark at the beginning of whatever it reads.
        let at = if text.starts_with('\u{feff}') { '\u{feff}'.len_utf8() } else { 0 };
        Self { text, at, depth: 0, mode, lookup, budget }
    }

    pub(super) fn run(mut self) -> Result<Expanded, ExpandError> {
        let word = self.text;
        self.until(None).map_err(|reason| ExpandError { word: word.to_owned(), reason })
    }

    fn peek(&self) -> Option<char> {
        self.text[self.at..].chars().next()
    }

    fn next(&mut self) -> Option<char> {
        let ch = self.peek()?;
        self.at += ch.len_utf8();
        Some(ch)
    }

    /// Reads up to `stop`, or to the end.
    fn until(&mut self, stop: Option<char>) -> Result<Expanded, Reason> {
        let mut out = Output::default();
        while let Some(ch) = self.peek() {
            let start = self.at;
            if out.text.len() > LONGEST {
                return Err(ExpandLimit::Length.into());
            }
            if Some(ch) == stop {
                self.next();
                return Ok(out.finish());
            }
            match ch {
                '$' => {
                    let value = self.dollar()?;
                    value.chars().for_each(|ch| out.add(ch, start, self.at));
                    out.text.push_str(&value);
                }
                '\'' if !self.mode.plain_quotes => {
                    out.add_raw(&self.single_quotes()?, start, self.at);
                }
                '"' if !self.mode.plain_quotes => {
                    out.add_raw(&self.double_quotes()?, start, self.at);
                }
                '<' => out.add_raw(&self.angle(), start, self.at),
                _ if ch == self.mode.escape => self.escaped(&mut out),
                _ => {
                    self.next();
                    out.add(ch, start, self.at);
                    out.text.push(ch);
                }
            }
        }
        match stop {
            None => Ok(out.finish()),
            // The caller says better what is missing.
            Some(_) => Err(ExpandReason::MissingBrace),
        }
    }

    fn nested(&mut self, stop: char, raw_escapes: bool) -> Result<String, Reason> {
        if self.depth == DEEPEST {
            return Err(ExpandLimit::Depth.into());
        }
        let outer = std::mem::replace(&mut self.mode.raw_escapes, raw_escapes);
        self.depth += 1;
        let result = self.until(Some(stop));
        self.depth -= 1;
        self.mode.raw_escapes = outer;
        match result {
            Ok(expanded) => {
                self.budget.spend(expanded.text.len())?;
                Ok(expanded.text)
            }
            Err(limit @ ExpandReason::Limit(_)) => Err(limit),
            Err(_) if self.peek().is_none() => Err(match stop {
                '/' => ExpandReason::MissingSlash,
                _ => ExpandReason::MissingBrace,
            }),
            Err(reason) => Err(reason),
        }
    }

    fn escaped(&mut self, out: &mut Output) {
        let start = self.at;
        let escape = self.next();
        if let Some(ch) = escape.filter(|_| self.mode.raw_escapes) {
            out.add_raw(ch.encode_utf8(&mut [0; 4]), start, self.at);
        }
        if let Some(ch) = self.next() {
            out.add_raw(ch.encode_utf8(&mut [0; 4]), start, self.at);
        }
    }

    fn single_quotes(&mut self) -> Result<String, Reason> {
        let start = self.at;
        self.next();
        loop {
            match self.next() {
                None => {
                    return Err(ExpandReason::Unclosed("single-quote"));
                }
                Some('\'') => {
                    let whole = &self.text[start..self.at];
                    return Ok(if self.mode.raw_quotes {
                        whole
                    } else {
                        &whole[1..whole.len() - 1]
                    }
                    .to_owned());
                }
                Some(_) => {}
            }
        }
    }

    fn double_quotes(&mut self) -> Result<String, Reason> {
        let mut result = String::new();
        result.extend(self.next().filter(|_| self.mode.raw_quotes));
        loop {
            match self.peek() {
                None => {
                    return Err(ExpandReason::Unclosed("double-quote"));
                }
                Some('"') => {
                    result.extend(self.next().filter(|_| self.mode.raw_quotes));
                    return Ok(result);
                }
                Some('$') => result.push_str(&self.dollar()?),
                Some(mut ch) => {
                    self.next();
                    if ch == self.mode.escape {
                        if self.mode.raw_escapes {
                            result.push(ch);
                        }
                        match self.peek() {
                            None => continue,
                            Some(next)
                                if next == '"' || next == '$' || next == self.mode.escape =>
                            {
                                ch = next;
                                self.next();
                            }
                            Some(_) => {}
                        }
                    }
                    result.push(ch);
                }
            }
        }
    }

    /// `<<` holds the blanks behind it, so that a heredoc's delimiter may stand apart from it.
    fn angle(&mut self) -> String {
        let start = self.at;
        self.next();
        if self.peek() == Some('<') {
            self.next();
            while matches!(self.peek(), Some('\t' | '\r' | ' ')) {
                self.next();
            }
        }
        self.text[start..self.at].to_owned()
    }

    fn dollar(&mut self) -> Result<String, Reason> {
        self.next();
        if self.peek() != Some('{') {
            let name = self.name();
            if name.is_empty() {
                return Ok("$".to_owned());
            }
            return Ok(match self.value(&name)? {
                None if self.mode.keep_unset => format!("${name}"),
                value => value.unwrap_or_default(),
            });
        }
        self.next();
        match self.peek() {
            None => return Err(ExpandReason::MissingBrace),
            Some('{' | '}' | ':') => return Err(ExpandReason::BadSubstitution),
            Some(_) => {}
        }
        let name = self.name();
        match self.next().unwrap_or(END) {
            '}' => Ok(match self.value(&name)? {
                None if self.mode.keep_unset => format!("${{{name}}}"),
                value => value.unwrap_or_default(),
            }),
            ':' => {
                let modifier = self.next().unwrap_or(END);
                self.modified(&name, modifier, true)
            }
            modifier @ ('+' | '-' | '?' | '#' | '%') => self.modified(&name, modifier, false),
            '/' => self.replaced(&name),
            modifier => Err(ExpandReason::UnsupportedModifier(modifier.to_string())),
        }
    }

    /// `${name:-word}` and the like, from behind the modifier on. With a colon, empty counts as unset.
    fn modified(&mut self, name: &str, modifier: char, colon: bool) -> Result<String, Reason> {
        let written = if colon { format!(":{modifier}") } else { modifier.to_string() };
        let removes = matches!(modifier, '#' | '%');
        let word = self.nested('}', removes)?;
        let value = self.value(name)?;
        if self.mode.keep_unset && value.is_none() {
            return Ok(format!("${{{name}{written}{word}}}"));
        }
        let given = value.clone().filter(|value| !(colon && value.is_empty()));
        match modifier {
            '-' => Ok(given.unwrap_or(word)),
            '+' => Ok(given.map(|_| word).unwrap_or_default()),
            '?' => given.ok_or_else(|| {
                let lack = if value.is_none() { "unset" } else { "empty" };
                let default = || format!("is not allowed to be {lack}");
                let message = if word.is_empty() { default() } else { word };
                ExpandReason::Required { name: name.to_owned(), message }
            }),
            '#' | '%' => {
                let (pattern, greedy) = match word.strip_prefix(modifier) {
                    Some(pattern) => (pattern, true),
                    None => (word.as_str(), false),
                };
                let value = value.unwrap_or_default();
                if modifier == '#' {
                    without_prefix(&value, pattern, greedy, self.budget)
                } else {
                    without_suffix(&value, pattern, greedy, self.budget)
                }
            }
            _ => Err(ExpandReason::UnsupportedModifier(written)),
        }
    }

    /// `${name/pattern/replacement}`, from behind the first slash on.
    fn replaced(&mut self, name: &str) -> Result<String, Reason> {
        let all = self.peek() == Some('/');
        if all {
            self.next();
        }
        let pattern = self.nested('/', true)?;
        let replacement = self.nested('}', true)?;
        let value = self.value(name)?;
        if self.mode.keep_unset && value.is_none() {
            return Ok(format!("${{{name}/{pattern}/{replacement}}}"));
        }
        let value = value.unwrap_or_default();
        if all {
            replace_all(&value, &pattern, &replacement, self.budget)
        } else {
            replace_first(&value, &pattern, &replacement, self.budget)
        }
    }

    fn value(&self, name: &str) -> Result<Option<String>, Reason> {
        let value = (self.lookup)(name);
        self.budget.spend(value.as_ref().map_or(0, String::len))?;
        Ok(value)
    }

    /// A name; of digits only if it begins with one; or a single special character.
    fn name(&mut self) -> String {
        let start = self.at;
        let in_name = match self.peek() {
            Some('@' | '*' | '#' | '?' | '-' | '$' | '!') => {
                self.next();
                return self.text[start..self.at].to_owned();
            }
            Some(first) if first.is_ascii_digit() => |ch: char| ch.is_ascii_digit(),
            _ => |ch: char| ch.is_alphabetic() || ch.is_ascii_digit() || ch == '_',
        };
        while self.peek().is_some_and(in_name) {
            self.next();
        }
        self.text[start..self.at].to_owned()
    }
}

/// The result as a whole and in words.
#[derive(Debug, Default)]
struct Output {
    text: String,
    words: Vec<ShellWord>,
    word: Option<ShellWord>,
}

impl Output {
    /// Adds to the words what may split them; the whole text is the caller's.
    fn add(&mut self, ch: char, start: usize, end: usize) {
        if ch.is_whitespace() {
            // An empty word, as of a pair of quotes, is none.
            self.words.extend(self.word.take_if(|word| !word.text.is_empty()));
        } else {
            self.push(ch.encode_utf8(&mut [0; 4]), start, end);
        }
    }

    fn add_raw(&mut self, text: &str, start: usize, end: usize) {
        self.text.push_str(text);
        self.push(text, start, end);
    }

    fn push(&mut self, text: &str, start: usize, end: usize) {
        let word =
            self.word.get_or_insert_with(|| ShellWord { text: String::new(), start, end: start });
        word.text.push_str(text);
        word.end = end;
    }

    fn finish(mut self) -> Expanded {
        self.words.extend(self.word.take_if(|word| !word.text.is_empty()));
        Expanded { text: self.text, words: self.words }
    }
}
