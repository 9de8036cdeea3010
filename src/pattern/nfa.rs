//! A small automaton: tries all ways through a pattern at once, so no pattern is slow.

/// One step of a program.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Op {
    /// Takes a character of a set.
    Take(Set),
    /// Goes on at both places.
    Split(usize, usize),
    /// Goes on only where this holds.
    Assert(Assertion),
    /// The whole name was taken.
    Accept,
}

/// A set of characters.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Set {
    /// All but those in the ranges.
    pub(super) negated: bool,
    /// Both ends included.
    pub(super) ranges: Vec<(char, char)>,
}

/// What holds at a place between characters.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Assertion {
    /// Before the first character.
    Start,
    /// After the last one.
    End,
    /// Between a word character and another (ASCII), or not.
    WordBoundary(bool),
}

impl Set {
    pub(super) fn one(character: char) -> Set {
        Set { negated: false, ranges: vec![(character, character)] }
    }

    pub(super) fn all_but(character: char) -> Set {
        Set { negated: true, ..Set::one(character) }
    }

    fn contains(&self, character: char) -> bool {
        let inside = self.ranges.iter().any(|&(low, high)| (low..=high).contains(&character));
        inside != self.negated
    }
}

/// Whether the program accepts the whole name.
pub(super) fn accepts(program: &[Op], name: &str) -> bool {
    let mut now = Threads::new(program.len());
    let mut next = Threads::new(program.len());
    let mut before = None;
    let mut characters = name.chars();
    loop {
        let character = characters.next();
        if before.is_none() {
            now.start(program, 0, before, character);
        }
        let Some(taken) = character else {
            return now.alive.iter().any(|&at| program[at] == Op::Accept);
        };
        let following = characters.clone().next();
        for &at in &now.alive {
            if let Op::Take(set) = &program[at]
                && set.contains(taken)
            {
                next.start(program, at + 1, character, following);
            }
        }
        if next.alive.is_empty() {
            return false;
        }
        std::mem::swap(&mut now, &mut next);
        next.clear();
        before = character;
    }
}

/// The places of a program that are reached at one place of the name.
struct Threads {
    seen: Vec<bool>,
    alive: Vec<usize>,
    /// Still to be looked at.
    open: Vec<usize>,
}

impl Threads {
    fn new(size: usize) -> Threads {
        Threads { seen: vec![false; size], alive: Vec::new(), open: Vec::new() }
    }

    fn clear(&mut self) {
        self.seen.fill(false);
        self.alive.clear();
    }

    /// Goes from a place of the program to all that can be reached without taking a character.
    fn start(&mut self, program: &[Op], at: usize, before: Option<char>, after: Option<char>) {
        self.open.push(at);
        while let Some(at) = self.open.pop() {
            if std::mem::replace(&mut self.seen[at], true) {
                continue;
            }
            match &program[at] {
                Op::Split(one, other) => self.open.extend([*other, *one]),
                Op::Assert(assertion) if assertion.holds(before, after) => self.open.push(at + 1),
                Op::Assert(_) => {}
                Op::Take(_) | Op::Accept => self.alive.push(at),
            }
        }
    }
}

impl Assertion {
    fn holds(self, before: Option<char>, after: Option<char>) -> bool {
        let word = |character: Option<char>| {
            character.is_some_and(|character| character.is_ascii_alphanumeric() || character == '_')
        };
        match self {
            Assertion::Start => before.is_none(),
            Assertion::End => after.is_none(),
            Assertion::WordBoundary(wanted) => (word(before) != word(after)) == wanted,
        }
    }
}
