//! Keyword, flags and arguments → what the instruction means, with Docker's checks.

use super::error::{Mistake, ParseError};
use super::flags::{self, Takes};
use super::instruction::{
    Command, Declaration, Flag, From, Heredoc, Instruction, InstructionKind, Pair, Word,
};
use super::keyword::KEYWORDS;
use super::lines::split_blank;
use super::node::Node;
use super::request::{Request, command};
use super::span::Span;
use super::{copy, healthcheck, run};
use crate::suggest::nearest;

type Kind = Result<InstructionKind, Mistake>;

/// Makes the instruction; what is wrong with it goes to `errors`.
pub(super) fn instruction(
    node: Node,
    heredocs: Vec<Heredoc>,
    span: Span,
    lines: (u32, u32),
    errors: &mut Vec<ParseError>,
) -> Instruction {
    let written = node.keyword.text.as_str();
    let upper = written.to_ascii_uppercase();
    let keyword = if KEYWORDS.contains(&upper.as_str()) { upper } else { written.to_owned() };
    let flags: Vec<Flag> = node.flags.iter().map(flags::split).collect();
    let request = Request { keyword: &keyword, node: &node, flags: &flags, heredocs: &heredocs };
    let found = match &node.inner {
        Some(inner) => onbuild(&request)
            .map(|()| onbuild_kind(inner, &heredocs, node.rest.span, lines, errors)),
        None => kind(&request),
    };
    let kind = found.unwrap_or_else(|mistake| {
        errors.push(mistake.into_error(node.arguments_span()));
        InstructionKind::Invalid
    });
    Instruction {
        keyword_span: node.keyword.span,
        keyword,
        span,
        lines,
        original: node.whole.text,
        flags,
        arguments: node.arguments,
        heredocs,
        kind,
    }
}

/// The trigger: Docker checks it only when it is triggered, but for what it sees while splitting the line.
fn onbuild_kind(
    inner: &Node,
    heredocs: &[Heredoc],
    span: Span,
    lines: (u32, u32),
    errors: &mut Vec<ParseError>,
) -> InstructionKind {
    let keyword = inner.keyword.text.to_ascii_uppercase();
    let flags: Vec<Flag> = inner.flags.iter().map(flags::split).collect();
    let found = kind(&Request { keyword: &keyword, node: inner, flags: &flags, heredocs });
    let kind = found.unwrap_or_else(|mistake| {
        if mistake.is_early() {
            errors.push(mistake.into_error(inner.arguments_span()));
        }
        InstructionKind::Invalid
    });
    InstructionKind::Onbuild(Box::new(Instruction {
        keyword_span: inner.keyword.span,
        keyword,
        span,
        lines,
        original: inner.whole.text.clone(),
        flags,
        arguments: inner.arguments.clone(),
        heredocs: heredocs.to_vec(),
        kind,
    }))
}

fn onbuild(request: &Request) -> Result<(), Mistake> {
    request.no_flags()?;
    let inner = request.node.inner.as_deref().map(|inner| inner.keyword.text.to_ascii_uppercase());
    match inner.as_deref() {
        None | Some("") => Err(request.arity("at least one argument")),
        Some("ONBUILD") => Err(Mistake::new(
            "Chaining ONBUILD via `ONBUILD ONBUILD` isn't allowed",
            "Remove one `ONBUILD`.",
        )),
        Some(inner @ ("FROM" | "MAINTAINER")) => Err(Mistake::new(
            format!("{inner} isn't allowed as an ONBUILD trigger"),
            "Only instructions that make steps of a stage can be triggers.",
        )),
        Some(_) => Ok(()),
    }
}

