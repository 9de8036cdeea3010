//! Functions of text alone.

use super::document::ParsedDockerfile;
use super::fail;
use crate::pattern::{Ignore, go_match};
use crate::{dockerfile, expand, live};
use std::collections::BTreeMap;
use tsify::{Ts, Tsify};
use wasm_bindgen::prelude::*;

#[wasm_bindgen]
extern "C" {
    /// Variables by name.
    #[wasm_bindgen(typescript_type = "Readonly<Record<string, string>>")]
    pub type Variables;
}

/// Reads a Dockerfile as Docker does. Never throws for what it holds: mistakes are among the `errors`.
#[wasm_bindgen]
pub fn parse(text: &str) -> Result<Ts<ParsedDockerfile>, JsError> {
    Ok(ParsedDockerfile::from(&dockerfile::parse(text)).into_ts()?)
}

/// Expands variables, quotes and escapes in a word. Throws where a build would fail.
///
/// `escape` is the Dockerfile's escape character, `\` by default.
#[wasm_bindgen(js_name = expandWord)]
pub fn expand_word(word: &str, env: Variables, escape: Option<char>) -> Result<String, JsError> {
    let env: BTreeMap<String, String> = serde_wasm_bindgen::from_value(env.into()).map_err(fail)?;
    expand::expand(word, &env, escape.unwrap_or('\\')).map_err(fail)
}

/// The Dockerfile that is built where the `#dev-…` directives count. Throws for a second live command and for a
/// directive before the first FROM. What it has made, it leaves as it is.
#[wasm_bindgen(js_name = liveDockerfile)]
pub fn live_dockerfile(text: &str) -> Result<String, JsError> {
    live::generate(text).map(|live| live.text).map_err(refused)
}

/// For each line of the live Dockerfile the line of the original that it came from, both from 1 (so the first
/// element belongs to line 1). Throws where `liveDockerfile` does.
#[wasm_bindgen(js_name = liveLineMap)]
pub fn live_line_map(text: &str) -> Result<Vec<u32>, JsError> {
    live::generate(text).map(|live| live.line_map).map_err(refused)
}

fn refused(error: live::LiveError) -> JsError {
    JsError::new(&format!("{error}. {}", error.remedy()))
}

/// Whether a path matches a pattern of COPY or ADD, which is one of Go's `filepath.Match`. Throws for a bad pattern.
#[wasm_bindgen(js_name = matchPath)]
pub fn match_path(pattern: &str, name: &str) -> Result<bool, JsError> {
    go_match(pattern, name).map_err(fail)
}

/// Whether a path of the context is ignored by the text of a `.dockerignore`. Throws where the build would fail.
#[wasm_bindgen(js_name = isIgnored)]
pub fn is_ignored(dockerignore: &str, path: &str) -> Result<bool, JsError> {
    Ok(Ignore::parse(dockerignore).map_err(fail)?.is_ignored(path))
}
