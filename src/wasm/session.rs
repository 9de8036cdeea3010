//! The session as JavaScript holds it.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use tsify::{Ts, Tsify};
use wasm_bindgen::prelude::*;

use crate::copy::Dialect;
use crate::plan::{LayoutAnswer, Need, Plan, UpdateAnswer};
use crate::session::outline::Outline;
use crate::session::{ContextPath, FoundEntry, FoundNames, FoundPath, Session};
use crate::stage::{ImageConfig, Options};
use crate::tree::{Digest, Entry, Kind};

/// What a session is made for.
#[derive(Debug, Serialize, Deserialize, Tsify)]
#[serde(rename_all = "camelCase")]
#[tsify(missing_as_null, hashmap_as_object)]
pub struct SessionSettings {
    /// The Dockerfile, in its original or its live form.
    dockerfile: String,
    /// Stage to build, by name or index; the last one when null.
    target: Option<String>,
    /// Build arguments.
    build_args: BTreeMap<String, String>,
    /// Whether the engine's builder is one of 2026 rather than that of Docker 26.
    current_builder: bool,
    /// The engine's platform, such as `linux/amd64`.
    platform: Option<String>,
}

/// What an image's config says to the stages made from it.
#[derive(Debug, Serialize, Deserialize, Tsify)]
#[serde(rename_all = "camelCase")]
pub struct ImageFacts {
    /// `NAME=value` each.
    env: Vec<String>,
    /// Empty for `/`.
    working_dir: String,
    /// Empty for root.
    user: String,
    /// Empty for the default.
    shell: Vec<String>,
    /// ONBUILD instructions.
    on_build: Vec<String>,
}

#[wasm_bindgen(typescript_custom_section)]
const CONTEXT_TABLE: &str = r"
/** Paths of the build context as the host found them, column by column. */
export interface ContextTable {
    /** Relative, with `/`; joined by NUL. */
    readonly paths: string;
    /** 0 file, 1 directory, 2 symbolic link, 3 other, 4 file that looks like an archive. */
    readonly kinds: Uint8Array;
    /** The twelve permission bits. */
    readonly modes: Uint32Array;
    /** Bytes. */
    readonly sizes: Float64Array;
    /** Hexadecimal SHA-256 of files, empty for all else; joined by NUL. */
    readonly digests: string;
    /** Texts of symbolic links, empty for all else; joined by NUL. */
    readonly targets: string;
}
";

#[wasm_bindgen]
extern "C" {
    /// A table of paths.
    #[wasm_bindgen(typescript_type = "ContextTable")]
    pub type ContextTable;

    #[wasm_bindgen(method, getter, structural)]
    fn paths(this: &ContextTable) -> String;
    #[wasm_bindgen(method, getter, structural)]
    fn kinds(this: &ContextTable) -> Vec<u8>;
    #[wasm_bindgen(method, getter, structural)]
    fn modes(this: &ContextTable) -> Vec<u32>;
    #[wasm_bindgen(method, getter, structural)]
    fn sizes(this: &ContextTable) -> Vec<f64>;
    #[wasm_bindgen(method, getter, structural)]
    fn digests(this: &ContextTable) -> String;
    #[wasm_bindgen(method, getter, structural)]
    fn targets(this: &ContextTable) -> String;
}

impl ContextTable {
    fn read(&self) -> Vec<ContextPath> {
        let (paths, digests, targets) = (self.paths(), self.digests(), self.targets());
        if paths.is_empty() {
            return Vec::new();
        }
        let (kinds, modes, sizes) = (self.kinds(), self.modes(), self.sizes());
        let columns = paths.split('\0').zip(digests.split('\0')).zip(targets.split('\0'));
        let rows = columns.zip(kinds).zip(modes).zip(sizes);
        rows.map(|(((((path, digest), target), kind), mode), size)| {
            let mut entry = Entry::directory(mode);
            entry.kind = match kind {
                0 | 4 => Kind::File,
                1 => Kind::Directory,
                2 => Kind::Symlink,
                _ => Kind::Other,
            };
            if entry.kind == Kind::File {
                #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "size")]
                let size = size as u64;
                entry.size = size;
                entry.digest = Digest::from_hex(digest);
            }
            target.clone_into(&mut entry.target);
            ContextPath { path: path.to_owned(), entry, archive: kind == 4 }
        })
        .collect()
    }
}

