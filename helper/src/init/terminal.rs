//! The terminal of a container that has one belongs to the application, not to us.

#![allow(unsafe_code, reason = "rustix has no form of this one ioctl")]

use rustix::stdio::stdin;
use rustix::termios::isatty;

use crate::signals;

/// Gives the controlling terminal up, so that the application can have it; whether there is one.
pub(super) fn release() -> bool {
    if !isatty(stdin()) {
        return false;
    }
    // SAFETY: this request takes no argument and touches no memory.
    unsafe {
        libc::ioctl(0, libc::TIOCNOTTY);
    }
    // The kernel says it with signals to us, which are not meant for the application.
    signals::discard(&[libc::SIGHUP, libc::SIGCONT]);
    true
}

/// Makes the terminal that of the calling session. Safe to call between fork and exec.
pub(super) fn acquire() {
    let _ = rustix::process::ioctl_tiocsctty(stdin());
}
