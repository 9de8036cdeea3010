//! `# escape=…`, `# syntax=…` and `# check=…` at the top of the file.

use super::ParserDirective;
use super::error::ParseError;
use super::lines::Line;

/// The block at the top: it ends with the first line that is no directive.
#[derive(Debug, Default)]
pub(super) struct Block {
    ended: bool,
    seen: Vec<String>,
}

/// What a line is to the block.
pub(super) enum Found {
    None,
    Directive(ParserDirective),
    Mistake(ParseError),
}

impl Block {
    pub(super) fn line(&mut self, line: &Line) -> Found {
        let found = if self.ended { None } else { name_and_value(line.text) };
        let Some((name, value)) = found else {
            self.ended = true;
            return Found::None;
        };
        let mistake = |message: String, remedy: &str| {
            Found::Mistake(ParseError { span: line.span(), message, remedy: remedy.to_owned() })
        };
        if self.seen.contains(&name) {
            return mistake(
                format!("only one {name} parser directive can be used"),
                "Remove this line or the earlier one.",
            );
        }
        self.seen.push(name.clone());
        if name == "escape" && !matches!(value, "\\" | "`") {
            return mistake(
                format!("invalid escape token '{value}' does not match ` or \\"),
                "Write `# escape=\\` or ``# escape=` ``.",
            );
        }
        Found::Directive(ParserDirective { name, value: value.to_owned(), span: line.span() })
    }
}

/// The name in lower case and the value without blanks around it. Of a value of nothing but blanks, one is left,
/// as in Docker.
fn name_and_value(line: &str) -> Option<(String, &str)> {
    const BLANKS: [char; 5] = ['\t', '\n', '\u{c}', '\r', ' '];
    let (name, value) = line.trim_start().strip_prefix('#')?.trim_start().split_once('=')?;
    let name = name.trim_end_matches(BLANKS).to_ascii_lowercase();
    let trimmed = value.trim_matches(BLANKS);
    let value =
        if trimmed.is_empty() { value.get(value.len().checked_sub(1)?..)? } else { trimmed };
    matches!(name.as_str(), "escape" | "syntax" | "check").then_some((name, value))
}