fn joined(paths: &str) -> impl Iterator<Item = &str> {
    paths.split('\0').filter(|path| !path.is_empty())
}

/// A Dockerfile kept live. What it is told must come in this order: images, ignore file, context.
#[wasm_bindgen]
#[derive(Debug)]
pub struct CoreSession(Session);

#[wasm_bindgen]
impl CoreSession {
    /// Reads a Dockerfile.
    #[wasm_bindgen(constructor)]
    pub fn new(settings: Ts<SessionSettings>) -> Result<CoreSession, JsError> {
        let settings = settings.to_rust()?;
        let options = Options {
            target: settings.target,
            build_args: settings.build_args,
            dialect: if settings.current_builder { Dialect::Current } else { Dialect::Docker26 },
            platform: settings.platform.unwrap_or_else(|| "linux/amd64".to_owned()),
        };
        Ok(Self(Session::new(&settings.dockerfile, options)))
    }

    /// Images whose config the session lacks; ask again after each answer.
    #[wasm_bindgen(js_name = neededImages)]
    pub fn needed_images(&self) -> Vec<String> {
        self.0.needed_images().to_vec()
    }

    /// Takes an image's config; null when it cannot be had.
    #[wasm_bindgen(js_name = learnImage)]
    pub fn learn_image(
        &mut self,
        name: &str,
        config: Option<Ts<ImageFacts>>,
    ) -> Result<(), JsError> {
        let config = config.map(|config| config.to_rust()).transpose()?;
        let config = config.map(|config| ImageConfig {
            env: config.env,
            working_dir: config.working_dir,
            user: config.user,
            shell: config.shell,
            on_build: config.on_build,
        });
        self.0.learn_image(name, config);
        Ok(())
    }

    /// The stages as a front end shows them.
    pub fn outline(&self) -> Result<Ts<Outline>, JsError> {
        Ok(self.0.outline().into_ts()?)
    }

    /// The text of the ignore file; null when there is none. Throws where a build would fail.
    #[wasm_bindgen(js_name = setIgnore)]
    pub fn set_ignore(&mut self, text: Option<String>) -> Result<(), JsError> {
        Ok(self.0.set_ignore(text.as_deref())?)
    }

    /// The context that the images were built from: nothing is owed now.
    #[wasm_bindgen(js_name = setContext)]
    pub fn set_context(&mut self, table: &ContextTable) {
        self.0.set_context(table.read());
    }

    /// Paths that are there now, and paths that are gone (joined by NUL) with all below them.
    /// Returns how many really changed.
    #[wasm_bindgen(js_name = changeContext)]
    pub fn change_context(&mut self, table: &ContextTable, gone: &str) -> usize {
        let gone: Vec<String> = joined(gone).map(str::to_owned).collect();
        self.0.change_context(table.read(), &gone)
    }

    /// Paths (joined by NUL) that changed while they were read, so that nobody knows what was sent.
    pub fn forget(&mut self, paths: &str) {
        let paths: Vec<String> = joined(paths).map(str::to_owned).collect();
        self.0.forget(&paths);
    }

    /// Whether the ignore file keeps a path out of the context.
    #[wasm_bindgen(js_name = isIgnored)]
    pub fn is_ignored(&self, path: &str) -> bool {
        self.0.is_ignored(path)
    }

    /// Whether the ignore file lets a file in, but without its content.
    #[wasm_bindgen(js_name = isWithheld)]
    pub fn is_withheld(&self, path: &str) -> bool {
        self.0.is_withheld(path)
    }

    /// Whether anything below a directory can be in the context, so that it must be walked.
    #[wasm_bindgen(js_name = mayDescend)]
    pub fn may_descend(&self, directory: &str) -> bool {
        self.0.may_descend(directory)
    }

    /// Whether a push of these paths (joined by NUL) could do anything, by their names alone.
    #[wasm_bindgen(js_name = livepushNeeded)]
    pub fn livepush_needed(&mut self, updated: &str, deleted: &str) -> bool {
        self.0.livepush_needed(joined(updated).chain(joined(deleted)))
    }

    /// A push begins: build containers that an earlier one left unfinished are used no further.
    #[wasm_bindgen(js_name = startPush)]
    pub fn start_push(&mut self) {
        self.0.start_push();
    }