fn kind(request: &Request) -> Kind {
    if request.node.mixed_array {
        return Err(Mistake::new(
            "when using JSON array syntax, arrays must be comprised of strings only",
            "Put each element into double quotes.",
        )
        .early());
    }
    match request.keyword {
        "ADD" => copy::read(request).map(InstructionKind::Add),
        "ARG" => arg(request),
        "CMD" => shell_dependent(request).map(InstructionKind::Cmd),
        "COPY" => copy::read(request).map(InstructionKind::Copy),
        "ENTRYPOINT" => shell_dependent(request).map(InstructionKind::Entrypoint),
        "ENV" => pairs(request).map(InstructionKind::Env),
        "EXPOSE" => {
            let ports = request.at_least_one()?.to_vec();
            request.no_flags().map(|()| InstructionKind::Expose(ports))
        }
        "FROM" => from(request),
        "HEALTHCHECK" => healthcheck::read(request).map(InstructionKind::Healthcheck),
        "LABEL" => pairs(request).map(InstructionKind::Label),
        "MAINTAINER" => one(request, InstructionKind::Maintainer),
        "ONBUILD" => Err(request.arity("at least one argument")),
        "RUN" => run::read(request).map(InstructionKind::Run),
        "SHELL" => shell(request),
        "STOPSIGNAL" => one(request, InstructionKind::Stopsignal),
        "USER" => one(request, InstructionKind::User),
        "VOLUME" => volume(request),
        "WORKDIR" => one(request, InstructionKind::Workdir),
        unknown => Err(unknown_keyword(request, unknown)),
    }
}

fn unknown_keyword(request: &Request, keyword: &str) -> Mistake {
    let message = format!("unknown instruction: {keyword}");
    let span = request.node.keyword.span;
    match nearest(&keyword.to_ascii_uppercase(), &KEYWORDS) {
        Some(near) => {
            let lower = keyword.chars().all(|ch| !ch.is_uppercase());
            let near = if lower { near.to_ascii_lowercase() } else { near.to_owned() };
            Mistake::at(span, format!("{message} (did you mean {near}?)"), format!("Write `{near}`."))
        }
        None => Mistake::at(
            span,
            message,
            "Begin the line with an instruction, or end the line above with the escape character to go on."
                .to_owned(),
        ),
    }
}

fn one(request: &Request, make: fn(Word) -> InstructionKind) -> Kind {
    let [word] = request.words() else { return Err(request.arity("exactly one argument")) };
    // Docker forgets to look at the flags of this one.
    if request.keyword != "STOPSIGNAL" {
        request.no_flags()?;
    }
    Ok(make(word.clone()))
}

fn from(request: &Request) -> Kind {
    let (image, name) = match request.words() {
        [image] => (image, None),
        [image, word, name] if word.text.eq_ignore_ascii_case("as") => (image, Some(name)),
        _ => {
            return Err(Mistake::new(
                "FROM requires either one or three arguments",
                "Write `FROM image` or `FROM image AS name`.",
            ));
        }
    };
    let name = name.map(stage_name).transpose()?;
    let flags = flags::check(request.flags, &[("platform", Takes::Text)])?;
    Ok(InstructionKind::From(From { image: image.clone(), platform: flags.text("platform"), name }))
}

fn stage_name(word: &Word) -> Result<Word, Mistake> {
    let text = word.text.to_lowercase();
    let valid = text.starts_with(|ch: char| ch.is_ascii_lowercase())
        && text.chars().all(|ch| {
            ch.is_ascii_lowercase() || ch.is_ascii_digit() || matches!(ch, '-' | '_' | '.')
        });
    if valid {
        return Ok(Word { text, span: word.span });
    }
    Err(Mistake::at(
        word.span,
        format!(
            "invalid name for build stage: {:?}, name can't start with a number or contain symbols",
            word.text
        ),
        "Begin the name with a letter and use only letters, digits, `-`, `_` and `.`.".to_owned(),
    ))
}

fn arg(request: &Request) -> Kind {
    let declaration = |word: &Word| match cut(word) {
        Some((name, _)) if name.text.is_empty() => Err(blank_name(request, word)),
        Some((name, default)) => Ok(Declaration { name, default: Some(default) }),
        None => Ok(Declaration { name: word.clone(), default: None }),
    };
    let words = request.at_least_one()?;
    Ok(InstructionKind::Arg(words.iter().map(declaration).collect::<Result<_, _>>()?))
}

