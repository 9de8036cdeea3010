//! What the core answers to the host: plans, their actions, and the questions that they leave open.

use serde::{Deserialize, Serialize};
#[cfg(target_arch = "wasm32")]
use tsify::Tsify;

/// Something that text and context cannot tell, and the host can look up.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "camelCase", rename_all_fields = "camelCase")]
#[cfg_attr(target_arch = "wasm32", derive(Tsify), tsify(missing_as_null))]
pub enum Need {
    /// What is at a path in the pristine container of a stage; the last component is not followed.
    Stat {
        /// Index of the stage.
        stage: usize,
        /// Absolute path.
        path: String,
    },
    /// The texts of `/etc/passwd` and `/etc/group` in the pristine container of a stage.
    Names {
        /// Index of the stage.
        stage: usize,
    },
    /// A path of a stage in one of its states, and all below it.
    StageTree {
        /// Index of the stage.
        stage: usize,
        /// Which of its states: 0 is that of its image, others are numbered as they are built.
        revision: u32,
        /// Whether that state is the one that the session has now.
        current: bool,
        /// Absolute path.
        path: String,
    },
    /// A path of an image, and all below it.
    ImageTree {
        /// The image's name as written in the Dockerfile.
        name: String,
        /// Absolute path.
        path: String,
    },
}

/// What a push has to do, in an order in which it can be done.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(target_arch = "wasm32", derive(Tsify), tsify(missing_as_null))]
pub struct Plan {
    /// Questions to answer before the plan is complete; ask for the plan again then.
    pub needs: Vec<Need>,
    /// In an order that respects `after`.
    pub actions: Vec<Action>,
    /// Steps that cannot be made equal to a fresh build in place.
    pub inexact: Vec<Inexact>,
    /// Whether the container is restarted at the end.
    pub restarts: bool,
}

/// One thing to do.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(target_arch = "wasm32", derive(Tsify), tsify(missing_as_null))]
pub struct Action {
    /// The same in every plan of a push: stage, step and kind.
    pub id: String,
    /// Index of the stage it belongs to.
    pub stage: usize,
    /// Index of the step in the stage.
    pub step: Option<usize>,
    /// First and last line of the step in the Dockerfile, 1-based.
    pub lines: Option<(u32, u32)>,
    /// The instruction on one line, or what is done in words.
    pub title: String,
    /// What to do.
    pub kind: ActionKind,
    /// Actions that must be done before.
    pub after: Vec<String>,
    /// Why it is there, a sentence each.
    pub why: Vec<String>,
    /// Runs only if what an earlier stage supplies really changes.
    pub conditional: bool,
}

/// What an action does.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "camelCase", rename_all_fields = "camelCase")]
#[cfg_attr(target_arch = "wasm32", derive(Tsify), tsify(missing_as_null))]
pub enum ActionKind {
    /// Makes a build container of the stage from a checkpoint.
    Prepare {
        /// The state to begin with.
        checkpoint: Checkpoint,
    },
    /// Lays a COPY, ADD or WORKDIR out in the build container.
    Copy,
    /// Runs a command in the build container.
    Exec {
        /// The command.
        command: Box<Command>,
    },
    /// Keeps the state of the build container as a checkpoint.
    Keep {
        /// The name under which later plans ask for it.
        checkpoint: String,
        /// Index of the step before which it stands; the number of steps for the stage's end.
        at: usize,
    },
    /// Brings what changed into the live container.
    Update,
    /// Restarts the live container.
    Restart,
}

/// A state of a stage from which it can be replayed.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "camelCase", rename_all_fields = "camelCase")]
#[cfg_attr(target_arch = "wasm32", derive(Tsify), tsify(missing_as_null))]
pub enum Checkpoint {
    /// The image that the session began with, less the layers of the last steps of `stage`.
    Layers {
        /// The stage whose image it is.
        stage: usize,
        /// How many of the stage's own layers to take off.
        without: usize,
        /// How many layers the stage itself has in all, to check the image against.
        of: usize,
    },
    /// A state that a `keep` made.
    Kept {
        /// Its name.
        checkpoint: String,
    },
}

/// What a RUN runs, as a build would.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(target_arch = "wasm32", derive(Tsify), tsify(missing_as_null))]
pub struct Command {
    /// Program and arguments.
    pub argv: Vec<String>,
    /// Working directory, absolute.
    pub cwd: String,
    /// `NAME=value`, all of it.
    pub env: Vec<String>,
    /// As in USER; empty for root.
    pub user: String,
    /// A `#!` heredoc, to be put at the path that `argv` names.
    pub script: Option<Script>,
    /// What is mounted while it runs.
    pub mounts: Vec<Mount>,
    /// `default`, `none` or `host`.
    pub network: String,
    /// The instruction as written, on one line.
    pub text: String,
    /// What is run, without `RUN` and flags: the shell's text, or program and arguments with blanks
    /// between them.
    pub line: String,
}

/// A file that only one RUN sees.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(target_arch = "wasm32", derive(Tsify), tsify(missing_as_null))]
pub struct Script {
    /// Absolute path.
    pub path: String,
    /// Content.
    pub text: String,
}

