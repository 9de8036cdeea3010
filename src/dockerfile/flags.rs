//! Which flags an instruction takes.

use super::error::Mistake;
use super::instruction::{Flag, Word};
use crate::suggest::nearest;

/// What a flag takes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Takes {
    /// `--flag=text`, once.
    Text,
    /// `--flag=text`, any number of times.
    Texts,
    /// `--flag`, `--flag=true` or `--flag=false`.
    Switch,
}

/// Flags by name, checked.
#[derive(Debug, Default)]
pub(super) struct Flags<'a> {
    found: Vec<&'a Flag>,
}

/// `--name=value` → its parts.
pub(super) fn split(word: &Word) -> Flag {
    let text = word.text.strip_prefix("--").unwrap_or(&word.text);
    let (name, value) = match text.split_once('=') {
        Some((name, value)) => (name, Some(value.to_owned())),
        None => (text, None),
    };
    Flag { name: name.to_owned(), value, span: word.span }
}

/// Compares the flags with those known to the instruction.
pub(super) fn check<'a>(flags: &'a [Flag], known: &[(&str, Takes)]) -> Result<Flags<'a>, Mistake> {
    let mut found: Vec<&Flag> = Vec::new();
    for flag in flags {
        let name = &flag.name;
        let Some((_, takes)) = known.iter().find(|(known, _)| known == name) else {
            return Err(unknown(flag, known));
        };
        if *takes != Takes::Texts && found.iter().any(|earlier| earlier.name == *name) {
            return Err(Mistake::at(
                flag.span,
                format!("duplicate flag specified: --{name}"),
                format!("Keep only one `--{name}`."),
            ));
        }
        check_value(flag, *takes)?;
        found.push(flag);
    }
    Ok(Flags { found })
}

fn unknown(flag: &Flag, known: &[(&str, Takes)]) -> Mistake {
    let name = &flag.name;
    let names: Vec<&str> = known.iter().map(|(name, _)| *name).collect();
    let message = format!("unknown flag: --{name}");
    match nearest(name, &names) {
        Some(near) => Mistake::at(
            flag.span,
            format!("{message} (did you mean {near}?)"),
            format!("Write `--{near}`."),
        ),
        None if names.is_empty() => {
            Mistake::at(flag.span, message, "This instruction takes no flags.".to_owned())
        }
        None => {
            Mistake::at(flag.span, message, format!("The flags here are --{}.", names.join(", --")))
        }
    }
}

fn check_value(flag: &Flag, takes: Takes) -> Result<(), Mistake> {
    let name = &flag.name;
    let missing = || {
        Err(Mistake::at(
            flag.span,
            format!("missing a value on flag: --{name}"),
            format!("Write `--{name}=…`."),
        ))
    };
    match (takes, flag.value.as_deref()) {
        (Takes::Text | Takes::Texts, None) | (Takes::Switch, Some("")) => missing(),
        (Takes::Switch, Some(value)) if boolean(value).is_none() => Err(Mistake::at(
            flag.span,
            format!("expecting boolean value for flag --{name}, not: {value}"),
            format!("Write `--{name}`, `--{name}=true` or `--{name}=false`."),
        )),
        _ => Ok(()),
    }
}

fn boolean(value: &str) -> Option<bool> {
    match value.to_ascii_lowercase().as_str() {
        "true" => Some(true),
        "false" => Some(false),
        _ => None,
    }
}

impl Flags<'_> {
    /// The value of a flag; an empty one is as good as none.
    pub(super) fn text(&self, name: &str) -> Option<Word> {
        self.texts(name).into_iter().find(|word| !word.text.is_empty())
    }

    /// The values of a flag, empty ones included.
    pub(super) fn texts(&self, name: &str) -> Vec<Word> {
        let of_name = self.found.iter().filter(|flag| flag.name == name);
        of_name
            .filter_map(|flag| Some(Word { text: flag.value.clone()?, span: flag.span }))
            .collect()
    }

    /// Whether a switch is on, off, or not there.
    pub(super) fn switch(&self, name: &str) -> Option<bool> {
        let flag = self.found.iter().find(|flag| flag.name == name)?;
        Some(flag.value.as_deref().is_none_or(|value| boolean(value) == Some(true)))
    }
}
