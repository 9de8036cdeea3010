//! Walks the instructions of a Dockerfile and makes stages of them, as `BuildKit`'s frontend does.

use std::collections::{BTreeMap, HashMap, HashSet};
use std::sync::Arc;

use super::instruction::State;
use super::{
    Base, Environment, ImageConfig, Images, Model, ModelError, Options, Ports, Source, Stage, Step,
    StepError,
};
use crate::dockerfile::{
    Declaration, Dockerfile, From, Instruction, InstructionKind, MOST_INSTRUCTIONS, parse,
};
use crate::expand::{Budget, ExpandError, ExpandReason, expand_within};

/// Where the steps of a Dockerfile stand and which of them the live command precedes.
#[derive(Clone, Debug, Default)]
pub struct Places {
    /// For each line of the text (from 0) the line of the file that a person edits, from 1.
    pub original: Vec<u32>,
    /// The line of the live command's marker in the text, from 1.
    pub marker: Option<u32>,
}

impl Places {
    fn of(&self, instruction: &Instruction) -> (u32, u32) {
        let line = |line: u32| self.original.get(line as usize - 1).copied().unwrap_or(line);
        (line(instruction.lines.0), line(instruction.lines.1))
    }
}

/// Makes the model of a Dockerfile (in its live form). Never fails: what is wrong is in `errors`.
pub fn build(file: &Dockerfile, places: &Places, options: &Options, images: &Images) -> Model {
    let mut builder = Builder {
        file,
        places,
        options,
        images,
        globals: platform_arguments(&options.platform),
        declared: BTreeMap::new(),
        ends: Vec::new(),
        stages: Vec::new(),
        names: HashMap::new(),
        wanted: Vec::new(),
        errors: Vec::new(),
        budget: Budget::default(),
        instructions: 0,
    };
    for error in &file.errors {
        let line = u32::try_from(file.index.line(error.span.start)).unwrap_or(0) + 1;
        let line = places.original.get(line as usize - 1).copied().unwrap_or(line);
        let (message, remedy) = (error.message.clone(), error.remedy.clone());
        builder.errors.push((None, ModelError { lines: (line, line), message, remedy }));
    }
    builder.walk();
    builder.finish()
}

/// `TARGETPLATFORM` and its like, which FROM may use and a stage may declare.
fn platform_arguments(platform: &str) -> Environment {
    let mut parts = platform.splitn(3, '/');
    let (os, arch, variant) =
        (parts.next().unwrap_or(""), parts.next().unwrap_or(""), parts.next().unwrap_or(""));
    let mut environment = Environment::default();
    for side in ["BUILD", "TARGET"] {
        environment.set(&format!("{side}PLATFORM"), platform);
        environment.set(&format!("{side}OS"), os);
        environment.set(&format!("{side}ARCH"), arch);
        environment.set(&format!("{side}VARIANT"), variant);
    }
    environment
}

struct Builder<'a> {
    file: &'a Dockerfile,
    places: &'a Places,
    options: &'a Options,
    images: &'a Images,
    /// What FROM lines see: global ARGs and the platform's.
    globals: Environment,
    /// Global ARGs alone, for stages that declare them again.
    declared: BTreeMap<String, String>,
    /// The state of each stage after its last instruction.
    ends: Vec<State>,
    stages: Vec<Stage>,
    /// The last stage of each name.
    names: HashMap<String, usize>,
    /// The image whose config each stage begins with.
    wanted: Vec<Option<String>>,
    /// What is wrong, and in which stage: what is wrong in one that is not needed does no harm.
    errors: Vec<(Option<usize>, ModelError)>,
    budget: Budget,
    /// How many were carried out, with those that were triggered.
    instructions: usize,
}

