//! Patterns of an ignore file that are plain enough to be matched component by component.

use super::go_match;

/// Components of literals, `*` and `?`, and `**` as a whole one.
#[derive(Debug, Clone)]
pub(super) struct Components(Vec<String>);

impl Components {
    /// Nothing where the pattern has more to it.
    pub(super) fn new(pattern: &str) -> Option<Components> {
        if pattern.contains(['[', ']', '\\', '^']) {
            return None;
        }
        let mut components: Vec<String> = pattern.split('/').map(str::to_owned).collect();
        let odd = |component: &String| component.contains("**") && component != "**";
        if components.iter().any(odd) || components.windows(2).any(|two| two == ["**", "**"]) {
            return None;
        }
        // At the end it does not stand for nothing.
        if components.last().is_some_and(|last| last == "**") {
            components.push("*".to_owned());
        }
        Some(Components(components))
    }

    /// Whether a path without line ends matches. Begins at the end, where most paths differ; only
    /// the last `**` met is ever given more to take, so no pattern is slow.
    pub(super) fn match_path(&self, path: &str) -> bool {
        let (mut pattern, mut path) = (self.0.as_slice(), Some(path));
        let mut again = None;
        loop {
            match (pattern.split_last(), path) {
                (None, None) => return true,
                (Some((last, rest)), _) if last == "**" => {
                    if rest.is_empty() {
                        return true;
                    }
                    again = Some((rest, path));
                    pattern = rest;
                    continue;
                }
                (Some((last, rest)), Some(whole)) => {
                    let (above, name) = split(whole);
                    if go_match(last, name) == Ok(true) {
                        (pattern, path) = (rest, above);
                        continue;
                    }
                }
                _ => {}
            }
            let Some((rest, Some(whole))) = again else { return false };
            let above = split(whole).0;
            again = Some((rest, above));
            (pattern, path) = (rest, above);
        }
    }
}

fn split(path: &str) -> (Option<&str>, &str) {
    path.rsplit_once('/').map_or((None, path), |(above, name)| (Some(above), name))
}
