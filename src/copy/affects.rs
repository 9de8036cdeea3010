//! Which steps a changed path can matter to, for very many paths.

use std::collections::{HashMap, HashSet};

use super::CopyStep;
use super::source::Source;
use crate::path::{self, ancestors, below, clean, is_at_or_below, join};
use crate::pattern::{go_match, has_wildcard};
use crate::tree::links::{self, ResolveError};
use crate::tree::{Kind, Tree};

/// Paths that one step can take. It may say yes too often (`--exclude`, `.dockerignore`), but
/// never no where the change of a path changes what the step takes.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct StepPaths {
    /// Taken with all below them.
    literals: Vec<String>,
    /// A directory, and what is matched below it.
    wildcards: Vec<(String, String)>,
}

impl StepPaths {
    /// Of a step; links in its sources are followed in the tree.
    pub fn new(step: &CopyStep, tree: &Tree) -> StepPaths {
        let mut paths = StepPaths::default();
        for source in step.sources.iter().filter_map(|source| Source::new(step, source).ok()) {
            let base = paths.follow(tree, &source.literal);
            if !source.pattern.is_empty() {
                paths.follow_matches(tree, &base, &source.pattern);
                // Without its directory the step fails, whatever it would match there.
                if tree.get(&base).is_none() {
                    paths.literals.push(base.clone());
                }
                paths.wildcards.push((base, source.pattern));
            } else if let Some(parents) = source.parents.filter(|one| !has_wildcard(&one.path)) {
                paths.literals.push(join(&base, &parents.path));
            } else {
                paths.literals.push(base);
            }
        }
        paths
    }

    /// Whether a change of this path can change what the step takes.
    pub fn affected_by(&self, path: &str) -> bool {
        self.literals
            .iter()
            .any(|literal| is_at_or_below(path, literal) || is_at_or_below(literal, path))
            || self.wildcards.iter().any(|(base, pattern)| {
                is_at_or_below(base, path)
                    || below(path, base).is_some_and(|rest| touches(pattern, rest))
            })
    }

    /// Where a path leads; the links on the way matter themselves.
    fn follow(&mut self, tree: &Tree, path: &str) -> String {
        let literals = &mut self.literals;
        links::resolve(path, |at| {
            let entry = tree.get(at);
            if entry.is_some_and(|entry| entry.kind == Kind::Symlink) {
                literals.push(at.to_owned());
            }
            Ok::<_, ResolveError>(entry.map(|entry| (entry.kind, entry.target.clone())))
        })
        .unwrap_or_else(|error| {
            // What is in the way may become a directory.
            if let ResolveError::NotADirectory(below) = error {
                literals.push(path::parent(&clean(&below)).to_owned());
            }
            clean(path)
        })
    }

    /// A match that is a link is followed, and so may be one below a match: where it leads matters
    /// too.
    fn follow_matches(&mut self, tree: &Tree, base: &str, pattern: &str) {
        for (path, entry) in tree.below(base) {
            if entry.kind == Kind::Symlink
                && below(path, base).is_some_and(|rest| reach(pattern, rest) == Reach::All)
            {
                let target = self.follow(tree, path);
                self.literals.push(target);
            }
        }
    }
}

