//! A Dockerfile kept live: what was carried out, what is owed, and the plan that follows from it.
//!
//! The session compares the inputs that each step was carried out with and those of today. It does
//! not remember events, so nothing that failed or was cancelled can be forgotten.

mod checkpoints;
mod conflict;
mod container_facts;
mod context;
mod doubt;
mod inputs;
mod layout;
mod listing;
pub mod outline;
mod planner;
mod progress;
mod reasons;
mod revisions;
mod sources;
mod update;

use std::cell::RefCell;
use std::collections::{BTreeMap, BTreeSet};

use crate::copy::{AffectedSteps, Layout, StepPaths};
use crate::directive::{DirectiveKind, directives};
use crate::dockerfile::parse;
use crate::live::{self, LiveError};
use crate::pattern::{Ignore, Walker};
use crate::stage::{self, ImageConfig, Images, Model, Options, Places};
use crate::tree::{Entry, Tree};

use container_facts::Facts;
pub use container_facts::{FoundNames, FoundPath};
pub use context::ContextPath;
use inputs::Inputs;
use listing::Listing;
pub use sources::FoundEntry;

/// One Dockerfile kept live.
#[derive(Debug)]
pub struct Session {
    text: String,
    options: Options,
    images: Images,
    model: Model,
    ignore: Option<Ignore>,
    /// Keeps what it found out of the directory it was asked about last.
    walker: RefCell<Option<Walker>>,
    context: Context,
    stages: Vec<StageState>,
    image_listings: BTreeMap<String, Listing>,
    kept: Vec<Kept>,
    /// Names of checkpoints that were dropped and that the host does not know of yet.
    forgotten: Vec<String>,
    live: LiveState,
    planned: planner::Planned,
}

/// What the images were built from.
#[derive(Debug)]
struct Applied {
    tree: Tree,
    ignore: Option<Ignore>,
}

/// The build context as it is now, and what changed in it since the live container followed.
#[derive(Debug, Default)]
struct Context {
    tree: Tree,
    /// As the images were built from it; dropped as soon as the first layouts are known.
    applied: Option<Applied>,
    /// Paths whose bytes are an archive, as far as their first bytes tell.
    archives: BTreeSet<String>,
    /// A trailing ADD whose source has become an archive since the session began.
    unpacks_anew: Option<usize>,
    /// Paths that changed and are not in the live container yet, with what a build saw there before.
    changed: BTreeMap<String, Option<Entry>>,
    /// Which changes matter to which step; made anew when the model or a link changes.
    affected: Option<AffectedContextSteps>,
    /// Digests of what steps select; a change that matters to one removes its digest.
    digests: BTreeMap<(usize, usize), Vec<inputs::Input>>,
}

#[derive(Debug)]
struct AffectedContextSteps {
    affected: AffectedSteps,
    /// Stage and step of each [`StepPaths`] by its number.
    steps: Vec<(usize, usize)>,
}

/// What was carried out for one stage.
#[derive(Debug, Default)]
struct StageState {
    /// Inputs of the states that were built, by revision: 0 is the image's, which is never forgotten.
    revisions: BTreeMap<u32, Inputs>,
    /// The revision that was built last.
    newest: u32,
    /// The state that there is now: of an earlier stage its end, of the target the state before its
    /// trailing steps.
    current: u32,
    /// What was asked of their files.
    listings: BTreeMap<u32, Listing>,
    facts: Facts,
}

/// A state that was committed.
#[derive(Clone, Debug)]
struct Kept {
    name: String,
    stage: usize,
    at: usize,
    /// The inputs up to there.
    inputs: Inputs,
}

/// What the live container holds.
#[derive(Debug, Default)]
struct LiveState {
    /// The inputs it follows.
    inputs: Inputs,
    /// Layouts of the trailing steps as they are in it, by step; `None` while unknown.
    layouts: BTreeMap<usize, Layout>,
    /// Paths that an update left in doubt.
    dirty: BTreeSet<String>,
    /// What the update at hand will have made of it.
    next: Option<NextLive>,
    restart_owed: bool,
    /// Whether the application was found to have ended: what is written starts it again.
    ended: bool,
}

#[derive(Debug)]
struct NextLive {
    layouts: BTreeMap<usize, Layout>,
    touched: BTreeSet<String>,
}

impl Session {
    /// Reads a Dockerfile (in its original or its live form).
    pub fn new(text: &str, options: Options) -> Self {
        let mut session = Self {
            text: text.to_owned(),
            options,
            images: Images::new(),
            model: Model {
                stages: Vec::new(),
                target: 0,
                live: false,
                lacking: Vec::new(),
                errors: Vec::new(),
            },
            ignore: None,
            walker: RefCell::default(),
            context: Context::default(),
            stages: Vec::new(),
            image_listings: BTreeMap::new(),
            kept: Vec::new(),
            forgotten: Vec::new(),
            live: LiveState::default(),
            planned: planner::Planned::default(),
        };
        session.model();
        session
    }

    /// Images whose config the session lacks.
    pub fn needed_images(&self) -> &[String] {
        &self.model.lacking
    }

    /// Takes an image's config; `None` when it cannot be had.
    pub fn learn_image(&mut self, name: &str, config: Option<ImageConfig>) {
        self.images.insert(name.to_owned(), config);
        self.model();
    }

    /// The stages as they are understood.
    pub fn stages(&self) -> &Model {
        &self.model
    }

    fn model(&mut self) {
        let (file, places, error) = match live::generate(&self.text) {
            Ok(live) => {
                let file = parse(&live.text);
                let mut directives = directives(&file).into_iter();
                let marker = directives.find(|it| it.kind == DirectiveKind::Marker);
                let marker = marker.map(|marker| marker.line);
                (file, Places { original: live.line_map, marker }, None)
            }
            Err(error) => {
                let (message, remedy) = (error.to_string(), error.remedy().to_owned());
                let (LiveError::SecondLiveCommand { line, .. }
                | LiveError::BeforeFirstStage { line, .. }) = error;
                let lines = (line, line);
                let error = stage::ModelError { lines, message, remedy };
                (parse(&self.text), Places::default(), Some(error))
            }
        };
        self.model = stage::build(&file, &places, &self.options, &self.images);
        self.model.errors.extend(error);
        self.forget_everything();
    }

    /// The images are as the context says, and nothing is owed.
    fn forget_everything(&mut self) {
        self.context.digests.clear();
        self.context.affected = None;
        self.kept.clear();
        self.planned = planner::Planned::default();
        self.stages = self.model.stages.iter().map(|_| StageState::default()).collect();
        self.widen_trailing();
        self.begin();
    }

    /// Which steps of the model a change of a path can matter to.
    fn affected_steps(&mut self) -> &AffectedContextSteps {
        if self.context.affected.is_none() {
            let mut steps = Vec::new();
            let mut all = Vec::new();
            for (index, stage) in self.model.stages.iter().enumerate() {
                for (at, step) in stage.steps.iter().enumerate().filter(|_| stage.needed) {
                    for copy in sources::context_copies(step) {
                        steps.push((index, at));
                        all.push(StepPaths::new(&copy, &self.context.tree));
                    }
                }
            }
            self.context.affected =
                Some(AffectedContextSteps { affected: AffectedSteps::new(all), steps });
        }
        self.context.affected.get_or_insert_with(|| unreachable!())
    }
}
