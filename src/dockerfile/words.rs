//! The three ways in which Docker splits the rest of an instruction's line. All offsets are into that line.

use super::lines::is_blank;

/// A range of the line.
pub(super) type Slice = (usize, usize);

/// A flag in front of the arguments, quotes and escapes removed.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct RawFlag {
    pub(super) text: String,
    pub(super) at: Slice,
}

/// Takes the flags off: the words that begin with `--`, up to a bare `--`. Gives them and where the rest begins.
///
/// Docker goes through bytes here and takes each for a character, so that flags beyond ASCII come out as it
/// writes them; the same happens here.
pub(super) fn flags(line: &str, start: usize, escape: char) -> (Vec<RawFlag>, usize) {
    let bytes = line.as_bytes();
    let mut found = Vec::new();
    let mut at = start;
    loop {
        while bytes.get(at).is_some_and(|byte| char::from(*byte).is_whitespace()) {
            at += 1;
        }
        if !bytes.get(at..).is_some_and(|rest| rest.starts_with(b"--")) {
            return (found, boundary(line, at));
        }
        let (text, end, quoted) = flag(bytes, at, escape);
        if text == "--" {
            return (found, boundary(line, end));
        }
        if quoted || !text.is_empty() {
            found.push(RawFlag { text, at: (at, boundary(line, end)) });
        }
        at = end;
    }
}

/// One flag: its text, where it ends, and whether it has quotes.
fn flag(bytes: &[u8], start: usize, escape: char) -> (String, usize, bool) {
    let mut text = String::new();
    let mut quote = None;
    let mut quoted = false;
    let mut at = start;
    while let Some(ch) = bytes.get(at).copied().map(char::from) {
        at += 1;
        if quote == Some(ch) {
            quote = None;
        } else if quote.is_none() && ch.is_whitespace() {
            return (text, at - 1, quoted);
        } else if quote.is_none() && (ch == '\'' || ch == '"') {
            quote = Some(ch);
            quoted = true;
        } else if ch == escape {
            match bytes.get(at) {
                Some(next) => text.push(char::from(*next)),
                None => quote = None,
            }
            at += 1;
        } else {
            text.push(ch);
        }
    }
    (text, bytes.len(), quoted)
}

fn boundary(line: &str, mut at: usize) -> usize {
    while !line.is_char_boundary(at) {
        at += 1;
    }
    at
}

/// Words at blanks, as they are.
pub(super) fn at_blanks(line: &str, (start, end): Slice) -> Vec<Slice> {
    let mut words = Vec::new();
    let mut begin = None;
    for (offset, ch) in line[start..end].char_indices() {
        match (is_blank(ch), begin) {
            (true, Some(from)) => {
                words.push((from, start + offset));
                begin = None;
            }
            (false, None) => begin = Some(start + offset),
            _ => {}
        }
    }
    words.extend(begin.map(|from| (from, end)));
    words
}

/// A word of `ENV`, `LABEL` or `ARG`: its text is the line's except for a lone escape character at the end.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct QuotedWord {
    pub(super) text: String,
    pub(super) at: Slice,
}

/// Words at blanks outside of quotes; quotes and escapes stay.
pub(super) fn quoted(line: &str, (start, end): Slice, escape: char) -> Vec<QuotedWord> {
    let mut words = Vec::new();
    let mut word: Option<QuotedWord> = None;
    let mut quote = None;
    let mut chars = line[start..end].char_indices().peekable();
    while let Some((offset, ch)) = chars.next() {
        if quote.is_none() && ch.is_whitespace() {
            words.extend(word.take());
            continue;
        }
        let at = start + offset;
        let current = word.get_or_insert_with(|| QuotedWord { text: String::new(), at: (at, at) });
        current.at.1 = at + ch.len_utf8();
        if quote == Some(ch) {
            quote = None;
        } else if quote.is_none() && (ch == '\'' || ch == '"') {
            quote = Some(ch);
        }
        if ch == escape && quote != Some('\'') {
            let Some((next, escaped)) = chars.next() else { break };
            current.text.push(ch);
            current.text.push(escaped);
            current.at.1 = start + next + escaped.len_utf8();
        } else {
            current.text.push(ch);
        }
    }
    words.extend(word);
    words.retain(|word| !word.text.is_empty());
    words
}

#[cfg(test)]
mod tests {
    use super::{at_blanks, flags, quoted};

    fn flag_texts(line: &str) -> (Vec<String>, &str) {
        let (found, rest) = flags(line, 0, '\\');
        (found.into_iter().map(|flag| flag.text).collect(), &line[rest..])
    }

    #[test]
    fn flags_end_at_the_first_ordinary_word() {
        assert_eq!(
            flag_texts("--a=1 --b x --c"),
            (vec!["--a=1".to_owned(), "--b".to_owned()], "x --c")
        );
    }

    #[test]
    fn quotes_and_escapes_of_a_flag_are_removed() {
        assert_eq!(flag_texts(r#"--a="x y" z"#), (vec!["--a=x y".to_owned()], "z"));
        assert_eq!(flag_texts(r"--a=x\ y z"), (vec!["--a=x y".to_owned()], "z"));
        assert_eq!(flag_texts(r"--a='x\' z"), (vec!["--a=x' z".to_owned()], ""));
    }

    #[test]
    fn a_bare_double_dash_ends_the_flags() {
        assert_eq!(flag_texts("--a -- --b c"), (vec!["--a".to_owned()], " --b c"));
        assert_eq!(flag_texts("--"), (vec![], ""));
    }

    #[test]
    fn blanks_beyond_ascii_do_not_separate_words() {
        assert_eq!(at_blanks("a\u{a0}b \t c", (0, 8)), [(0, 4), (7, 8)]);
    }

    #[test]
    fn quotes_hold_blanks_together() {
        let texts = |line: &str| -> Vec<String> {
            quoted(line, (0, line.len()), '\\').into_iter().map(|word| word.text).collect()
        };
        assert_eq!(texts(r#"a="x y" b=c\ d"#), [r#"a="x y""#, r"b=c\ d"]);
        assert_eq!(texts(r"a='x\' b"), [r"a='x\'", "b"]);
        assert_eq!(texts(r"a=b\"), ["a=b"]);
        assert_eq!(texts(r"\"), [""; 0]);
    }
}
