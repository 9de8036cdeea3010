//! What each instruction does to the state of a stage, and the step that it makes of it.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::{
    Environment, ImageConfig, LONGEST_PATH, Ports, Run, Source, Step, StepError, StepKind,
};
use crate::copy::{CopyStep, Dialect, Heredoc, remote};
use crate::dockerfile::{self, Declaration, Instruction, InstructionKind, Pair, Word};
use crate::expand::{Budget, ExpandError, expand_heredoc, expand_within, expand_words};
use crate::path::resolve_in;

/// What a stage has come to at some line.
#[derive(Clone, Debug, Default)]
pub(super) struct State {
    pub(super) environment: Environment,
    /// Absolute, clean.
    pub(super) cwd: String,
    pub(super) user: Arc<str>,
    pub(super) shell: Arc<[String]>,
    pub(super) on_build: Arc<Vec<String>>,
    pub(super) exposed: Ports,
}

/// What an instruction sees besides the state.
pub(super) struct Scope<'a> {
    pub(super) escape: char,
    pub(super) build_args: &'a BTreeMap<String, String>,
    /// Global arguments with the platform's.
    pub(super) globals: &'a Environment,
    /// Global arguments that the file itself declares.
    pub(super) declared: &'a BTreeMap<String, String>,
    /// Whose rules apply where builders differ.
    pub(super) dialect: Dialect,
    /// What `COPY --from` names.
    pub(super) from: &'a dyn Fn(&str) -> Result<Source, StepError>,
    /// What `RUN --mount=from=` names.
    pub(super) mounted_from: &'a dyn Fn(&str) -> Result<Source, StepError>,
    /// What all expansions of the Dockerfile together can take.
    pub(super) budget: &'a Budget,
}

type Made = Result<Option<Step>, StepError>;

impl State {
    pub(super) fn of_image(config: &ImageConfig) -> Self {
        Self {
            environment: Environment::of_image(&config.env),
            cwd: resolve_in("/", &config.working_dir),
            user: config.user.as_str().into(),
            shell: config.shell.as_slice().into(),
            on_build: Arc::default(),
            exposed: Ports::default(),
        }
    }

    /// Carries one instruction out; a step comes of those that touch files.
    pub(super) fn apply(&mut self, instruction: &Instruction, scope: &Scope) -> Made {
        match &instruction.kind {
            InstructionKind::Arg(declarations) => self.declare(declarations, scope)?,
            InstructionKind::Env(pairs) => self.set(pairs, scope)?,
            InstructionKind::Workdir(path) => return self.enter(path, instruction, scope),
            InstructionKind::User(user) => self.user = self.expand(user, scope)?.into(),
            InstructionKind::Shell(words) => {
                self.shell = words.iter().map(|word| word.text.clone()).collect();
            }
            InstructionKind::Expose(words) => self.expose(words, scope)?,
            InstructionKind::Onbuild(inner) => {
                Arc::make_mut(&mut self.on_build).push(onbuild_text(inner));
            }
            InstructionKind::Run(run) => {
                let run = Run::resolve(run, &instruction.original, self, scope)?;
                return Ok(Some(self.step(instruction, StepKind::Run(Box::new(run)))));
            }
            InstructionKind::Copy(copy) => return self.copy(copy, false, instruction, scope),
            InstructionKind::Add(copy) => return self.copy(copy, true, instruction, scope),
            _ => {}
        }
        Ok(None)
    }

    fn step(&self, instruction: &Instruction, kind: StepKind) -> Step {
        Step {
            lines: instruction.lines,
            text: instruction.original.clone(),
            user: self.user.clone(),
            kind,
            after_live_command: false,
        }
    }

    fn expand(&self, word: &Word, scope: &Scope) -> Result<String, ExpandError> {
        expand_within(scope.budget, &word.text, &self.environment, scope.escape)
    }

