//! The application: started, signalled, ended with all its processes, started anew.

#![allow(unsafe_code, reason = "what a child does between fork and exec has no safe form")]

use std::env;
use std::ffi::OsString;
use std::fs;
use std::io;
use std::os::unix::process::CommandExt;
use std::path::PathBuf;
use std::process::Command;
use std::time::{Duration, Instant};

use rustix::process::{Pid, WaitOptions, setsid, wait};

use super::terminal;
use crate::processes;
use crate::signals;

/// How long a process that was killed by somebody else may take to die.
const PATIENCE: Duration = Duration::from_secs(2);

/// The application of a container.
pub(super) struct Application {
    argv: Vec<OsString>,
    /// Kept by name: a push may replace the directory itself.
    directory: PathBuf,
    terminal: bool,
    pid: Option<Pid>,
    /// A process of it could not be ended when that was asked for last.
    refused: bool,
}

impl Application {
    pub(super) fn start(argv: Vec<OsString>, terminal: bool) -> io::Result<Self> {
        let directory = env::current_dir().unwrap_or_else(|_| PathBuf::from("/"));
        let mut application = Self { argv, directory, terminal, pid: None, refused: false };
        application.spawn()?;
        Ok(application)
    }

    /// Starts it where it does not run.
    pub(super) fn ensure_started(&mut self) -> io::Result<()> {
        if self.pid.is_some() { Ok(()) } else { self.spawn() }
    }

    fn spawn(&mut self) -> io::Result<()> {
        let Some((program, arguments)) = self.argv.split_first() else {
            return Err(io::Error::new(io::ErrorKind::InvalidInput, "no command specified"));
        };
        let terminal = self.terminal;
        let mut command = Command::new(program);
        command.args(arguments).current_dir(&self.directory);
        // SAFETY: only system calls are made between fork and exec; nothing is allocated.
        unsafe {
            command.pre_exec(move || {
                signals::unblock_all();
                setsid()?;
                if terminal {
                    terminal::acquire();
                }
                Ok(())
            });
        }
        let child = command.spawn().map_err(|error| {
            io::Error::new(error.kind(), format!("{}: {error}", program.display()))
        })?;
        self.pid = Some(Pid::from_child(&child));
        Ok(())
    }

    /// Reaps whatever has ended. When that was the application, its exit code.
    pub(super) fn reap(&mut self) -> Option<u8> {
        let mut code = None;
        while let Ok(Some((pid, status))) = wait(WaitOptions::NOHANG) {
            if self.pid == Some(pid) {
                self.pid = None;
                code = Some(processes::exit_code(status));
            }
        }
        code
    }

    /// Passes a signal on, where it would have had an effect on a first process: the kernel keeps
    /// those away from it that it neither catches nor blocks.
    pub(super) fn forward(&self, number: i32) {
        let Some(pid) = self.pid else { return };
        if receives(pid, number) {
            signals::send(pid, number);
        }
    }

    /// Ends it with all its processes. The error is that one of them may not be ended by us; asked
    /// again, it waits for that one to be ended by somebody else.
    pub(super) fn stop(&mut self, number: i32, grace: Duration) -> Result<(), NotAllowed> {
        let patience = if self.refused { PATIENCE } else { Duration::ZERO };
        if let Some(pid) = self.pid {
            signals::send(pid, number);
            self.await_end(grace);
        }
        while !processes::kill_children() {
            if !signals::wait_for_child(patience) {
                self.refused = true;
                return Err(NotAllowed);
            }
            self.reap();
        }
        self.pid = None;
        self.refused = false;
        Ok(())
    }

    fn await_end(&mut self, grace: Duration) {
        let deadline = Instant::now() + grace;
        while self.reap().is_none() {
            let left = deadline.saturating_duration_since(Instant::now());
            if left.is_zero() || !signals::wait_for_child(left) {
                return;
            }
        }
    }
}

/// A process of the application belongs to a user whom this process has no power over.
pub(super) struct NotAllowed;

/// Whether a process catches a signal, or keeps it for later.
fn receives(pid: Pid, number: i32) -> bool {
    let Ok(status) = fs::read_to_string(format!("/proc/{}/status", pid.as_raw_pid())) else {
        return false;
    };
    let has = |field: &str| {
        let line = status.lines().find_map(|line| line.strip_prefix(field));
        let mask = line.and_then(|text| u64::from_str_radix(text.trim(), 16).ok());
        mask.is_some_and(|mask| mask >> (number - 1) & 1 == 1)
    };
    has("SigCgt:") || has("SigBlk:")
}
