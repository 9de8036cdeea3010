//! What a step was carried out with: the identity of everything that it takes from outside.

/// One thing that a step takes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Input {
    /// What it selects in the build context.
    Context(u128),
    /// What it wants of the context is not there, in Docker's words.
    Missing(String),
    /// What it selects in a state of another stage.
    Stage { stage: usize, revision: Revision },
    /// The whole of a state of another stage: FROM.
    Parent { stage: usize, revision: Revision },
}

/// A state of a stage.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Revision {
    /// One that was built; 0 is that of the image that the session began with.
    Built(u32),
    /// The next one, which is still to be built if something really changed.
    Pending,
    /// The next one, which will be built in any case.
    Due,
}

/// What becomes of a stage in a push.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum StageOutcome {
    Stays,
    MayChange,
    Changes,
}

/// The inputs of a stage: those of its FROM, then those of each step.
pub(super) type Inputs = Vec<Vec<Input>>;

/// How an input of today relates to the one that a step was carried out with.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Comparison {
    Same,
    Different,
    /// It hangs on a stage that is still to be built.
    Pending,
}

/// The first step of a stage that has to be done again.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Staleness {
    /// Index into the inputs: 0 for the base, `n` for step `n - 1`.
    pub(super) first: usize,
    /// The first that has to be done in any case; those before hang on other stages.
    pub(super) certain: Option<usize>,
}

impl Staleness {
    /// Looks comparisons through in order; `None` when all are the same.
    pub(super) fn of(comparisons: impl IntoIterator<Item = Comparison>) -> Option<Self> {
        let mut first = None;
        for (index, comparison) in comparisons.into_iter().enumerate() {
            match comparison {
                Comparison::Same => {}
                Comparison::Pending => first = first.or(Some(index)),
                Comparison::Different => {
                    return Some(Self { first: first.unwrap_or(index), certain: Some(index) });
                }
            }
        }
        first.map(|first| Self { first, certain: None })
    }

    /// Whether a step (as an index into the inputs) hangs on whether another stage changes.
    pub(super) fn conditional(self, index: usize) -> bool {
        self.certain.is_none_or(|certain| index < certain)
    }
}
