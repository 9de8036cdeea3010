//! The JSON form of arguments.

use super::words::Slice;
use serde::de::IgnoredAny;

/// What a rest of a line is as JSON.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Json {
    /// An array of strings, each decoded and with its place, quotes included.
    Strings(Vec<(String, Slice)>),
    /// An array with something else in it, which Docker refuses.
    Other,
    /// No JSON array, so the text is taken as words.
    None,
}

/// Reads `line[start..end]`.
pub(super) fn parse(line: &str, (start, end): Slice) -> Json {
    let text = &line[start..end];
    let mut reader = Reader { text, at: text.len() - text.trim_start().len() };
    match reader.strings() {
        Some(strings) => Json::Strings(
            strings
                .into_iter()
                .map(|(text, (from, to))| (text, (start + from, start + to)))
                .collect(),
        ),
        None if is_array(text.trim_start()) => Json::Other,
        None => Json::None,
    }
}

fn is_array(text: &str) -> bool {
    text.starts_with('[') && serde_json::from_str::<IgnoredAny>(text).is_ok()
}

struct Reader<'a> {
    text: &'a str,
    at: usize,
}

impl Reader<'_> {
    fn strings(&mut self) -> Option<Vec<(String, Slice)>> {
        self.expect('[')?;
        let mut strings = Vec::new();
        self.blanks();
        if self.expect(']').is_none() {
            loop {
                self.blanks();
                strings.push(self.string()?);
                self.blanks();
                if self.expect(',').is_none() {
                    break;
                }
            }
            self.expect(']')?;
        }
        self.blanks();
        (self.at == self.text.len()).then_some(strings)
    }

    fn string(&mut self) -> Option<(String, Slice)> {
        let start = self.at;
        self.expect('"')?;
        let mut decoded = String::new();
        loop {
            match self.next()? {
                '"' => return Some((decoded, (start, self.at))),
                '\\' => decoded.push(self.escape()?),
                ch if ch < ' ' => return None,
                ch => decoded.push(ch),
            }
        }
    }

    fn escape(&mut self) -> Option<char> {
        Some(match self.next()? {
            'b' => '\u{8}',
            'f' => '\u{c}',
            'n' => '\n',
            'r' => '\r',
            't' => '\t',
            'u' => self.unicode()?,
            ch @ ('"' | '\\' | '/') => ch,
            _ => return None,
        })
    }

    /// A half of a surrogate pair without its other half becomes the replacement character, as in Go.
    fn unicode(&mut self) -> Option<char> {
        let first = self.hex()?;
        if !(0xd800..0xdc00).contains(&first) {
            return Some(char::from_u32(first).unwrap_or(char::REPLACEMENT_CHARACTER));
        }
        let behind = self.at;
        if self.expect('\\').is_some()
            && self.expect('u').is_some()
            && let Some(second) = self.hex()
            && (0xdc00..0xe000).contains(&second)
        {
            return char::from_u32(0x10000 + ((first - 0xd800) << 10) + (second - 0xdc00));
        }
        self.at = behind;
        Some(char::REPLACEMENT_CHARACTER)
    }

    fn hex(&mut self) -> Option<u32> {
        let digits = self.text.get(self.at..self.at + 4)?;
        self.at += 4;
        digits
            .bytes()
            .all(|digit| digit.is_ascii_hexdigit())
            .then(|| u32::from_str_radix(digits, 16).ok())
            .flatten()
    }

    fn next(&mut self) -> Option<char> {
        let ch = self.text[self.at..].chars().next()?;
        self.at += ch.len_utf8();
        Some(ch)
    }

    fn expect(&mut self, wanted: char) -> Option<()> {
        self.text[self.at..].starts_with(wanted).then(|| self.at += wanted.len_utf8())
    }

    fn blanks(&mut self) {
        let rest = &self.text[self.at..];
        self.at = self.text.len() - rest.trim_start_matches([' ', '\t', '\r', '\n']).len();
    }
}

#[cfg(test)]
mod tests {
    use super::{Json, parse};

    fn strings(line: &str) -> Option<Vec<String>> {
        match parse(line, (0, line.len())) {
            Json::Strings(found) => Some(found.into_iter().map(|(text, _)| text).collect()),
            Json::Other | Json::None => None,
        }
    }

    #[test]
    fn an_array_of_strings_is_decoded() {
        assert_eq!(strings("[]"), Some(vec![]));
        assert_eq!(strings(r#" [ "a" , "b\n\u00e9" ] "#), Some(vec!["a".into(), "b\né".into()]));
        assert_eq!(strings(r#"["\ud83d\ude00"]"#), Some(vec!["😀".into()]));
        assert_eq!(strings(r#"["\ud83dx"]"#), Some(vec!["\u{fffd}x".into()]));
        assert_eq!(strings(r#"["\ud83d\u0041"]"#), Some(vec!["\u{fffd}A".into()]));
    }

    #[test]
    fn what_is_no_json_is_words() {
        for text in
            [r"['a']", r"[ -f x ]", r#"["c:\x"]"#, r#"["a"] x"#, r#"["a",]"#, "[a", "", "\"a\""]
        {
            assert_eq!(parse(text, (0, text.len())), Json::None, "{text}");
        }
    }

    #[test]
    fn anything_but_strings_in_an_array_is_refused() {
        for text in ["[1]", "[null]", r#"["a", ["b"]]"#, r#"[{"a": 1}]"#] {
            assert_eq!(parse(text, (0, text.len())), Json::Other, "{text}");
        }
    }

    #[test]
    fn each_string_knows_its_place() {
        let Json::Strings(found) = parse(r#"xx["a", "bc"]"#, (2, 13)) else { panic!("no array") };
        assert_eq!(found, [("a".to_owned(), (3, 6)), ("bc".to_owned(), (8, 12))]);
    }
}
