//! The first process of a live container that Livepush made: it starts the application as Docker
//! would have, so that the application can be started anew without its container.
//!
//! What is seen from outside stays as it is without it: standard streams, terminal, directory,
//! environment and user are inherited; a signal has the effect that it has on a first process;
//! when the application ends, the container ends with its exit code.

mod application;
pub mod control;
mod terminal;

use std::ffi::OsString;
use std::io::Write;
use std::process::ExitCode;

use application::Application;

use crate::signals::{self, Signal};

/// As a shell says that a command was not found.
const NOT_FOUND: u8 = 127;

/// Starts the application and looks after it until it ends.
pub fn run(argv: Vec<OsString>) -> ExitCode {
    signals::block_all();
    // Where the container shares another's process ids this is not process 1, and must ask for it.
    let _ = rustix::process::set_child_subreaper(Some(rustix::process::getpid()));
    let terminal = terminal::release();
    let mut application = match Application::start(argv, terminal) {
        Ok(application) => application,
        Err(error) => {
            let _ = writeln!(std::io::stderr(), "{error}");
            return ExitCode::from(NOT_FOUND);
        }
    };
    loop {
        let signal = signals::wait();
        if let Some(code) = handle(signal, &mut application) {
            return ExitCode::from(code);
        }
    }
}

/// The container's exit code, once it has one.
fn handle(signal: Signal, application: &mut Application) -> Option<u8> {
    match signal.number {
        libc::SIGCHLD => return application.reap(),
        control::SIGNAL => match control::answer(signal, application) {
            Ok(code) => return code,
            // Not from our own helper: the application's, like any other.
            Err(control::NotOurs) => application.forward(signal.number),
        },
        number => application.forward(number),
    }
    None
}