    /// A build argument, the default, a global argument, or nothing at all.
    fn declare(&mut self, declarations: &[Declaration], scope: &Scope) -> Result<(), ExpandError> {
        for declaration in declarations {
            let name = self.expand(&declaration.name, scope)?;
            let default = match &declaration.default {
                Some(default) => Some(self.expand(default, scope)?),
                None => scope
                    .declared
                    .get(&name)
                    .cloned()
                    .or_else(|| scope.globals.get(&name).map(str::to_owned)),
            };
            if let Some(value) = scope.build_args.get(&name).cloned().or(default) {
                self.environment.set(&name, &value);
            }
        }
        Ok(())
    }

    /// All values of one ENV see the variables before it.
    fn set(&mut self, pairs: &[Pair], scope: &Scope) -> Result<(), ExpandError> {
        let values: Vec<(String, String)> = pairs
            .iter()
            .map(|pair| Ok((self.expand(&pair.key, scope)?, self.expand(&pair.value, scope)?)))
            .collect::<Result<_, ExpandError>>()?;
        for (name, value) in values {
            self.environment.set(&name, &value);
        }
        Ok(())
    }

    fn enter(&mut self, path: &Word, instruction: &Instruction, scope: &Scope) -> Made {
        let path = self.expand(path, scope)?;
        let cwd = resolve_in(&self.cwd, &path);
        // BuildKit 0.13 makes an absolute path as it is written, with what `..` leaves again.
        let as_written = scope.dialect == Dialect::Docker26 && path.starts_with('/');
        if cwd.len() > LONGEST_PATH {
            return Err(StepError::LongDirectory);
        }
        self.cwd = cwd;
        let made = if as_written { path } else { self.cwd.clone() };
        if made == "/" {
            return Ok(None);
        }
        Ok(Some(self.step(instruction, StepKind::Workdir(made))))
    }

    fn expose(&mut self, words: &[Word], scope: &Scope) -> Result<(), ExpandError> {
        for word in words {
            let ports = expand_words(scope.budget, &word.text, &self.environment, scope.escape)?;
            for port in &ports {
                self.exposed.add(port);
            }
        }
        Ok(())
    }

    fn copy(
        &self,
        copy: &dockerfile::Copy,
        add: bool,
        instruction: &Instruction,
        scope: &Scope,
    ) -> Made {
        let expand = |word: &Word| self.expand(word, scope);
        let optional = |word: &Option<Word>| word.as_ref().map(expand).transpose();
        let source = match copy.from.as_ref().filter(|from| !from.text.is_empty()) {
            Some(from) => (scope.from)(&from.text)?,
            None => Source::Context,
        };
        let sources = copy.sources.iter().map(expand).collect::<Result<Vec<_>, _>>()?;
        if let Some(remote) = sources.iter().find(|source| add && remote(source).is_some()) {
            return Ok(Some(self.step(instruction, StepKind::Remote(remote.clone()))));
        }
        let heredocs = instruction
            .heredocs
            .iter()
            .map(|heredoc| {
                let contents = heredoc.contents();
                let contents = if heredoc.expand {
                    expand_heredoc(scope.budget, &contents, &self.environment)?
                } else {
                    contents
                };
                Ok(Heredoc { name: heredoc.name.clone(), contents })
            })
            .collect::<Result<_, ExpandError>>()?;
        let step = CopyStep {
            sources,
            heredocs,
            dest: expand(&copy.dest)?,
            cwd: self.cwd.clone(),
            chown: optional(&copy.chown)?,
            chmod: optional(&copy.chmod)?,
            link: copy.link,
            parents: copy.parents,
            exclude: copy.exclude.iter().map(|word| word.text.clone()).collect(),
            add,
            from_stage: source != Source::Context,
            dialect: scope.dialect,
        };
        Ok(Some(self.step(instruction, StepKind::Copy(Box::new(step), source))))
    }
}

/// An ONBUILD's instruction as text, to be read again where it is triggered.
fn onbuild_text(inner: &Instruction) -> String {
    let mut text = inner.original.clone();
    for heredoc in &inner.heredocs {
        text.push('\n');
        text.push_str(&heredoc.body);
        text.push_str(&heredoc.name);
    }
    text
}
