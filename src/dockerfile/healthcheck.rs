//! `HEALTHCHECK`.

use super::error::Mistake;
use super::flags::{self, Takes};
use super::instruction::{Command, Healthcheck, Word};
use super::request::Request;

const DURATIONS: [&str; 4] = ["interval", "timeout", "start-period", "start-interval"];
const FLAGS: [(&str, Takes); 5] = [
    ("interval", Takes::Text),
    ("timeout", Takes::Text),
    ("start-period", Takes::Text),
    ("start-interval", Takes::Text),
    ("retries", Takes::Text),
];

pub(super) fn read(request: &Request) -> Result<Healthcheck, Mistake> {
    let [kind, command @ ..] = request.words() else {
        return Err(request.arity("at least one argument"));
    };
    let upper = kind.text.to_uppercase();
    if upper == "NONE" {
        return match command {
            [] => Ok(Healthcheck::None),
            [first, ..] => Err(Mistake::at(
                first.span,
                "HEALTHCHECK NONE takes no arguments".to_owned(),
                "Write `HEALTHCHECK NONE` alone.".to_owned(),
            )),
        };
    }
    let flags = flags::check(request.flags, &FLAGS)?;
    if upper != "CMD" {
        return Err(Mistake::at(
            kind.span,
            format!("Unknown type {upper:?} in HEALTHCHECK (try CMD)"),
            "Write `HEALTHCHECK CMD command` or `HEALTHCHECK NONE`.".to_owned(),
        ));
    }
    let Some(first) = command.first() else {
        return Err(Mistake::new("Missing command after HEALTHCHECK CMD", "Write a command."));
    };
    for name in DURATIONS {
        flags.text(name).map_or(Ok(()), |word| check_duration(name, &word))?;
    }
    flags.text("retries").map_or(Ok(()), |word| check_retries(&word))?;
    Ok(Healthcheck::Cmd(if request.node.arguments.is_json() {
        Command::Exec(command.iter().map(|word| word.text.clone()).collect())
    } else {
        Command::Shell(first.text.clone())
    }))
}

fn check_duration(name: &str, word: &Word) -> Result<(), Mistake> {
    const MILLISECOND: f64 = 1e6;
    let message = match nanoseconds(&word.text) {
        Ok(nanoseconds) if nanoseconds == 0.0 || nanoseconds >= MILLISECOND => return Ok(()),
        Ok(_) => format!("Interval {name:?} cannot be less than 1ms"),
        Err(message) => message,
    };
    Err(Mistake::at(word.span, message, "Write a duration such as `30s` or `1m30s`.".to_owned()))
}

fn check_retries(word: &Word) -> Result<(), Mistake> {
    let message = match word.text.parse::<i32>() {
        Ok(0..) => return Ok(()),
        Ok(number) => format!("--retries cannot be negative ({number})"),
        Err(_) => format!("strconv.ParseInt: parsing {:?}: invalid syntax", word.text),
    };
    Err(Mistake::at(word.span, message, "Write a number.".to_owned()))
}

/// A duration as Go writes it: `1h2m3.5s`.
fn nanoseconds(text: &str) -> Result<f64, String> {
    let invalid = || format!("time: invalid duration {text:?}");
    let unsigned = text.strip_prefix(['-', '+']).unwrap_or(text);
    let sign = if text.starts_with('-') { -1.0 } else { 1.0 };
    if unsigned == "0" {
        return Ok(0.0);
    }
    if unsigned.is_empty() {
        return Err(invalid());
    }
    let mut total = 0.0;
    let mut rest = unsigned;
    while !rest.is_empty() {
        let digits =
            rest.find(|ch: char| !(ch.is_ascii_digit() || ch == '.')).unwrap_or(rest.len());
        let (number, behind) = rest.split_at(digits);
        let number: f64 = number.parse().map_err(|_| invalid())?;
        let length =
            behind.find(|ch: char| ch.is_ascii_digit() || ch == '.').unwrap_or(behind.len());
        let (unit, behind) = behind.split_at(length);
        total += number * unit_length(unit, text)?;
        rest = behind;
    }
    Ok(sign * total)
}

fn unit_length(unit: &str, text: &str) -> Result<f64, String> {
    Ok(match unit {
        "ns" => 1.0,
        "us" | "µs" | "μs" => 1e3,
        "ms" => 1e6,
        "s" => 1e9,
        "m" => 60e9,
        "h" => 3600e9,
        "" => return Err(format!("time: missing unit in duration {text:?}")),
        _ => return Err(format!("time: unknown unit {unit:?} in duration {text:?}")),
    })
}
