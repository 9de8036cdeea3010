//! What is read of an instruction before its meaning: keyword, flags, arguments, heredocs.

use super::error::Mistake;
use super::flags;
use super::instruction::{Arguments, Command, Flag, Heredoc, Word};
use super::node::Node;

/// One instruction's parts, as the functions that give it its meaning look at them.
pub(super) struct Request<'a> {
    pub(super) keyword: &'a str,
    pub(super) node: &'a Node,
    pub(super) flags: &'a [Flag],
    pub(super) heredocs: &'a [Heredoc],
}

impl<'a> Request<'a> {
    pub(super) fn words(&self) -> &'a [Word] {
        self.node.arguments.words()
    }

    pub(super) fn no_flags(&self) -> Result<(), Mistake> {
        flags::check(self.flags, &[]).map(drop)
    }

    pub(super) fn at_least_one(&self) -> Result<&'a [Word], Mistake> {
        match self.words() {
            [] => Err(self.arity("at least one argument")),
            words => Ok(words),
        }
    }

    pub(super) fn arity(&self, wanted: &str) -> Mistake {
        let keyword = self.keyword;
        Mistake::new(
            format!("{keyword} requires {wanted}"),
            format!("Write something behind `{keyword}`."),
        )
    }
}

/// A command in either form.
pub(super) fn command(arguments: &Arguments) -> Command {
    match arguments {
        Arguments::Json(words) => {
            Command::Exec(words.iter().map(|word| word.text.clone()).collect())
        }
        _ => Command::Shell(
            arguments.words().first().map(|word| word.text.clone()).unwrap_or_default(),
        ),
    }
}
