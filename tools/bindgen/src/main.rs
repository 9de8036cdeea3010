//! Turns the core's `.wasm` into `pkg/`: `bindgen <input.wasm> <output folder> [--count-steps]`.

mod steps;

use anyhow::Context as _;
use rustc_demangle::demangle;
use walrus::{FunctionBuilder, FunctionId, FunctionKind, Module, ModuleConfig};
use wasm_bindgen_cli_support::Bindgen;

fn main() -> anyhow::Result<()> {
    let mut arguments = std::env::args_os().skip(1);
    let input = arguments.next().context("usage: bindgen <input.wasm> <output folder>")?;
    let output = arguments.next().context("usage: bindgen <input.wasm> <output folder>")?;
    let mut module = ModuleConfig::new().strict_validate(false).parse_file(input)?;
    leave_automata_out(&mut module);
    if arguments.next().is_some_and(|argument| argument == "--count-steps") {
        steps::count(&mut module);
    }
    let mut bindgen = Bindgen::new();
    bindgen
        .input_module("livepush", module)
        .web(true)?
        .omit_default_module_path(true)
        .typescript(true)
        .generate(output)
}

/// globset makes automata of globs that it has no table for, and the core gives it none of those (a
/// test holds it to that). The linker cannot know, and they are half of all.
fn leave_automata_out(module: &mut Module) {
    let functions = module.funcs.iter_local();
    let unused: Vec<FunctionId> = functions
        .map(|(id, _)| id)
        .filter(|&id| module.funcs.get(id).name.as_deref().is_some_and(is_automaton))
        .collect();
    for id in unused {
        let (parameters, results) = module.types.params_results(module.funcs.get(id).ty());
        let (parameters, results) = (parameters.to_vec(), results.to_vec());
        let mut builder = FunctionBuilder::new(&mut module.types, &parameters, &results);
        builder.func_body().unreachable();
        let arguments = parameters.iter().map(|&kind| module.locals.add(kind)).collect();
        module.funcs.get_mut(id).kind = FunctionKind::Local(builder.local_func(arguments));
    }
}

fn is_automaton(name: &str) -> bool {
    let name = format!("{:#}", demangle(name));
    let name = name.trim_start_matches('<');
    ["regex_automata::", "aho_corasick::"].iter().any(|library| name.starts_with(library))
}
