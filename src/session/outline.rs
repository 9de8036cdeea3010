//! The stages as a front end shows them.

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};
#[cfg(target_arch = "wasm32")]
use tsify::Tsify;

use super::Session;
use super::sources::copies;
use crate::stage::{Base, Source, StepKind};

/// A Dockerfile as stages of steps.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(target_arch = "wasm32", derive(Tsify), tsify(missing_as_null))]
pub struct Outline {
    /// In the order of the file.
    pub stages: Vec<OutlineStage>,
    /// Index of the stage that the live container runs.
    pub target: usize,
    /// Whether there is a live command.
    pub live: bool,
    /// Images that stages which are needed copy from or mount, once each.
    pub copied_images: Vec<String>,
    /// Ports of EXPOSE of the target, such as `8080/tcp`.
    pub exposed: Vec<String>,
    /// Why the file cannot be built.
    pub errors: Vec<OutlineError>,
}

/// One stage.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(target_arch = "wasm32", derive(Tsify), tsify(missing_as_null))]
pub struct OutlineStage {
    /// Its place in the file.
    pub index: usize,
    /// Its name, if it has one.
    pub name: Option<String>,
    /// What it is made from.
    pub base: OutlineBase,
    /// Whether the target is made from it.
    pub needed: bool,
    /// First and last line of its FROM.
    pub lines: (u32, u32),
    /// The steps that make a layer each.
    pub steps: Vec<OutlineStep>,
    /// Index of the first of the last steps that only copy.
    pub trailing: usize,
}

/// What a stage is made from.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "camelCase", rename_all_fields = "camelCase")]
#[cfg_attr(target_arch = "wasm32", derive(Tsify), tsify(missing_as_null))]
pub enum OutlineBase {
    /// An image.
    Image {
        /// Its name.
        name: String,
    },
    /// An earlier stage.
    Stage {
        /// Its index.
        index: usize,
    },
    /// Nothing.
    Scratch,
}

/// One step.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(target_arch = "wasm32", derive(Tsify), tsify(missing_as_null))]
pub struct OutlineStep {
    /// Its place in the stage.
    pub index: usize,
    /// First and last line.
    pub lines: (u32, u32),
    /// `COPY`, `ADD`, `RUN` or `WORKDIR`.
    pub keyword: String,
    /// The instruction on one line.
    pub text: String,
    /// Whether a change of it restarts the container.
    pub restarts: bool,
}

/// Why a file cannot be built.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(target_arch = "wasm32", derive(Tsify), tsify(missing_as_null))]
pub struct OutlineError {
    /// First and last line.
    pub lines: (u32, u32),
    /// Docker's words.
    pub message: String,
    /// What to do about it.
    pub remedy: String,
}

impl Session {
    /// The stages as a front end shows them.
    pub fn outline(&self) -> Outline {
        let model = &self.model;
        let stages = model.stages.iter().enumerate().map(|(index, stage)| OutlineStage {
            index,
            name: stage.name.clone(),
            base: match &stage.base {
                Base::Image(name) => OutlineBase::Image { name: name.clone() },
                Base::Stage(index) => OutlineBase::Stage { index: *index },
                Base::Scratch => OutlineBase::Scratch,
            },
            needed: stage.needed,
            lines: stage.lines,
            steps: stage
                .steps
                .iter()
                .enumerate()
                .map(|(index, step)| OutlineStep {
                    index,
                    lines: step.lines,
                    keyword: keyword(&step.kind).to_owned(),
                    text: step.text.clone(),
                    restarts: !step.after_live_command,
                })
                .collect(),
            trailing: stage.trailing,
        });
        Outline {
            stages: stages.collect(),
            target: model.target,
            live: model.live,
            copied_images: self.copied_images(),
            exposed: model
                .stages
                .get(model.target)
                .map_or_else(Vec::new, |stage| stage.exposed.list()),
            errors: model
                .errors
                .iter()
                .map(|error| OutlineError {
                    lines: error.lines,
                    message: error.message.clone(),
                    remedy: error.remedy.clone(),
                })
                .collect(),
        }
    }

    fn copied_images(&self) -> Vec<String> {
        let steps =
            self.model.stages.iter().filter(|stage| stage.needed).flat_map(|stage| &stage.steps);
        let images: BTreeSet<String> = steps
            .flat_map(copies)
            .filter_map(|(_, source)| match source {
                Source::Image(name) => Some(name.clone()),
                Source::Context | Source::Stage(_) => None,
            })
            .collect();
        images.into_iter().collect()
    }
}

fn keyword(kind: &StepKind) -> &'static str {
    match kind {
        StepKind::Workdir(_) => "WORKDIR",
        StepKind::Copy(copy, _) if copy.add => "ADD",
        StepKind::Copy(..) => "COPY",
        StepKind::Remote(_) => "ADD",
        StepKind::Run(_) => "RUN",
    }
}
