//! Many paths against all patterns of an ignore file.
//!
//! globset does the matching of what it reads as Docker does, our own matcher the rest. Most
//! patterns can match in few directories only, so what is tried is chosen once per directory.

use globset::{Candidate, GlobBuilder, GlobSet, GlobSetBuilder};

use super::rule::Rule;

/// The patterns of an ignore file, ready for bulk.
#[derive(Debug, Clone)]
pub(super) struct Bulk {
    /// Those that begin with `**/`, and may match anywhere.
    floating: Group,
    /// Those that are tied to a place.
    anchored: Group,
    /// Rules that only our own matcher reads right.
    others: Vec<usize>,
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
    others: Vec<usize>,
}

impl Bulk {
    pub(super) fn new(rules: &[Rule]) -> Bulk {
        let mut floating = Vec::new();
        let mut anchored = Vec::new();
        let mut others = Vec::new();
        for (number, rule) in rules.iter().enumerate() {
            match translate(&rule.pattern) {
                None => others.push(number),
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
            others.extend(numbers);
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
            others: self.others.iter().copied().filter(|number| possible(number)).collect(),
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
        for &number in &here.others {
            hits[number] = rules[number].matches(path);
        }
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
    let within = literal.rfind('/').map_or("", |at| &literal[..at]);
    let inside = within.is_empty()
        || directory
            .strip_prefix(within)
            .is_some_and(|rest| rest.is_empty() || rest.starts_with('/'));
    if !inside || pattern.contains("**") || pattern.contains('[') {
        return inside;
    }
    // Without `**` and classes, a match has as many components as the pattern.
    let depth = if directory.is_empty() { 0 } else { directory.matches('/').count() + 1 };
    pattern.matches('/').count() == depth
}

/// The pattern in globset's dialect, where that can say the same: literals, `*`, `?`, and `**` as
/// a whole component.
fn translate(pattern: &str) -> Option<globset::Glob> {
    if pattern.contains(['[', ']', '\\', '^']) {
        return None;
    }
    let mut before = "";
    for component in pattern.split('/') {
        if component.contains("**") && (component != "**" || before == "**") {
            return None;
        }
        before = component;
    }
    let pattern = pattern.replace('{', "\\{").replace('}', "\\}").replace(',', "\\,");
    GlobBuilder::new(&pattern).literal_separator(true).backslash_escape(true).build().ok()
}
