//! The patterns of `${name#pattern}`, `${name%pattern}` and `${name/pattern/replacement}`.

use super::{Budget, ExpandLimit, ExpandReason, LONGEST};

/// The value without what the pattern matches at its beginning, the longest match if `greedy`.
pub(super) fn without_prefix(
    value: &str,
    pattern: &str,
    greedy: bool,
    budget: &Budget,
) -> Result<String, ExpandReason> {
    let mut search = Search::new(value, pattern, greedy, budget)?;
    let end = search.end(0).unwrap_or(0);
    Ok(search.value[end..].iter().collect())
}

/// The value without what the pattern matches at its end.
pub(super) fn without_suffix(
    value: &str,
    pattern: &str,
    greedy: bool,
    budget: &Budget,
) -> Result<String, ExpandReason> {
    let value: String = value.chars().rev().collect();
    let rest = without_prefix(&value, &reversed(pattern), greedy, budget)?;
    Ok(rest.chars().rev().collect())
}

/// The value with the first match replaced by `replacement` as it is.
pub(super) fn replace_first(
    value: &str,
    pattern: &str,
    replacement: &str,
    budget: &Budget,
) -> Result<String, ExpandReason> {
    let mut search = Search::new(value, pattern, true, budget)?;
    let Some((start, end)) = search.find(0) else { return Ok(value.to_owned()) };
    let mut result: String = search.value[..start].iter().collect();
    result.push_str(replacement);
    result.extend(&search.value[end..]);
    Ok(result)
}

/// The value with every match replaced. As Docker hands this to Go's `regexp`, `$0` in the replacement is the
/// match, and any other `$name` is nothing.
pub(super) fn replace_all(
    value: &str,
    pattern: &str,
    replacement: &str,
    budget: &Budget,
) -> Result<String, ExpandReason> {
    let mut search = Search::new(value, pattern, true, budget)?;
    let mut result = String::new();
    let (mut done, mut from) = (0, 0);
    while let Some((start, end)) = search.find(from) {
        result.extend(&search.value[done..start]);
        if result.len() > LONGEST {
            return Err(ExpandLimit::Length.into());
        }
        // An empty match right behind another one is none.
        if end > done || start == 0 {
            let matched: String = search.value[start..end].iter().collect();
            result.push_str(&template(replacement, &matched));
        }
        done = end;
        from = end.max(from + 1);
    }
    result.extend(&search.value[done..]);
    Ok(result)
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Token {
    /// `*`: any characters but line feeds.
    Any,
    /// `?`: one of them.
    One,
    Literal(char),
}

/// `\*`, `\?` and `\\` are literal, and `\}` and `\/` for the sake of what surrounds the pattern.
fn tokens(pattern: &str) -> Result<Vec<Token>, ExpandReason> {
    let mut tokens = Vec::new();
    let mut chars = pattern.chars();
    while let Some(ch) = chars.next() {
        tokens.push(match ch {
            '*' => Token::Any,
            '?' => Token::One,
            '\\' => match chars.next().unwrap_or(char::REPLACEMENT_CHARACTER) {
                ch @ ('*' | '?' | '\\' | '}' | '/') => Token::Literal(ch),
                escape => {
                    return Err(ExpandReason::BadPattern { pattern: pattern.to_owned(), escape });
                }
            },
            _ => Token::Literal(ch),
        });
    }
    Ok(tokens)
}

/// A pattern on its way through a value.
struct Search {
    tokens: Vec<Token>,
    value: Vec<char>,
    greedy: bool,
    /// Which pairs of token and place were tried, so that each is tried once.
    tried: Vec<bool>,
}

impl Search {
    fn new(
        value: &str,
        pattern: &str,
        greedy: bool,
        budget: &Budget,
    ) -> Result<Self, ExpandReason> {
        let tokens = tokens(pattern)?;
        let value: Vec<char> = value.chars().collect();
        let pairs = (tokens.len() + 1).saturating_mul(value.len() + 1);
        budget.spend(pairs)?;
        Ok(Self { tokens, value, greedy, tried: vec![false; pairs] })
    }

    /// The first match at `from` or later.
    fn find(&mut self, from: usize) -> Option<(usize, usize)> {
        (from..=self.value.len()).find_map(|start| Some((start, self.end(start)?)))
    }

    /// Where a match that begins at `start` ends: the first that backtracking finds, as a regular expression's.
    fn end(&mut self, start: usize) -> Option<usize> {
        // What is still to be tried, the last first.
        let mut todo = vec![(0, start)];
        while let Some((token, at)) = todo.pop() {
            let Some(wanted) = self.tokens.get(token) else { return Some(at) };
            let pair = token * (self.value.len() + 1) + at;
            if std::mem::replace(&mut self.tried[pair], true) {
                continue;
            }
            let here = self.value.get(at).copied();
            let any = here.is_some_and(|ch| ch != '\n');
            match wanted {
                Token::Literal(ch) if here == Some(*ch) => todo.push((token + 1, at + 1)),
                Token::One if any => todo.push((token + 1, at + 1)),
                Token::Any if self.greedy => {
                    todo.push((token + 1, at));
                    todo.extend(any.then_some((token, at + 1)));
                }
                Token::Any => {
                    todo.extend(any.then_some((token, at + 1)));
                    todo.push((token + 1, at));
                }
                Token::Literal(_) | Token::One => {}
            }
        }
        None
    }
}

/// The pattern for a text read backwards: escaped characters stay behind their escape.
fn reversed(pattern: &str) -> String {
    let mut pieces = Vec::new();
    let mut chars = pattern.chars();
    while let Some(ch) = chars.next() {
        let mut piece = ch.to_string();
        if ch == '\\' {
            piece.extend(chars.next());
        }
        pieces.push(piece);
    }
    pieces.into_iter().rev().collect()
}

/// Go's template of a replacement.
fn template(replacement: &str, matched: &str) -> String {
    let mut result = String::new();
    let mut rest = replacement;
    while let Some((before, after)) = rest.split_once('$') {
        result.push_str(before);
        if let Some(after) = after.strip_prefix('$') {
            result.push('$');
            rest = after;
            continue;
        }
        let (name, behind) = group_name(after);
        match name {
            Some("0") => result.push_str(matched),
            Some(_) => {}
            None => result.push('$'),
        }
        rest = behind;
    }
    result + rest
}

fn group_name(text: &str) -> (Option<&str>, &str) {
    let end = |text: &str| {
        text.find(|ch: char| !(ch.is_alphanumeric() || ch == '_')).unwrap_or(text.len())
    };
    if let Some(braced) = text.strip_prefix('{') {
        let length = end(braced);
        return match (length, braced[length..].strip_prefix('}')) {
            (1.., Some(behind)) => (Some(&braced[..length]), behind),
            _ => (None, text),
        };
    }
    match end(text) {
        0 => (None, text),
        length => (Some(&text[..length]), &text[length..]),
    }
}
