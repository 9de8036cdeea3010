//! What JavaScript sees of the core. Nothing else knows JavaScript.
#![allow(clippy::needless_pass_by_value, reason = "what JavaScript hands over is ours to drop")]

pub mod analysis;
pub mod document;
pub mod session;
pub mod text;

use wasm_bindgen::prelude::*;

/// A panic becomes an `Error` with its message; the host then takes a fresh instance.
#[wasm_bindgen(start)]
fn start() {
    std::panic::set_hook(Box::new(|info| {
        // Also what makes wasm-bindgen write the function that the host takes a fresh instance with.
        wasm_bindgen::handler::schedule_reinit();
        let error = js_sys::Error::new(&info.to_string());
        error.set_name("CorePanic");
        wasm_bindgen::throw_val(error.into());
    }));
}

fn fail(error: impl std::fmt::Display) -> JsError {
    JsError::new(&error.to_string())
}