/// One `--mount` of a RUN, resolved.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "camelCase", rename_all_fields = "camelCase")]
#[cfg_attr(target_arch = "wasm32", derive(Tsify), tsify(missing_as_null))]
pub enum Mount {
    /// Files of the context, a stage or an image.
    Bind {
        /// Absolute path in the container.
        target: String,
        /// What is seen there.
        source: EntrySource,
        /// Whether the command may write there; what it writes is thrown away.
        writable: bool,
        /// For a bind from the context: the paths that the ignore file leaves, with directories.
        context_paths: Vec<String>,
    },
    /// A directory that outlives the command, outside of the image.
    Cache {
        /// Absolute path in the container.
        target: String,
        /// Which cache.
        id: String,
        /// Permission bits of its top directory when it is made.
        mode: u32,
        /// Owner when it is made.
        uid: u32,
        /// Group when it is made.
        gid: u32,
    },
    /// An empty directory in memory.
    Tmpfs {
        /// Absolute path in the container.
        target: String,
        /// Bytes, 0 for the engine's default.
        size: u64,
    },
    /// A secret.
    Secret {
        /// Its name.
        id: String,
        /// Absolute path in the container, unless only `env` is wanted.
        target: Option<String>,
        /// Environment variable that gets it.
        env: Option<String>,
        /// Whether the step fails without it.
        required: bool,
        /// Permission bits.
        mode: u32,
        /// Owner.
        uid: u32,
        /// Group.
        gid: u32,
    },
}

/// Where the bytes of an entry come from.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "camelCase", rename_all_fields = "camelCase")]
#[cfg_attr(target_arch = "wasm32", derive(Tsify), tsify(missing_as_null))]
pub enum EntrySource {
    /// A path of the build context.
    Context {
        /// Relative, with `/`.
        path: String,
    },
    /// A path of a stage's current state.
    Stage {
        /// Index of the stage.
        stage: usize,
        /// Absolute path.
        path: String,
    },
    /// A path of an image.
    Image {
        /// The image's name.
        name: String,
        /// Absolute path.
        path: String,
    },
    /// The Dockerfile itself (a heredoc).
    Inline {
        /// The content.
        text: String,
    },
    /// None is needed: a directory or a symbolic link.
    None,
}

/// One path to write into a container.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(target_arch = "wasm32", derive(Tsify), tsify(missing_as_null))]
pub struct Entry {
    /// Absolute.
    pub path: String,
    /// `file`, `directory`, `symlink` or `other`.
    pub kind: crate::tree::Kind,
    /// Permission bits, with setuid, setgid and sticky.
    pub mode: u32,
    /// Owner.
    pub uid: u32,
    /// Group.
    pub gid: u32,
    /// Text of a symbolic link.
    pub target: String,
    /// Bytes.
    pub source: EntrySource,
}

/// The answer to what a step puts where.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "camelCase", rename_all_fields = "camelCase")]
#[cfg_attr(target_arch = "wasm32", derive(Tsify), tsify(missing_as_null))]
pub enum LayoutAnswer {
    /// Answer these and ask again.
    Needs {
        /// The open questions.
        needs: Vec<Need>,
    },
    /// Write these, in order.
    Entries {
        /// Parents come before what is in them.
        entries: Vec<Entry>,
        /// Paths among them that ADD unpacks if they are archives, with the directory to unpack into.
        archives: Vec<Archive>,
    },
    /// It cannot be done, as `docker build` could not.
    Error {
        /// Docker's words.
        message: String,
        /// What to do about it.
        remedy: String,
        /// First and last line of the step.
        lines: (u32, u32),
    },
}

/// A file that ADD unpacks when it is an archive.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(target_arch = "wasm32", derive(Tsify), tsify(missing_as_null))]
pub struct Archive {
    /// The entry's path as it is written when it is not an archive.
    pub path: String,
    /// The file in the context.
    pub source: String,
    /// Where it is unpacked, absolute.
    pub into: String,
}

/// What an `update` has to change in the live container.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "camelCase", rename_all_fields = "camelCase")]
#[cfg_attr(target_arch = "wasm32", derive(Tsify), tsify(missing_as_null))]
pub enum UpdateAnswer {
    /// Answer these and ask again.
    Needs {
        /// The open questions.
        needs: Vec<Need>,
    },
    /// Remove, then restore, then write.
    Update {
        /// Paths that a fresh build does not have, topmost only.
        remove: Vec<String>,
        /// Paths to make as they are in the pristine container (or to remove, if they are not there).
        restore: Vec<String>,
        /// Entries to write; parents come before what is in them.
        write: Vec<Entry>,
    },
    /// It cannot be done, as `docker build` could not.
    Error {
        /// Docker's words.
        message: String,
        /// What to do about it.
        remedy: String,
        /// First and last line of the step.
        lines: (u32, u32),
    },
}

/// A step that cannot be made equal to a fresh build in place.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(target_arch = "wasm32", derive(Tsify), tsify(missing_as_null))]
pub struct Inexact {
    /// Index of the stage.
    pub stage: usize,
    /// First and last line of the step.
    pub lines: Option<(u32, u32)>,
    /// Why, in a sentence.
    pub why: String,
    /// What to do about it.
    pub remedy: String,
    /// Whether the push cannot be carried out at all without a rebuild.
    pub blocks: bool,
}
