//! Go's `filepath.Match`.

/// A pattern that Go refuses, and so the build.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("syntax error in pattern")]
pub struct BadPattern;

/// What a byte that starts no character is read as.
const REPLACEMENT: char = char::REPLACEMENT_CHARACTER;

/// Whether the whole name matches the pattern: `*` and `?` stop at `/`, `[…]` does not.
pub fn go_match(pattern: &str, name: &str) -> Result<bool, BadPattern> {
    let mut pattern = pattern.as_bytes();
    let mut name = name.as_bytes();
    while !pattern.is_empty() {
        let (star, chunk, rest) = split_chunk(pattern);
        pattern = rest;
        if star && chunk.is_empty() {
            return Ok(!name.contains(&b'/'));
        }
        // The last chunk must take the whole name; an earlier one takes the first that fits.
        let fits = |left: &&[u8]| !rest.is_empty() || left.is_empty();
        let reach =
            if star { name.iter().position(|&byte| byte == b'/').unwrap_or(name.len()) } else { 0 };
        let mut found = None;
        for skipped in 0..=reach {
            found = match_chunk(chunk, &name[skipped..])?.filter(fits);
            if found.is_some() {
                break;
            }
        }
        match found {
            Some(left) => name = left,
            None => return check(pattern).map(|()| false),
        }
    }
    Ok(name.is_empty())
}

/// Whether a source has wildcards, so that it may match nothing or several paths.
pub fn has_wildcard(source: &str) -> bool {
    let mut bytes = source.bytes();
    while let Some(byte) = bytes.next() {
        match byte {
            b'\\' => {
                bytes.next();
            }
            b'*' | b'?' | b'[' => return true,
            _ => {}
        }
    }
    false
}

/// Whether the rest of a pattern is well-formed: Go refuses a bad one even where the name differs
/// long before.
fn check(mut pattern: &[u8]) -> Result<(), BadPattern> {
    while !pattern.is_empty() {
        let (_, chunk, rest) = split_chunk(pattern);
        match_chunk(chunk, b"")?;
        pattern = rest;
    }
    Ok(())
}

/// Leading stars, then what comes before the next star outside of a class, then the rest.
fn split_chunk(pattern: &[u8]) -> (bool, &[u8], &[u8]) {
    let stars = pattern.iter().take_while(|&&byte| byte == b'*').count();
    let pattern = &pattern[stars..];
    let mut in_class = false;
    let mut at = 0;
    while at < pattern.len() {
        match pattern[at] {
            b'\\' => at += 1,
            b'[' => in_class = true,
            b']' => in_class = false,
            b'*' if !in_class => break,
            _ => {}
        }
        at += 1;
    }
    let (chunk, rest) = pattern.split_at(at.min(pattern.len()));
    (stars > 0, chunk, rest)
}

/// What is left of the name after a chunk without stars, or `None` where it does not fit. The
/// whole chunk is read in either case, for its errors.
fn match_chunk<'a>(mut chunk: &[u8], name: &'a [u8]) -> Result<Option<&'a [u8]>, BadPattern> {
    let mut left = Some(name);
    while let Some(&first) = chunk.first() {
        // A name that has ended fits nothing more.
        left = left.filter(|left| !left.is_empty());
        match first {
            b'[' => {
                let (character, after) = match left {
                    Some(left) => {
                        let (character, width) = decode(left);
                        (Some(character), Some(&left[width..]))
                    }
                    None => (None, None),
                };
                let (inside, rest) = match_class(&chunk[1..], character)?;
                chunk = rest;
                left = after.filter(|_| inside);
            }
            b'?' => {
                left = left.filter(|left| left[0] != b'/').map(|left| &left[decode(left).1..]);
                chunk = &chunk[1..];
            }
            _ => {
                if first == b'\\' {
                    chunk = &chunk[1..];
                }
                let &literal = chunk.first().ok_or(BadPattern)?;
                left = left.filter(|left| left[0] == literal).map(|left| &left[1..]);
                chunk = &chunk[1..];
            }
        }
    }
    Ok(left)
}

/// Reads a class after its `[`: whether the character is in it, and what follows its `]`.
fn match_class(mut class: &[u8], character: Option<char>) -> Result<(bool, &[u8]), BadPattern> {
    let negated = class.first() == Some(&b'^');
    if negated {
        class = &class[1..];
    }
    let mut inside = false;
    let mut ranges = 0;
    loop {
        if class.first() == Some(&b']') && ranges > 0 {
            return Ok((inside != negated, &class[1..]));
        }
        let (low, rest) = class_character(class)?;
        let mut high = low;
        class = rest;
        if class[0] == b'-' {
            (high, class) = class_character(&class[1..])?;
        }
        inside |= character.is_some_and(|character| (low..=high).contains(&character));
        ranges += 1;
    }
}

/// One character of a class, perhaps escaped. Something must follow it, at least the `]`.
fn class_character(class: &[u8]) -> Result<(char, &[u8]), BadPattern> {
    let class = match class.first() {
        None | Some(b'-' | b']') => return Err(BadPattern),
        Some(b'\\') => &class[1..],
        Some(_) => class,
    };
    if class.is_empty() {
        return Err(BadPattern);
    }
    let (character, width) = decode(class);
    let rest = &class[width..];
    if (character == REPLACEMENT && width == 1) || rest.is_empty() {
        return Err(BadPattern);
    }
    Ok((character, rest))
}

/// The first character and its width in bytes; a byte in the middle of one counts as one itself,
/// as Go has it when a star ends there.
fn decode(bytes: &[u8]) -> (char, usize) {
    let width = match bytes[0] {
        0x00..0x80 => return (char::from(bytes[0]), 1),
        0xc0..0xe0 => 2,
        0xe0..0xf0 => 3,
        0xf0.. => 4,
        _ => 1,
    };
    bytes
        .get(..width)
        .and_then(|bytes| std::str::from_utf8(bytes).ok())
        .and_then(|text| text.chars().next())
        .map_or((REPLACEMENT, 1), |character| (character, width))
}
