//! `--chmod`: octal, or for today's builders symbolic.

use super::{CopyError, Dialect};

/// A change of modes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Chmod {
    /// This mode whatever it was.
    Octal(u32),
    /// Clauses in order.
    Symbolic(Vec<Clause>),
}

/// `u+x`: whose bits, what is done to them, which.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Clause {
    /// A mask of the classes concerned, in each of their three bits.
    who: u32,
    operator: char,
    letters: String,
}

impl Chmod {
    /// Reads a value. Docker 26 passes over what it cannot read.
    pub(super) fn parse(value: &str, dialect: Dialect) -> Result<Option<Chmod>, CopyError> {
        // Rust would take a sign, Go does not.
        let signed = value.starts_with('+');
        let octal = u32::from_str_radix(value, 8).ok().filter(|_| !signed);
        match dialect {
            Dialect::Docker26 => Ok(octal.map(|mode| Chmod::Octal(mode & 0o7777))),
            Dialect::Current => {
                let bad = || CopyError::BadMode { value: value.to_owned() };
                if let Some(mode) = octal {
                    return (mode <= 0o7777).then_some(Some(Chmod::Octal(mode))).ok_or_else(bad);
                }
                let clauses: Option<Vec<_>> = value.split(',').map(Clause::parse_all).collect();
                Ok(Some(Chmod::Symbolic(clauses.ok_or_else(bad)?.concat())))
            }
        }
    }

    /// The mode that a file or directory gets.
    pub(super) fn apply(&self, mode: u32, directory: bool) -> u32 {
        match self {
            Chmod::Octal(mode) => *mode,
            Chmod::Symbolic(clauses) => {
                clauses.iter().fold(mode, |mode, clause| clause.apply(mode, directory))
            }
        }
    }
}

impl Clause {
    /// `ugo=rX-w` is two clauses for the same classes.
    fn parse_all(text: &str) -> Option<Vec<Clause>> {
        let at = text.find(['+', '-', '='])?;
        let who = text[..at].chars().try_fold(0, |who, class| {
            Some(
                who | match class {
                    'u' => 0o4700,
                    'g' => 0o2070,
                    'o' => 0o1007,
                    'a' => 0o7777,
                    _ => return None,
                },
            )
        })?;
        let who = if at == 0 { 0o7777 } else { who };
        let mut clauses: Vec<Clause> = Vec::new();
        for character in text[at..].chars() {
            match character {
                '+' | '-' | '=' => {
                    clauses.push(Clause { who, operator: character, letters: String::new() });
                }
                'r' | 'w' | 'x' | 'X' | 's' | 't' | 'u' | 'g' | 'o' => {
                    clauses.last_mut()?.letters.push(character);
                }
                _ => return None,
            }
        }
        Some(clauses)
    }

    fn apply(&self, mode: u32, directory: bool) -> u32 {
        let bits = self.letters.chars().fold(0, |bits, letter| {
            bits | match letter {
                'r' => 0o444,
                'w' => 0o222,
                'x' => 0o111,
                'X' if directory || mode & 0o111 != 0 => 0o111,
                's' => 0o6000,
                't' => 0o1000,
                'u' => (mode >> 6 & 7) * 0o111,
                'g' => (mode >> 3 & 7) * 0o111,
                'o' => (mode & 7) * 0o111,
                _ => 0,
            }
        }) & self.who;
        match self.operator {
            '+' => mode | bits,
            '-' => mode & !bits,
            // Of a directory, `=` leaves setuid and setgid alone, as chmod does.
            _ => (mode & !(self.who & if directory { 0o1777 } else { 0o7777 })) | bits,
        }
    }
}
