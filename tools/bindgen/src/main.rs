//! Turns the core's `.wasm` into `pkg/`: `bindgen <input.wasm> <output folder>`.

use anyhow::Context as _;
use wasm_bindgen_cli_support::Bindgen;

fn main() -> anyhow::Result<()> {
    let mut arguments = std::env::args_os().skip(1);
    let input = arguments.next().context("usage: bindgen <input.wasm> <output folder>")?;
    let output = arguments.next().context("usage: bindgen <input.wasm> <output folder>")?;
    let mut bindgen = Bindgen::new();
    bindgen
        .input_path(input)
        .web(true)?
        .omit_default_module_path(true)
        .out_name("livepush")
        .typescript(true)
        .generate(output)
}
