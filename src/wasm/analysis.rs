//! Diagnostics as JavaScript gets them.

use super::fail;
use crate::diagnostic::{self, AnalyzeOptions, Context, Severity};
use crate::dockerfile::{LineIndex, Range};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use tsify::{Ts, Tsify};
use wasm_bindgen::prelude::*;

/// What is known besides the text of the Dockerfile.
#[derive(Debug, Default, Serialize, Deserialize, Tsify)]
#[serde(rename_all = "camelCase", default)]
#[tsify(hashmap_as_object)]
pub struct AnalysisOptions {
    /// The build context, if it was looked at.
    #[tsify(optional)]
    context: Option<AnalysisContext>,
    /// The entrypoints of images, by the name as written in `FROM`.
    #[tsify(optional)]
    entrypoints: Option<BTreeMap<String, Vec<String>>>,
}

/// The build context as far as diagnostics need it.
#[derive(Debug, Default, Serialize, Deserialize, Tsify)]
pub struct AnalysisContext {
    /// All paths, relative and with `/`, ignored ones included.
    paths: Vec<String>,
    /// The text of the ignore file that applies.
    #[tsify(optional)]
    dockerignore: Option<String>,
}

/// A finding.
#[derive(Debug, Serialize, Tsify)]
pub struct Diagnostic {
    /// A stable name, such as `unknown-directive`.
    code: &'static str,
    /// How bad it is.
    severity: DiagnosticSeverity,
    /// Where. Columns are in UTF-16 units.
    range: Range,
    /// What is wrong, in a sentence.
    message: String,
    /// Why that matters and what to do.
    explanation: &'static str,
    /// Other places that belong to it.
    related: Vec<RelatedPlace>,
    /// Whether the text has no effect and may be shown faded.
    unnecessary: bool,
    /// What an editor can do about it.
    fixes: Vec<Fix>,
}

/// As in VS Code.
#[derive(Debug, Serialize, Tsify)]
#[serde(rename_all = "camelCase")]
pub enum DiagnosticSeverity {
    /// The live Dockerfile cannot be made or built.
    Error,
    /// It is made, but will hardly do what is meant.
    Warning,
    /// Good to know.
    Information,
    /// Shown by fading.
    Hint,
}

/// A place that belongs to a finding.
#[derive(Debug, Serialize, Tsify)]
pub struct RelatedPlace {
    /// Where.
    range: Range,
    /// What is there.
    message: String,
}

/// Edits that mend a finding.
#[derive(Debug, Serialize, Tsify)]
pub struct Fix {
    /// What it does, as a command.
    title: String,
    /// The edits, which do not overlap.
    edits: Vec<TextEdit>,
}

/// A range and the text to put in its place.
#[derive(Debug, Serialize, Tsify)]
#[serde(rename_all = "camelCase")]
pub struct TextEdit {
    /// What to replace; empty to insert.
    range: Range,
    /// The text instead.
    new_text: String,
}

#[wasm_bindgen(typescript_custom_section)]
const LIST: &str = "/** In the order of the text. */\nexport type Diagnostics = Diagnostic[];";

#[wasm_bindgen]
extern "C" {
    /// A list of findings.
    #[wasm_bindgen(typescript_type = "Diagnostics")]
    pub type Diagnostics;
}

/// Looks for what is wrong with directives and with what a push can make of the file. Docker's own checks and the
/// mistakes that a build reports are not repeated.
#[wasm_bindgen]
pub fn analyze(text: &str, options: Option<Ts<AnalysisOptions>>) -> Result<Diagnostics, JsError> {
    let options = options.map(|options| options.to_rust()).transpose()?.unwrap_or_default();
    let options = AnalyzeOptions {
        context: options.context.map(|context| Context {
            paths: context.paths,
            dockerignore: context.dockerignore.unwrap_or_default(),
        }),
        entrypoints: options.entrypoints.unwrap_or_default().into_iter().collect(),
    };
    let index = LineIndex::new(text);
    let found = diagnostic::analyze(text, &options);
    let found: Vec<Diagnostic> =
        found.into_iter().map(|found| Diagnostic::new(found, &index)).collect();
    Ok(serde_wasm_bindgen::to_value(&found).map_err(fail)?.unchecked_into())
}

impl Diagnostic {
    fn new(found: diagnostic::Diagnostic, index: &LineIndex) -> Self {
        let edit = |edit: diagnostic::Edit| TextEdit {
            range: index.range(edit.span),
            new_text: edit.text,
        };
        let fix = |fix: diagnostic::Fix| Fix {
            title: fix.title,
            edits: fix.edits.into_iter().map(edit).collect(),
        };
        let related = |related: diagnostic::Related| RelatedPlace {
            range: index.range(related.span),
            message: related.message,
        };
        Self {
            code: found.code,
            severity: match found.severity {
                Severity::Error => DiagnosticSeverity::Error,
                Severity::Warning => DiagnosticSeverity::Warning,
                Severity::Information => DiagnosticSeverity::Information,
                Severity::Hint => DiagnosticSeverity::Hint,
            },
            range: index.range(found.span),
            message: found.message,
            explanation: found.explanation,
            related: found.related.into_iter().map(related).collect(),
            unnecessary: found.unnecessary,
            fixes: found.fixes.into_iter().map(fix).collect(),
        }
    }
}
