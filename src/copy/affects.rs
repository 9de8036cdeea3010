//! Which steps a changed path can matter to, for very many paths.

use std::collections::{HashMap, HashSet};

use super::CopyStep;
use super::source::Source;
use crate::pattern::{go_match, has_wildcard};
use crate::tree::links::{self, ResolveError, join};
use crate::tree::{Kind, Tree};

/// Paths that one step can take. It may say yes too often (`--exclude`, `.dockerignore`), but
/// never no where the change of a path changes what the step takes.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Concern {
    /// Taken with all below them.
    literals: Vec<String>,
    /// A directory, and what is matched below it.
    wildcards: Vec<(String, String)>,
}

impl Concern {
    /// Of a step; links in its sources are followed in the tree.
    pub fn new(step: &CopyStep, tree: &Tree) -> Concern {
        let mut concern = Concern::default();
        for source in step.sources.iter().filter_map(|source| Source::new(step, source).ok()) {
            let base = concern.follow(tree, &source.literal);
            if !source.pattern.is_empty() {
                concern.follow_matches(tree, &base, &source.pattern);
                // Without its directory the step fails, whatever it would match there.
                if tree.get(&base).is_none() {
                    concern.literals.push(base.clone());
                }
                concern.wildcards.push((base, source.pattern));
            } else if let Some(parents) = source.parents.filter(|one| !has_wildcard(&one.path)) {
                concern.literals.push(join(&base, &parents.path));
            } else {
                concern.literals.push(base);
            }
        }
        concern
    }

    /// Whether a change of this path can change what the step takes.
    pub fn matches(&self, path: &str) -> bool {
        self.literals.iter().any(|literal| within(path, literal) || within(literal, path))
            || self.wildcards.iter().any(|(base, pattern)| {
                within(base, path)
                    || relative(path, base).is_some_and(|rest| touches(pattern, rest))
            })
    }

    /// Where a path leads; the links on the way are of concern themselves.
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
            if let ResolveError::NotADirectory(below) = error
                && let Some((file, _)) = links::clean(&below).rsplit_once('/')
            {
                literals.push(file.to_owned());
            }
            links::clean(path)
        })
    }

    /// A match that is a link is followed, and so may be one below a match: where it leads is of
    /// concern too.
    fn follow_matches(&mut self, tree: &Tree, base: &str, pattern: &str) {
        for (path, entry) in tree.below(base) {
            if entry.kind == Kind::Symlink
                && relative(path, base).is_some_and(|rest| reach(pattern, rest) == Reach::All)
            {
                let target = self.follow(tree, path);
                self.literals.push(target);
            }
        }
    }
}

/// Whether a path is a directory or below it.
fn within(path: &str, directory: &str) -> bool {
    directory.is_empty()
        || path.strip_prefix(directory).is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
}

/// The path as seen from a directory that it is below.
fn relative<'a>(path: &'a str, directory: &str) -> Option<&'a str> {
    if directory.is_empty() { Some(path) } else { path.strip_prefix(directory)?.strip_prefix('/') }
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
    let ends = path.match_indices('/').map(|(at, _)| at).chain([path.len()]);
    for end in ends {
        if go_match(pattern, &path[..end]) == Ok(true) {
            return Reach::All;
        }
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

/// The concerns of many steps, tested at once.
#[derive(Debug, Clone, Default)]
pub struct Concerns {
    /// A path → the steps that take it with all below it, and those that take something below it.
    literals: HashMap<String, (Vec<usize>, Vec<usize>)>,
    /// The directories that some of these paths are in.
    parents: HashSet<String>,
    /// Step, directory, pattern.
    wildcards: Vec<(usize, String, String)>,
}

impl Concerns {
    /// Of these, which are numbered in their order.
    pub fn new(all: impl IntoIterator<Item = Concern>) -> Concerns {
        let mut concerns = Concerns::default();
        for (number, concern) in all.into_iter().enumerate() {
            for literal in concern.literals {
                concerns.on_the_way(number, &literal);
                concerns.literals.entry(literal).or_default().0.push(number);
            }
            for (base, pattern) in concern.wildcards {
                concerns.on_the_way(number, &base);
                concerns.literals.entry(base.clone()).or_default().1.push(number);
                concerns.wildcards.push((number, base, pattern));
            }
        }
        let parent =
            |path: &String| path.rsplit_once('/').map_or("", |(parent, _)| parent).to_owned();
        concerns.parents = concerns.literals.keys().map(parent).collect();
        concerns
    }

    /// For many paths; quick where paths of one directory come after each other.
    pub fn walker(&self) -> ConcernWalker<'_> {
        ConcernWalker {
            concerns: self,
            directory: None,
            certain: Vec::new(),
            literals: false,
            possible: Vec::new(),
        }
    }

    /// All directories above a path matter to who takes it: they may vanish as a whole.
    fn on_the_way(&mut self, number: usize, path: &str) {
        let ends = path.match_indices('/').map(|(at, _)| at).chain((!path.is_empty()).then_some(0));
        for end in ends {
            self.literals.entry(path[..end].to_owned()).or_default().1.push(number);
        }
    }
}

/// Tests many paths against [`Concerns`].
#[derive(Debug, Clone)]
pub struct ConcernWalker<'a> {
    concerns: &'a Concerns,
    directory: Option<String>,
    /// The steps that take everything in the directory.
    certain: Vec<usize>,
    /// Some of what is taken is directly in the directory.
    literals: bool,
    /// The wildcards that can match in the directory.
    possible: Vec<usize>,
}

impl ConcernWalker<'_> {
    /// Whether a change of this path can matter to any step.
    pub fn any(&mut self, path: &str) -> bool {
        self.enter(path);
        !self.certain.is_empty()
            || (self.literals && self.concerns.literals.contains_key(path))
            || self.possible.iter().any(|&number| self.wildcard_touches(number, path))
    }

    /// The numbers of the steps that it can matter to, ascending.
    pub fn of(&mut self, path: &str) -> Vec<usize> {
        self.enter(path);
        let mut steps = self.certain.clone();
        if let Some((all, some)) = self.concerns.literals.get(path) {
            steps.extend(all.iter().chain(some));
        }
        let touching = self.possible.iter().filter(|&&number| self.wildcard_touches(number, path));
        steps.extend(touching.map(|&number| self.concerns.wildcards[number].0));
        steps.sort_unstable();
        steps.dedup();
        steps
    }

    fn wildcard_touches(&self, number: usize, path: &str) -> bool {
        let (_, base, pattern) = &self.concerns.wildcards[number];
        relative(path, base).is_some_and(|rest| touches(pattern, rest))
    }

    fn enter(&mut self, path: &str) {
        let directory = path.rfind('/').map(|at| &path[..at]);
        // The root is in no directory, and nothing is known of it beforehand.
        let directory = if path.is_empty() { None } else { Some(directory.unwrap_or("")) };
        if directory == self.directory.as_deref() && directory.is_some() {
            return;
        }
        self.directory = directory.map(str::to_owned);
        self.certain.clear();
        self.possible.clear();
        self.literals = directory.is_none_or(|directory| self.concerns.parents.contains(directory));
        let Some(directory) = directory else { return };
        let ends = directory.match_indices('/').map(|(at, _)| at).chain([0, directory.len()]);
        for end in ends {
            if let Some((all, _)) = self.concerns.literals.get(&directory[..end]) {
                self.certain.extend(all);
            }
        }
        for (number, (step, base, pattern)) in self.concerns.wildcards.iter().enumerate() {
            if !within(directory, base) {
                continue;
            }
            match relative(directory, base).filter(|rest| !rest.is_empty()) {
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
