//! "Did you mean …?"

/// The option that is nearest to `word`, if it is near enough to be a slip of the fingers.
pub(crate) fn nearest<'a>(word: &str, options: &[&'a str]) -> Option<&'a str> {
    const FARTHEST: usize = 2;
    if word.len() > 64 {
        return None;
    }
    options
        .iter()
        .map(|option| (distance(word, option), *option))
        .filter(|(distance, _)| (1..=FARTHEST).contains(distance))
        .min_by_key(|(distance, _)| *distance)
        .map(|(_, option)| option)
}

/// How many characters have to be put in, taken out or changed.
fn distance(left: &str, right: &str) -> usize {
    let right: Vec<char> = right.chars().collect();
    let mut row: Vec<usize> = (0..=right.len()).collect();
    for (index, ch) in left.chars().enumerate() {
        let mut diagonal = std::mem::replace(&mut row[0], index + 1);
        for (column, other) in right.iter().enumerate() {
            let changed = diagonal + usize::from(ch != *other);
            diagonal = row[column + 1];
            row[column + 1] = changed.min(diagonal + 1).min(row[column] + 1);
        }
    }
    row[right.len()]
}

#[cfg(test)]
mod tests {
    use super::nearest;

    #[test]
    fn a_slip_is_recognised_and_something_else_is_not() {
        assert_eq!(nearest("COYP", &["CMD", "COPY"]), Some("COPY"));
        assert_eq!(nearest("RN", &["RUN", "ARG"]), Some("RUN"));
        assert_eq!(nearest("ENTRYPOINT", &["ENTRYPOINT"]), None);
        assert_eq!(nearest("HELLO", &["RUN"]), None);
    }
}
