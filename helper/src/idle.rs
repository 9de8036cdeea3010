//! The first process of a build container, in which only what the host asks for happens.

use crate::signals;

/// Reaps what the steps leave behind, until asked to end.
pub fn run() {
    signals::block_all();
    loop {
        match signals::wait().number {
            libc::SIGCHLD => signals::reap_all(),
            libc::SIGTERM | libc::SIGINT | libc::SIGQUIT | libc::SIGHUP => return,
            _ => {}
        }
    }
}
