//! What JavaScript sees of the core. Nothing else knows JavaScript.
#![allow(clippy::needless_pass_by_value, reason = "what JavaScript hands over is ours to drop")]

pub mod analysis;
pub mod document;
pub mod session;
pub mod text;

use wasm_bindgen::prelude::*;

/// A panic becomes an `Error` with its message, and the next call runs on a fresh instance.
#[wasm_bindgen(start)]
fn start() {
    std::panic::set_hook(Box::new(|info| {
        wasm_bindgen::handler::schedule_reinit();
        wasm_bindgen::throw_str(&info.to_string());
    }));
}

fn fail(error: impl std::fmt::Display) -> JsError {
    JsError::new(&error.to_string())
}