    /// What there is to do, given everything that is known now.
    pub fn plan(&mut self) -> Result<Ts<Plan>, JsError> {
        Ok(self.0.plan().into_ts()?)
    }

    /// Answers a `stat` need; null when nothing is there.
    #[wasm_bindgen(js_name = learnPath)]
    pub fn learn_path(
        &mut self,
        stage: usize,
        path: String,
        found: Option<Ts<FoundPath>>,
    ) -> Result<(), JsError> {
        let found = found.map(|found| found.to_rust()).transpose()?;
        self.0.learn_path(stage, path, found);
        Ok(())
    }

    /// Answers a `names` need.
    #[wasm_bindgen(js_name = learnNames)]
    pub fn learn_names(&mut self, stage: usize, found: Ts<FoundNames>) -> Result<(), JsError> {
        self.0.learn_names(stage, found.to_rust()?);
        Ok(())
    }

    /// Answers a `stageTree` or `imageTree` need; null when nothing is there.
    #[wasm_bindgen(js_name = learnTree)]
    pub fn learn_tree(
        &mut self,
        need: Ts<Need>,
        entries: Option<Vec<Ts<FoundEntry>>>,
    ) -> Result<(), JsError> {
        let entries = entries
            .map(|entries| entries.into_iter().map(|entry| entry.to_rust()).collect())
            .transpose()?;
        match need.to_rust()? {
            Need::StageTree { stage, revision, path, .. } => {
                self.0.learn_stage_tree(stage, revision, &path, entries);
            }
            Need::ImageTree { name, path } => self.0.learn_image_tree(&name, &path, entries),
            Need::Stat { .. } | Need::Names { .. } => {
                return Err(JsError::new("a tree answers only a need for a tree"));
            }
        }
        Ok(())
    }

    /// What a step puts where in the build container of its stage, as that is now.
    pub fn layout(&mut self, stage: usize, step: usize) -> Result<Ts<LayoutAnswer>, JsError> {
        Ok(self.0.layout(stage, step).into_ts()?)
    }

    /// What to change in the live container. `dirty` (joined by NUL) are the paths that the replay
    /// changed, before or now; below `replaced` ones (joined by NUL) nothing is left to rely on.
    pub fn update(&mut self, dirty: &str, replaced: &str) -> Result<Ts<UpdateAnswer>, JsError> {
        let dirty: Vec<String> = joined(dirty).map(str::to_owned).collect();
        let replaced: Vec<String> = joined(replaced).map(str::to_owned).collect();
        Ok(self.0.update(&dirty, &replaced).into_ts()?)
    }

    /// An action was carried out.
    pub fn done(&mut self, id: &str) {
        self.0.done(id);
    }

    /// Checkpoints that no plan will ask for any more, once each: their images can be removed.
    #[wasm_bindgen(js_name = forgottenCheckpoints)]
    pub fn forgotten_checkpoints(&mut self) -> Vec<String> {
        self.0.forgotten_checkpoints()
    }

    /// The steps that a change of any of these paths (joined by NUL) can touch, as `stage/step`.
    #[wasm_bindgen(js_name = stepsOf)]
    pub fn steps_of(&mut self, paths: &str) -> Vec<String> {
        let paths: Vec<String> = joined(paths).map(str::to_owned).collect();
        let steps = self.0.steps_of(&paths);
        steps.into_iter().map(|(stage, step)| format!("{stage}/{step}")).collect()
    }

    /// Takes it for unknown what steps (`stage/step`) were carried out with, and what is at some
    /// paths (joined by NUL) of the live container.
    pub fn doubt(&mut self, steps: Vec<String>, live: &str) {
        let number = |text: &str| text.parse::<usize>().ok();
        let steps: Vec<(usize, usize)> = steps
            .iter()
            .filter_map(|step| step.split_once('/'))
            .filter_map(|(stage, at)| Some((number(stage)?, number(at)?)))
            .collect();
        let live: Vec<String> = joined(live).map(str::to_owned).collect();
        self.0.doubt(&steps, &live);
    }

    /// Whether the application runs, found out while the live container was updated.
    #[wasm_bindgen(js_name = setRunning)]
    pub fn set_running(&mut self, running: bool) {
        self.0.set_running(running);
    }

    /// An update failed after it may have changed something.
    #[wasm_bindgen(js_name = updateFailed)]
    pub fn update_failed(&mut self) {
        self.0.update_failed();
    }
}