impl Builder<'_> {
    fn walk(&mut self) {
        let file = self.file;
        for instruction in &file.instructions {
            match &instruction.kind {
                InstructionKind::From(from) => self.start_stage(instruction, from),
                InstructionKind::Arg(declarations) if self.stages.is_empty() => {
                    self.declare_globals(instruction, declarations);
                }
                _ if self.stages.is_empty() => {
                    self.error(instruction, &StepError::NoStage);
                }
                _ => self.apply(instruction, instruction),
            }
        }
        if self.stages.is_empty() && self.errors.is_empty() {
            let message = "dockerfile contains no stages to build".to_owned();
            let remedy = "Begin a stage with `FROM image`.".to_owned();
            self.errors.push((None, ModelError { lines: (1, 1), message, remedy }));
        }
    }

    /// Notes what is wrong with an instruction of the stage at hand.
    fn error(&mut self, instruction: &Instruction, error: &StepError) {
        let stage = self.stages.len().checked_sub(1).filter(|_| !error.stops_any_build());
        self.error_in(stage, instruction, error);
    }

    fn error_in(&mut self, stage: Option<usize>, instruction: &Instruction, error: &StepError) {
        let lines = self.places.of(instruction);
        let (message, remedy) = (error.to_string(), error.remedy().to_owned());
        self.errors.push((stage, ModelError { lines, message, remedy }));
    }

    fn expand_global(&self, word: &str) -> Result<String, ExpandError> {
        expand_within(&self.budget, word, &self.globals, self.file.escape)
    }

    fn declare_globals(&mut self, instruction: &Instruction, declarations: &[Declaration]) {
        for declaration in declarations {
            let name = &declaration.name.text;
            let given = self.options.build_args.get(name).cloned();
            let default = || Some(self.expand_global(&declaration.default.as_ref()?.text));
            let value = given.map_or_else(default, |given| Some(Ok(given)));
            match value {
                Some(Ok(value)) => {
                    self.globals.set(name, &value);
                    self.declared.insert(name.clone(), value);
                }
                Some(Err(error)) if matches!(error.reason, ExpandReason::Limit(_)) => {
                    self.error_in(None, instruction, &error.into());
                }
                // A build goes on, without a value.
                Some(Err(_)) | None => {}
            }
        }
    }

    fn start_stage(&mut self, instruction: &Instruction, from: &From) {
        let image = self.expand_global(&from.image.text).unwrap_or_else(|error| {
            self.error_in(None, instruction, &error.into());
            String::new()
        });
        let base = self.base(&image);
        let (state, triggers) = self.begin(&base);
        self.wanted.push(match &base {
            Base::Image(name) => Some(name.clone()),
            Base::Stage(_) | Base::Scratch => None,
        });
        let name = from.name.as_ref().map(|name| name.text.to_ascii_lowercase());
        if let Some(name) = &name {
            self.names.insert(name.clone(), self.stages.len());
        }
        self.stages.push(Stage {
            name,
            base,
            lines: self.places.of(instruction),
            steps: Vec::new(),
            needed: false,
            trailing: 0,
            exposed: Ports::default(),
        });
        self.ends.push(state);
        for trigger in &*triggers {
            if self.instructions > MOST_INSTRUCTIONS {
                return;
            }
            if let Err(limit) = self.budget.spend(trigger.len()) {
                let (word, reason) = (String::new(), limit.into());
                return self.error(instruction, &ExpandError { word, reason }.into());
            }
            let parsed = parse(&format!("FROM scratch\n{trigger}"));
            if let Some(triggered) = parsed.instructions.get(1) {
                self.apply(triggered, instruction);
            }
        }
    }

    /// What a FROM names: the nearest earlier stage of exactly that name, or an image.
    fn base(&self, image: &str) -> Base {
        match (self.names.get(image), image) {
            (Some(index), _) => Base::Stage(*index),
            (None, "scratch") => Base::Scratch,
            (None, _) => Base::Image(image.to_owned()),
        }
    }

    /// The state that a stage begins with, and the instructions that its base triggers.
    fn begin(&self, base: &Base) -> (State, Arc<Vec<String>>) {
        match base {
            Base::Stage(index) => {
                let mut state = self.ends[*index].clone();
                let triggers = std::mem::take(&mut state.on_build);
                (state, triggers)
            }
            Base::Scratch => (State::of_image(&ImageConfig::default()), Arc::default()),
            Base::Image(name) => {
                let config = self.images.get(name).cloned().flatten().unwrap_or_default();
                (State::of_image(&config), Arc::new(config.on_build))
            }
        }
    }

    /// Carries an instruction out on the stage at hand; `place` is where a person finds it.
    fn apply(&mut self, instruction: &Instruction, place: &Instruction) {
        let lines = self.places.of(place);
        let index = self.stages.len() - 1;
        self.instructions += 1;
        if self.instructions > MOST_INSTRUCTIONS {
            if self.instructions == MOST_INSTRUCTIONS + 1 {
                self.error(place, &StepError::Instructions);
            }
            return;
        }
        let mut state = std::mem::take(&mut self.ends[index]);
        let scope = super::instruction::Scope {
            escape: self.file.escape,
            build_args: &self.options.build_args,
            dialect: self.options.dialect,
            globals: &self.globals,
            declared: &self.declared,
            from: &|name: &str| self.source(name, index),
            mounted_from: &|name: &str| self.mount_source(name, index),
            budget: &self.budget,
        };
        let result = state.apply(instruction, &scope);
        self.ends[index] = state;
        match result {
            Ok(Some(mut step)) => {
                step.lines = lines;
                step.after_live_command =
                    self.places.marker.is_some_and(|marker| place.lines.0 > marker);
                self.stages[index].steps.push(step);
            }
            Ok(None) => {}
            Err(error) => self.error(place, &error),
        }
    }

    /// What `COPY --from` names: a stage by index or by name in any case, or an image.
    fn source(&self, name: &str, current: usize) -> Result<Source, StepError> {
        if let Ok(index) = name.parse::<i64>() {
            return match usize::try_from(index) {
                Ok(index) if index < current => Ok(Source::Stage(index)),
                Ok(index) if index == current => Err(StepError::Circular(name.to_owned())),
                _ => Err(StepError::StageIndex(index)),
            };
        }
        self.mount_source(name, current)
    }

    fn mount_source(&self, name: &str, current: usize) -> Result<Source, StepError> {
        match self.names.get(&name.to_lowercase()) {
            Some(index) if *index == current => Err(StepError::Circular(name.to_owned())),
            Some(index) => Ok(Source::Stage(*index)),
            None => Ok(Source::Image(name.to_owned())),
        }
    }

    fn finish(mut self) -> Model {
        let target = self.target();
        for (stage, state) in self.stages.iter_mut().zip(&self.ends) {
            stage.exposed = state.exposed.clone();
            stage.trailing = trailing(&stage.steps);
        }
        self.mark_needed(target);
        let mut lacking: Vec<String> = Vec::new();
        let mut seen = HashSet::new();
        for (stage, wanted) in self.stages.iter().zip(&self.wanted) {
            if let Some(name) = wanted.as_ref().filter(|_| stage.needed)
                && !self.images.contains_key(name)
                && seen.insert(name)
            {
                lacking.push(name.clone());
            }
        }
        let needed = |stage: &Option<usize>| stage.is_none_or(|stage| self.stages[stage].needed);
        let errors = self.errors.into_iter().filter(|(stage, _)| needed(stage));
        let errors = errors.map(|(_, error)| error).collect();
        Model { stages: self.stages, target, live: self.places.marker.is_some(), lacking, errors }
    }

    fn target(&mut self) -> usize {
        let last = self.stages.len().saturating_sub(1);
        let Some(target) = self.options.target.as_deref() else { return last };
        let named = self.names.get(&target.to_lowercase()).copied();
        let numbered = target.parse().ok().filter(|index| *index <= last);
        if named.or(numbered).is_none() {
            let message = format!("target stage {target:?} could not be found");
            let remedy = "Choose one of the stages of the Dockerfile.".to_owned();
            self.errors.push((None, ModelError { lines: (1, 1), message, remedy }));
        }
        named.or(numbered).unwrap_or(last)
    }

    fn mark_needed(&mut self, target: usize) {
        let mut open = vec![target];
        while let Some(index) = open.pop() {
            let Some(stage) = self.stages.get_mut(index).filter(|stage| !stage.needed) else {
                continue;
            };
            stage.needed = true;
            if let Base::Stage(parent) = stage.base {
                open.push(parent);
            }
            open.extend(stage.steps.iter().flat_map(Step::stages));
        }
    }
}

/// The first of the last steps that only copy. Where one of them names a user, those before it that
/// may write the files in which users are named are not among them.
fn trailing(steps: &[Step]) -> usize {
    let after = |at: Option<usize>| at.map_or(0, |at| at + 1);
    let ran = after(steps.iter().rposition(|step| !step.only_lays_out()));
    let naming = steps.iter().rposition(Step::names_users).unwrap_or(0);
    ran.max(after(steps[..naming].iter().rposition(Step::may_write_users)))
}