fn pairs(request: &Request) -> Result<Vec<Pair>, Mistake> {
    let keyword = request.keyword;
    let pairs = match request.words() {
        [] => Vec::new(),
        [first, ..] if !first.text.contains('=') => vec![legacy_pair(request)?],
        words => words.iter().map(|word| new_pair(keyword, word)).collect::<Result<_, _>>()?,
    };
    request.no_flags()?;
    request.at_least_one()?;
    match pairs.iter().find(|pair| pair.key.text.is_empty()) {
        Some(pair) => Err(blank_name(request, &pair.key)),
        None => Ok(pairs),
    }
}

fn new_pair(keyword: &str, word: &Word) -> Result<Pair, Mistake> {
    cut(word).map(|(key, value)| Pair { key, value }).ok_or_else(|| {
        Mistake::at(
            word.span,
            format!(
                "Syntax error - can't find = in {:?}. Must be of the form: name=value",
                word.text
            ),
            format!("Write `{keyword} name=value`, with quotes around a value that has blanks."),
        )
        .early()
    })
}

/// `ENV name the whole rest`.
fn legacy_pair(request: &Request) -> Result<Pair, Mistake> {
    let rest = &request.node.rest;
    let keyword = request.keyword;
    let (key, behind) = split_blank(&rest.text).ok_or_else(|| {
        Mistake::new(
            format!("{keyword} must have two arguments"),
            format!("Write `{keyword} name=value`."),
        )
        .early()
    })?;
    let Span { start, end } = rest.span;
    let value = rest.text[behind..].to_owned();
    // With continuations inside, the places within the rest are not known to the byte.
    let exact = end - start == rest.text.len();
    let (key_end, value_start) =
        if exact { (start + key.len(), start + behind) } else { (end, start) };
    Ok(Pair {
        key: Word { text: key.to_owned(), span: Span::new(start, key_end) },
        value: Word { text: value, span: Span::new(value_start, end) },
    })
}

/// The word at its first `=`.
fn cut(word: &Word) -> Option<(Word, Word)> {
    let (key, value) = word.text.split_once('=')?;
    let Span { start, end } = word.span;
    let exact = end - start == word.text.len();
    let (key_end, value_start) =
        if exact { (start + key.len(), end - value.len()) } else { (end, start) };
    Some((
        Word { text: key.to_owned(), span: Span::new(start, key_end) },
        Word { text: value.to_owned(), span: Span::new(value_start, end) },
    ))
}

fn blank_name(request: &Request, word: &Word) -> Mistake {
    Mistake::at(
        word.span,
        format!("{} names can not be blank", request.keyword),
        "Write a name in front of the `=`.".to_owned(),
    )
}

/// `CMD` and `ENTRYPOINT`.
fn shell_dependent(request: &Request) -> Result<Command, Mistake> {
    request.no_flags()?;
    Ok(command(&request.node.arguments))
}

fn shell(request: &Request) -> Kind {
    request.no_flags()?;
    let words = request.at_least_one()?;
    if request.node.arguments.is_json() {
        return Ok(InstructionKind::Shell(words.to_vec()));
    }
    Err(Mistake::new(
        "SHELL requires the arguments to be in JSON form",
        "Write `SHELL [\"program\", \"argument\"]`.",
    ))
}

fn volume(request: &Request) -> Kind {
    let words = request.at_least_one()?;
    request.no_flags()?;
    let trim = |word: &Word| Word { text: word.text.trim().to_owned(), span: word.span };
    let words: Vec<Word> = words.iter().map(trim).collect();
    match words.iter().find(|word| word.text.is_empty()) {
        Some(word) => Err(Mistake::at(
            word.span,
            "VOLUME specified can not be an empty string".to_owned(),
            "Write a path.".to_owned(),
        )),
        None => Ok(InstructionKind::Volume(words)),
    }
}
