//! All patterns of an ignore file that globset reads as Docker does, matched at once.

use globset::{Candidate, GlobBuilder, GlobSet, GlobSetBuilder};

use super::rule::Rule;

/// The patterns that are translated, and those that are not.
#[derive(Debug, Clone)]
pub(super) struct Bulk {
    set: GlobSet,
    /// The set's numbers → the numbers of the rules.
    numbers: Vec<usize>,
    /// Rules that only our own matcher reads right.
    others: Vec<usize>,
}

impl Bulk {
    pub(super) fn new(rules: &[Rule]) -> Bulk {
        let mut builder = GlobSetBuilder::new();
        let mut numbers = Vec::new();
        let mut others = Vec::new();
        for (number, rule) in rules.iter().enumerate() {
            let glob = translate(&rule.pattern).and_then(|pattern| {
                GlobBuilder::new(&pattern)
                    .literal_separator(true)
                    .backslash_escape(true)
                    .build()
                    .ok()
            });
            if let Some(glob) = glob {
                builder.add(glob);
                numbers.push(number);
            } else {
                others.push(number);
            }
        }
        match builder.build() {
            Ok(set) => Bulk { set, numbers, others },
            Err(_) => Bulk {
                set: GlobSet::empty(),
                numbers: Vec::new(),
                others: (0..rules.len()).collect(),
            },
        }
    }

    /// Sets `hits` to the rules that match the path itself. `scratch` saves allocations.
    pub(super) fn matches(
        &self,
        rules: &[Rule],
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
        self.set.matches_candidate_into(&Candidate::new(path), scratch);
        for &number in &*scratch {
            hits[self.numbers[number]] = true;
        }
        for &number in &self.others {
            hits[number] = rules[number].matches(path);
        }
    }
}

/// The pattern in globset's dialect, where that can say the same: literals, `*`, `?`, and `**` as
/// a whole component.
fn translate(pattern: &str) -> Option<String> {
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
    Some(pattern.replace('{', "\\{").replace('}', "\\}").replace(',', "\\,"))
}