/// Whether a path is a match, below a match, or a directory that can hold one.
fn touches(pattern: &str, path: &str) -> bool {
    reach(pattern, path) != Reach::Nothing
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Reach {
    /// It is a match or below one.
    All,
    /// Something below it may be a match.
    Some,
    /// Neither.
    Nothing,
}

fn reach(pattern: &str, path: &str) -> Reach {
    if ancestors(path).chain([path]).any(|path| go_match(pattern, path) == Ok(true)) {
        return Reach::All;
    }
    // A class may take a slash, so then the components of pattern and path do not pair up.
    if pattern.contains('[') {
        return Reach::Some;
    }
    let mut components = pattern.split('/');
    for name in path.split('/') {
        match components.next() {
            Some(component) if go_match(component, name) == Ok(true) => {}
            _ => return Reach::Nothing,
        }
    }
    Reach::Some
}

/// Which of many steps a changed path affects, tested at once.
#[derive(Debug, Clone, Default)]
pub struct AffectedSteps {
    /// A path → the steps that take it with all below it, and those that take something below it.
    literals: HashMap<String, (Vec<usize>, Vec<usize>)>,
    /// The directories that some of these paths are in.
    parents: HashSet<String>,
    /// Step, directory, pattern.
    wildcards: Vec<(usize, String, String)>,
}

impl AffectedSteps {
    /// Of these, which are numbered in their order.
    pub fn new(all: impl IntoIterator<Item = StepPaths>) -> AffectedSteps {
        let mut affected = AffectedSteps::default();
        for (number, paths) in all.into_iter().enumerate() {
            for literal in paths.literals {
                affected.on_the_way(number, &literal);
                affected.literals.entry(literal).or_default().0.push(number);
            }
            for (base, pattern) in paths.wildcards {
                affected.on_the_way(number, &base);
                affected.literals.entry(base.clone()).or_default().1.push(number);
                affected.wildcards.push((number, base, pattern));
            }
        }
        affected.parents =
            affected.literals.keys().map(|path| path::parent(path).to_owned()).collect();
        affected
    }

    /// For many paths; quick where paths of one directory come after each other.
    pub fn walker(&self) -> AffectedStepsWalker<'_> {
        AffectedStepsWalker {
            affected: self,
            directory: None,
            certain: Vec::new(),
            literals: false,
            possible: Vec::new(),
        }
    }

    /// All directories above a path matter to who takes it: they may vanish as a whole.
    fn on_the_way(&mut self, number: usize, path: &str) {
        let root = (!path.is_empty()).then_some("");
        for above in ancestors(path).chain(root) {
            self.literals.entry(above.to_owned()).or_default().1.push(number);
        }
    }
}

/// Tests many paths against [`AffectedSteps`].
#[derive(Debug, Clone)]
pub struct AffectedStepsWalker<'a> {
    affected: &'a AffectedSteps,
    directory: Option<String>,
    /// The steps that take everything in the directory.
    certain: Vec<usize>,
    /// Some of what is taken is directly in the directory.
    literals: bool,
    /// The wildcards that can match in the directory.
    possible: Vec<usize>,
}

impl AffectedStepsWalker<'_> {
    /// Whether a change of this path can matter to any step.
    pub fn any(&mut self, path: &str) -> bool {
        self.enter(path);
        !self.certain.is_empty()
            || (self.literals && self.affected.literals.contains_key(path))
            || self.possible.iter().any(|&number| self.wildcard_touches(number, path))
    }

    /// The numbers of the steps that it can matter to, ascending.
    pub fn of(&mut self, path: &str) -> Vec<usize> {
        self.enter(path);
        let mut steps = self.certain.clone();
        if let Some((all, some)) = self.affected.literals.get(path) {
            steps.extend(all.iter().chain(some));
        }
        let touching = self.possible.iter().filter(|&&number| self.wildcard_touches(number, path));
        steps.extend(touching.map(|&number| self.affected.wildcards[number].0));
        steps.sort_unstable();
        steps.dedup();
        steps
    }

    fn wildcard_touches(&self, number: usize, path: &str) -> bool {
        let (_, base, pattern) = &self.affected.wildcards[number];
        below(path, base).is_some_and(|rest| touches(pattern, rest))
    }

    fn enter(&mut self, path: &str) {
        // The root is in no directory, and nothing is known of it beforehand.
        let directory = (!path.is_empty()).then(|| path::parent(path));
        if directory == self.directory.as_deref() && directory.is_some() {
            return;
        }
        self.directory = directory.map(str::to_owned);
        self.certain.clear();
        self.possible.clear();
        self.literals = directory.is_none_or(|directory| self.affected.parents.contains(directory));
        let Some(directory) = directory else { return };
        for around in ancestors(directory).chain(["", directory]) {
            if let Some((all, _)) = self.affected.literals.get(around) {
                self.certain.extend(all);
            }
        }
        for (number, (step, base, pattern)) in self.affected.wildcards.iter().enumerate() {
            if !is_at_or_below(directory, base) {
                continue;
            }
            match below(directory, base).filter(|rest| !rest.is_empty()) {
                None => self.possible.push(number),
                Some(rest) => match reach(pattern, rest) {
                    Reach::All => self.certain.push(*step),
                    Reach::Some => self.possible.push(number),
                    Reach::Nothing => {}
                },
            }
        }
    }
}
