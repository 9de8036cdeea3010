//! What a RUN runs and what is mounted while it does.

use std::sync::Arc;

use super::instruction::{Scope, State};
use super::{Environment, Source, StepError};
use crate::dockerfile::{self, Command, MountKind};
use crate::expand::expand_within;
use crate::path::{base_name, resolve_in};
use crate::plan::{self, Script};

/// A RUN in its own context.
#[derive(Clone, Debug)]
pub struct Run {
    /// What the words are given to: a shell with its options, or nothing.
    pub shell: Arc<[String]>,
    /// The command: of the shell form its text as the only word.
    pub words: Vec<String>,
    /// A `#!` heredoc.
    pub script: Option<Script>,
    /// Working directory, absolute.
    pub cwd: String,
    /// Variables as of this line.
    pub environment: Environment,
    /// Its `--mount`s, targets absolute.
    pub mounts: Vec<Mount>,
    /// `default`, `none` or `host`.
    pub network: String,
    /// What cannot be given to it in a container of ours, in words.
    pub beyond: Vec<String>,
}

/// One `--mount`, resolved.
#[derive(Clone, Debug)]
pub enum Mount {
    /// Files of the context, a stage or an image.
    Bind(Bind),
    /// What needs nothing of the planner: cache, tmpfs and secret, as the host gets them.
    Plain(plan::Mount),
}

/// A `--mount=type=bind`.
#[derive(Clone, Debug)]
pub struct Bind {
    /// Absolute path in the container.
    pub target: String,
    /// Whose files.
    pub source: Source,
    /// Which path of them: relative in the context, absolute elsewhere.
    pub path: String,
    /// Whether the command may write there.
    pub writable: bool,
}

impl Run {
    /// Program and arguments.
    pub fn argv(&self) -> Vec<String> {
        [&*self.shell, &self.words].concat()
    }

    /// The binds among its mounts.
    pub fn binds(&self) -> impl Iterator<Item = &Bind> {
        self.mounts.iter().filter_map(|mount| match mount {
            Mount::Bind(bind) => Some(bind),
            Mount::Plain(_) => None,
        })
    }
}

impl Run {
    /// Gives a RUN what it needs of the stage: shell, directory, variables, mounts.
    pub(super) fn resolve(
        run: &dockerfile::Run,
        original: &str,
        state: &State,
        scope: &Scope,
    ) -> Result<Self, StepError> {
        let (shell, words, script) = match &run.command {
            Command::Exec(words) => (Arc::default(), words.clone(), None),
            Command::Shell(text) => (shell(state), vec![text.clone()], None),
            Command::Script { name, body } => {
                let path = format!("/dev/pipes/{name}");
                let script = Script { path: path.clone(), text: body.clone() };
                (Arc::default(), vec![path], Some(script))
            }
        };
        if words.is_empty() {
            return Err(StepError::NoArguments(original.to_owned()));
        }
        let mut beyond = Vec::new();
        let mut mounts = Vec::new();
        for mount in &run.mounts {
            match resolve_mount(mount, state, scope)? {
                Some(mount) => mounts.push(mount),
                None => beyond.push("it uses the SSH agent of the build".to_owned()),
            }
        }
        if run.security.as_ref().is_some_and(|security| security.text == "insecure") {
            beyond.push("it runs with --security=insecure".to_owned());
        }
        if !run.devices.is_empty() {
            beyond.push("it uses a device".to_owned());
        }
        let network = run.network.as_ref().map_or("default", |network| &network.text);
        Ok(Self {
            shell,
            words,
            script,
            cwd: state.cwd.clone(),
            environment: state.environment.clone(),
            mounts,
            network: network.to_owned(),
            beyond,
        })
    }
}

fn shell(state: &State) -> Arc<[String]> {
    if state.shell.is_empty() {
        return ["/bin/sh".to_owned(), "-c".to_owned()].into();
    }
    state.shell.clone()
}

/// `None` for the one type that nothing outside a build can stand in for.
fn resolve_mount(
    mount: &dockerfile::Mount,
    state: &State,
    scope: &Scope,
) -> Result<Option<Mount>, StepError> {
    let expand =
        |text: &String| expand_within(scope.budget, text, &state.environment, scope.escape);
    let optional = |text: &Option<String>| text.as_ref().map(expand).transpose();
    let target = optional(&mount.target)?.map(|target| resolve_in(&state.cwd, &target));
    let id = optional(&mount.id)?;
    let (uid, gid) = (mount.uid.unwrap_or(0), mount.gid.unwrap_or(0));
    // Without a target, it is the working directory.
    let required = || match target.clone().unwrap_or_else(|| state.cwd.clone()) {
        root if root == "/" => Err(StepError::Mount("invalid mount target \"/\"".to_owned())),
        target => Ok(target),
    };
    let plain = match mount.kind {
        MountKind::Bind => {
            let from = mount.from.as_deref().filter(|from| !from.is_empty());
            let source = from.map_or(Ok(Source::Context), scope.mounted_from)?;
            let path = resolve_in("/", &optional(&mount.source)?.unwrap_or_default());
            let path = if source == Source::Context {
                path.trim_start_matches('/').to_owned()
            } else {
                path
            };
            let bind = Bind { target: required()?, source, path, writable: !mount.readonly };
            return Ok(Some(Mount::Bind(bind)));
        }
        MountKind::Cache => {
            let target = required()?;
            let id = id.unwrap_or_else(|| target.clone());
            plan::Mount::Cache { target, id, mode: mount.mode.unwrap_or(0o755), uid, gid }
        }
        MountKind::Tmpfs => {
            plan::Mount::Tmpfs { target: required()?, size: mount.size.unwrap_or(0) }
        }
        MountKind::Secret => {
            let env = mount.env.clone();
            let name = target.as_deref().map(base_name);
            let id = id.or_else(|| name.map(str::to_owned)).or_else(|| env.clone());
            let id = id.ok_or_else(|| {
                StepError::Mount("a secret mount needs an id or a target".to_owned())
            })?;
            let target = match (target, &env) {
                (None, Some(_)) => None,
                (target, _) => Some(target.unwrap_or_else(|| format!("/run/secrets/{id}"))),
            };
            let mode = mount.mode.unwrap_or(0o400);
            plan::Mount::Secret { id, target, env, required: mount.required, mode, uid, gid }
        }
        MountKind::Ssh => return Ok(None),
    };
    Ok(Some(Mount::Plain(plain)))
}
