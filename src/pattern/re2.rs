//! The part of Go's regular expressions that an ignore pattern can turn into.
//!
//! Docker rewrites an ignore pattern to an expression character by character, without an eye for
//! classes: `[a*]` becomes `[a[^/]*]`, which is a class, repeated, and a bracket. What a pattern
//! means is what that text means to Go, so that text is read here. Repetitions and groups come
//! from the rewriting alone, since all their characters are escaped in a pattern.

use super::nfa::{Assertion, Op, Set};

/// The program of an expression, or what Go has against it.
pub(super) fn compile(expression: &str) -> Result<Vec<Op>, String> {
    let mut reader = Reader { rest: expression, program: Vec::new() };
    while let Some(character) = reader.next() {
        reader.atom(character)?;
    }
    reader.program.push(Op::Accept);
    Ok(reader.program)
}

struct Reader<'a> {
    rest: &'a str,
    program: Vec<Op>,
}

impl Reader<'_> {
    fn next(&mut self) -> Option<char> {
        let character = self.rest.chars().next()?;
        self.rest = &self.rest[character.len_utf8()..];
        Some(character)
    }

    fn eat(&mut self, text: &str) -> bool {
        self.rest.strip_prefix(text).inspect(|rest| self.rest = rest).is_some()
    }

    fn atom(&mut self, character: char) -> Result<(), String> {
        match character {
            '^' => self.program.push(Op::Assert(Assertion::Start)),
            '$' => self.program.push(Op::Assert(Assertion::End)),
            '.' => self.take(Set::all_but('\n')),
            '[' => {
                let set = self.class()?;
                self.take(set);
            }
            '(' => {
                // Only ever the rewritten `**`: `(.*/)?`.
                if !self.eat(".*/)?") {
                    return Err("missing closing )".into());
                }
                let at = self.program.len();
                self.program.push(Op::Split(at + 1, at + 5));
                self.program.push(Op::Split(at + 2, at + 4));
                self.program.push(Op::Take(Set::all_but('\n')));
                self.program.push(Op::Split(at + 1, at + 1));
                self.program.push(Op::Take(Set::one('/')));
            }
            '\\' => self.escape()?,
            _ => self.take(Set::one(character)),
        }
        Ok(())
    }

    /// A set, with the star that may follow it.
    fn take(&mut self, set: Set) {
        let at = self.program.len();
        if self.eat("*") {
            self.program.push(Op::Split(at + 1, at + 3));
            self.program.push(Op::Take(set));
            self.program.push(Op::Split(at, at));
        } else {
            self.program.push(Op::Take(set));
        }
    }

    fn escape(&mut self) -> Result<(), String> {
        let character = self.next().ok_or("trailing backslash")?;
        match character {
            'A' => self.program.push(Op::Assert(Assertion::Start)),
            'z' => self.program.push(Op::Assert(Assertion::End)),
            'b' => self.program.push(Op::Assert(Assertion::WordBoundary(true))),
            'B' => self.program.push(Op::Assert(Assertion::WordBoundary(false))),
            'Q' => {
                let (literal, rest) = self.rest.split_once("\\E").unwrap_or((self.rest, ""));
                self.program.extend(literal.chars().map(|literal| Op::Take(Set::one(literal))));
                self.rest = rest;
            }
            _ => {
                let set = match perl_class(character) {
                    Some(set) => set,
                    None => Set::one(self.escaped(character)?),
                };
                self.take(set);
            }
        }
        Ok(())
    }

    /// The character that an escape stands for, its first character read already.
    fn escaped(&mut self, character: char) -> Result<char, String> {
        let invalid = || format!("invalid escape sequence `\\{character}`");
        match character {
            'a' => Ok('\x07'),
            'f' => Ok('\x0c'),
            'n' => Ok('\n'),
            'r' => Ok('\r'),
            't' => Ok('\t'),
            'v' => Ok('\x0b'),
            'x' => self.hexadecimal().ok_or_else(invalid),
            '0' | '1'..='7' => self.octal(character).ok_or_else(invalid),
            _ if character.is_ascii() && !character.is_ascii_alphanumeric() => Ok(character),
            _ => Err(invalid()),
        }
    }

    fn hexadecimal(&mut self) -> Option<char> {
        let digits = if self.eat("{") {
            let (digits, rest) = self.rest.split_once('}')?;
            self.rest = rest;
            digits
        } else {
            let digits = self.rest.get(..2)?;
            self.rest = &self.rest[2..];
            digits
        };
        let all = digits.bytes().all(|digit| digit.is_ascii_hexdigit());
        all.then(|| u32::from_str_radix(digits, 16).ok().and_then(char::from_u32))?
    }

    /// `\1` to `\7` alone would be a back reference, which there is none of.
    fn octal(&mut self, first: char) -> Option<char> {
        let mut value = first.to_digit(8)?;
        let mut length = 1;
        while length < 3
            && let Some(digit) = self.rest.chars().next().and_then(|digit| digit.to_digit(8))
        {
            value = value * 8 + digit;
            self.rest = &self.rest[1..];
            length += 1;
        }
        if first != '0' && length == 1 { None } else { char::from_u32(value) }
    }

    /// A class, its `[` read already.
    fn class(&mut self) -> Result<Set, String> {
        let negated = self.eat("^");
        let mut ranges = Vec::new();
        let mut first = true;
        loop {
            if !first && self.eat("]") {
                return Ok(Set { negated, ranges });
            }
            first = false;
            if self.rest.starts_with("[:")
                && let Some(end) = self.rest[2..].find(":]")
            {
                let name = &self.rest[2..2 + end];
                ranges.extend(
                    named_class(name)
                        .ok_or_else(|| format!("invalid character class range: `[:{name}:]`"))?,
                );
                self.rest = &self.rest[end + 4..];
                continue;
            }
            if self.rest.starts_with('\\')
                && let Some(set) = self.rest.chars().nth(1).and_then(perl_class)
            {
                self.rest = &self.rest[2..];
                ranges.extend(if set.negated { complement(&set.ranges) } else { set.ranges });
                continue;
            }
            ranges.push(self.class_range()?);
        }
    }

    fn class_range(&mut self) -> Result<(char, char), String> {
        let low = self.class_character()?;
        if !self.rest.starts_with('-') || self.rest.starts_with("-]") || self.rest.len() < 2 {
            return Ok((low, low));
        }
        self.eat("-");
        let high = self.class_character()?;
        if high < low {
            return Err(format!("invalid character class range: `{low}-{high}`"));
        }
        Ok((low, high))
    }

    fn class_character(&mut self) -> Result<char, String> {
        match self.next().ok_or("missing closing ]")? {
            '\\' => {
                let character = self.next().ok_or("missing closing ]")?;
                self.escaped(character)
            }
            character => Ok(character),
        }
    }
}

