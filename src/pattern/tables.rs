//! Many paths against all patterns of an ignore file.
//!
//! globset looks up in its tables what it reads as Docker does. For all else it would make regular
//! expressions and other automata, which are larger than the rest of the core together; our own
//! matchers do without. Most patterns can match in few directories only, so what is tried is chosen
//! once per directory.

use globset::{Candidate, GlobBuilder, GlobSet, GlobSetBuilder};

use super::components::Components;
use super::ignore_rule::Rule;
use crate::path::{is_at_or_below, parent};

/// The patterns of an ignore file, ready for bulk.
#[derive(Debug, Clone)]
pub(super) struct Bulk {
    /// Those that begin with `**/`, and may match anywhere.
    floating: Group,
    /// Those that are tied to a place.
    anchored: Group,
    /// Those that are tried one by one.
    others: Vec<Other>,
}

/// A pattern that no table can hold.
#[derive(Debug, Clone)]
struct Other {
    /// Of the rule.
    number: usize,
    /// `None` where only the rule itself reads the pattern right.
    components: Option<Components>,
}

/// Patterns that are translated for globset.
#[derive(Debug, Clone)]
struct Group {
    set: GlobSet,
    /// The set's numbers → the numbers of the rules.
    numbers: Vec<usize>,
}

/// What is to be tried in one directory.
#[derive(Debug, Clone, Default)]
pub(super) struct Here {
    anchored: bool,
    /// Of those that are tried one by one.
    others: Vec<usize>,
}

impl Bulk {
    pub(super) fn new(rules: &[Rule]) -> Bulk {
        let mut floating = Vec::new();
        let mut anchored = Vec::new();
        let mut others = Vec::new();
        for (number, rule) in rules.iter().enumerate() {
            match translate(&rule.pattern) {
                None => others.push(Other::new(number, rule)),
                Some(glob) if rule.pattern.starts_with("**") => floating.push((number, glob)),
                Some(glob) => anchored.push((number, glob)),
            }
        }
        let mut group = |globs: Vec<(usize, globset::Glob)>| {
            let mut builder = GlobSetBuilder::new();
            for (_, glob) in &globs {
                builder.add(glob.clone());
            }
            let numbers: Vec<usize> = globs.into_iter().map(|(number, _)| number).collect();
            if let Ok(set) = builder.build() {
                return Group { set, numbers };
            }
            others.extend(numbers.into_iter().map(|number| Other::new(number, &rules[number])));
            Group { set: GlobSet::empty(), numbers: Vec::new() }
        };
        let (floating, anchored) = (group(floating), group(anchored));
        Bulk { floating, anchored, others }
    }

    /// What may match a path directly in this directory.
    pub(super) fn enter(&self, rules: &[Rule], directory: &str) -> Here {
        let possible = |number: &usize| may_match_in(&rules[*number].pattern, directory);
        Here {
            anchored: self.anchored.numbers.iter().any(possible),
            others: (0..self.others.len())
                .filter(|&at| possible(&self.others[at].number))
                .collect(),
        }
    }

    /// Sets `hits` to the rules that match the path itself. `scratch` saves allocations.
    pub(super) fn matches(
        &self,
        rules: &[Rule],
        here: &Here,
        path: &str,
        hits: &mut [bool],
        scratch: &mut Vec<usize>,
    ) {
        hits.fill(false);
        // globset counts bytes where Docker counts characters, and lets `.` match a line end.
        if path.bytes().any(|byte| !byte.is_ascii() || byte == b'\n') {
            for (hit, rule) in hits.iter_mut().zip(rules) {
                *hit = rule.matches(path);
            }
            return;
        }
        let candidate = Candidate::new(path);
        self.floating.matches(&candidate, hits, scratch);
        if here.anchored {
            self.anchored.matches(&candidate, hits, scratch);
        }
        for &at in &here.others {
            let Other { number, components } = &self.others[at];
            hits[*number] = match components {
                Some(components) => components.match_path(path),
                None => rules[*number].matches(path),
            };
        }
    }
}

impl Other {
    fn new(number: usize, rule: &Rule) -> Other {
        Other { number, components: Components::new(&rule.pattern) }
    }
}

impl Group {
    fn matches(&self, candidate: &Candidate<'_>, hits: &mut [bool], scratch: &mut Vec<usize>) {
        if self.numbers.is_empty() {
            return;
        }
        self.set.matches_candidate_into(candidate, scratch);
        for &number in &*scratch {
            hits[self.numbers[number]] = true;
        }
    }
}

/// Whether a pattern can match a path directly in a directory; says yes where it is hard to tell.
fn may_match_in(pattern: &str, directory: &str) -> bool {
    if pattern.contains(['\\', '^']) {
        return true;
    }
    let literal = &pattern[..pattern.find(['*', '?', '[']).unwrap_or(pattern.len())];
    let inside = is_at_or_below(directory, parent(literal));
    if !inside || pattern.contains("**") || pattern.contains('[') {
        return inside;
    }
    // Without `**` and classes, a match has as many components as the pattern.
    let depth = if directory.is_empty() { 0 } else { directory.matches('/').count() + 1 };
    pattern.matches('/').count() == depth
}

/// The pattern in globset's dialect, where it looks matches up in tables of whole paths, names and
/// extensions.
fn translate(pattern: &str) -> Option<globset::Glob> {
    if pattern.contains(['[', ']', '\\', '^']) || !in_tables(pattern) {
        return None;
    }
    let pattern = pattern.replace('{', "\\{").replace('}', "\\}").replace(',', "\\,");
    GlobBuilder::new(&pattern).literal_separator(true).backslash_escape(true).build().ok()
}

/// Whether globset needs no automaton for it: `tools/bindgen` leaves them out.
fn in_tables(pattern: &str) -> bool {
    let literal = |text: &str| !text.is_empty() && !text.contains(['*', '?']);
    match pattern.strip_prefix("**/") {
        None => literal(pattern),
        Some(name) if name.contains('/') => false,
        Some(name) => match name.strip_prefix("*.") {
            Some(extension) => literal(extension) && !extension.contains('.'),
            None => literal(name),
        },
    }
}
