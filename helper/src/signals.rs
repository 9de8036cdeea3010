//! Waiting for signals instead of being interrupted by them.
//!
//! A first process gets only the signals that it blocks or catches: they are blocked, and taken
//! one by one.

#![allow(unsafe_code, reason = "the C library's signal functions have no safe form")]

use std::io;
use std::mem::MaybeUninit;
use std::ptr;
use std::time::Duration;

use rustix::process::{Pid, WaitOptions};

/// A signal that came.
#[derive(Debug, Clone, Copy)]
pub struct Signal {
    /// Its number.
    pub number: i32,
    /// The process that sent it, as it says; 0 from outside the container.
    pub sender: i32,
    /// What the sender gave with it, where it was queued.
    pub value: usize,
}

/// Blocks all signals for this thread and those that it starts.
pub fn block_all() {
    let mut all = MaybeUninit::uninit();
    // SAFETY: `sigfillset` initialises the set that it is given, and `sigprocmask` only reads it.
    unsafe {
        libc::sigfillset(all.as_mut_ptr());
        libc::sigprocmask(libc::SIG_SETMASK, all.as_ptr(), ptr::null_mut());
    }
}

/// Lets a child begin with no signal blocked. Safe to call between fork and exec.
pub fn unblock_all() {
    let mut none = MaybeUninit::uninit();
    // SAFETY: as in `block_all`; both functions may be called between fork and exec.
    unsafe {
        libc::sigemptyset(none.as_mut_ptr());
        libc::sigprocmask(libc::SIG_SETMASK, none.as_ptr(), ptr::null_mut());
    }
}

/// The next signal, waited for as long as it takes.
pub fn wait() -> Signal {
    let mut all = MaybeUninit::uninit();
    let mut info = MaybeUninit::<libc::siginfo_t>::zeroed();
    loop {
        // SAFETY: the set is initialised before it is read; `info` is large enough for what the
        // kernel writes, and all zeroes are a valid value of it.
        let number = unsafe {
            libc::sigfillset(all.as_mut_ptr());
            libc::sigwaitinfo(all.as_ptr(), info.as_mut_ptr())
        };
        if number > 0 {
            // SAFETY: a signal came, so the kernel has filled `info`; for a signal that was sent
            // by a process these fields are the ones in use, else they are unspecified numbers.
            let (sender, value) = unsafe {
                let info = info.assume_init_ref();
                (info.si_pid(), info.si_value().sival_ptr.addr())
            };
            return Signal { number, sender, value };
        }
    }
}

/// Waits until a child has ended, or the time is over; whether one has.
pub fn wait_for_child(time: Duration) -> bool {
    take(&[libc::SIGCHLD], time)
}

/// Forgets signals that have come.
pub fn discard(numbers: &[i32]) {
    while take(numbers, Duration::ZERO) {}
}

/// Takes one of these signals if it comes in time.
fn take(numbers: &[i32], time: Duration) -> bool {
    let mut set = MaybeUninit::uninit();
    let limit = libc::timespec {
        tv_sec: time.as_secs().try_into().unwrap_or_default(),
        tv_nsec: libc::c_long::from(time.subsec_nanos().cast_signed()),
    };
    // SAFETY: the set is initialised before it is read, and no information is asked for.
    unsafe {
        libc::sigemptyset(set.as_mut_ptr());
        for number in numbers {
            libc::sigaddset(set.as_mut_ptr(), *number);
        }
        libc::sigtimedwait(set.as_ptr(), ptr::null_mut(), &raw const limit) > 0
    }
}

/// Sends any signal, real-time ones included, to a child that was not reaped yet.
pub fn send(pid: Pid, number: i32) {
    // SAFETY: touches no memory.
    unsafe {
        libc::kill(pid.as_raw_pid(), number);
    }
}

/// Sends a signal with a value.
pub fn queue(pid: Pid, number: i32, value: usize) -> io::Result<()> {
    let value = libc::sigval { sival_ptr: ptr::without_provenance_mut(value) };
    // SAFETY: the value is passed on as a number and is never used as an address.
    match unsafe { libc::sigqueue(pid.as_raw_pid(), number, value) } {
        0 => Ok(()),
        _ => Err(io::Error::last_os_error()),
    }
}

/// Reaps every child that has ended.
pub fn reap_all() {
    while let Ok(Some(_)) = rustix::process::wait(WaitOptions::NOHANG) {}
}