fn perl_class(letter: char) -> Option<Set> {
    let name = match letter.to_ascii_lowercase() {
        'd' => "digit",
        'w' => "word",
        's' => return Some(Set { negated: letter == 'S', ranges: SPACE.to_vec() }),
        _ => return None,
    };
    Some(Set { negated: letter.is_ascii_uppercase(), ranges: named_class(name)? })
}

/// `\s`, which unlike `[:space:]` has no vertical tab.
const SPACE: &[(char, char)] = &[('\t', '\n'), ('\x0c', '\r'), (' ', ' ')];

fn named_class(name: &str) -> Option<Vec<(char, char)>> {
    let (negated, name) = name.strip_prefix('^').map_or((false, name), |name| (true, name));
    let ranges: &[(char, char)] = match name {
        "alnum" => &[('0', '9'), ('A', 'Z'), ('a', 'z')],
        "alpha" => &[('A', 'Z'), ('a', 'z')],
        "ascii" => &[('\0', '\x7f')],
        "blank" => &[('\t', '\t'), (' ', ' ')],
        "cntrl" => &[('\0', '\x1f'), ('\x7f', '\x7f')],
        "digit" => &[('0', '9')],
        "graph" => &[('!', '~')],
        "lower" => &[('a', 'z')],
        "print" => &[(' ', '~')],
        "punct" => &[('!', '/'), (':', '@'), ('[', '`'), ('{', '~')],
        "space" => &[('\t', '\r'), (' ', ' ')],
        "upper" => &[('A', 'Z')],
        "word" => &[('0', '9'), ('A', 'Z'), ('_', '_'), ('a', 'z')],
        "xdigit" => &[('0', '9'), ('A', 'F'), ('a', 'f')],
        _ => return None,
    };
    Some(if negated { complement(ranges) } else { ranges.to_vec() })
}

/// All characters that are in none of these ascending ranges.
fn complement(ranges: &[(char, char)]) -> Vec<(char, char)> {
    let mut rest = Vec::new();
    let mut from = '\0';
    for &(low, high) in ranges {
        if let Some(before) = (from..low).next_back() {
            rest.push((from, before));
        }
        from = char::from_u32(u32::from(high) + 1).unwrap_or(char::MAX);
    }
    rest.push((from, char::MAX));
    rest
}
