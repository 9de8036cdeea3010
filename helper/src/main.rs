//! Chooses what the helper does by its first argument.

use std::io::Write;
use std::process::ExitCode;

use livepush_helper::{idle, init, remove_self::remove_self, serve};

/// As a shell says that a command was used wrongly.
const MISUSED: u8 = 64;

fn main() -> ExitCode {
    let mode = std::env::args_os().nth(1).unwrap_or_default();
    match mode.as_encoded_bytes() {
        b"idle" => {
            remove_self();
            idle::run();
            ExitCode::SUCCESS
        }
        b"serve" => {
            remove_self();
            serve::run()
        }
        b"init" => init::run(std::env::args_os().skip(3).collect()),
        _ => {
            let usage = "usage: livepush-helper idle | serve | init -- COMMAND…";
            let _ = writeln!(std::io::stderr(), "{usage}");
            ExitCode::from(MISUSED)
        }
    }
}
