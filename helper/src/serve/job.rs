//! What can be done to a request from outside while it is carried out.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};

use rustix::process::{Pid, Signal, kill_process_group};

/// Chunks of a tar stream that may be on their way before the host asks for more.
const FIRST_CREDIT: u32 = 16;

/// One request that is being carried out.
pub(super) struct Job {
    cancelled: AtomicBool,
    /// The process group of its command, while it is certainly that of its command.
    group: Mutex<Option<Pid>>,
    credit: Mutex<u32>,
    more_credit: Condvar,
}

impl Default for Job {
    fn default() -> Self {
        Self {
            cancelled: AtomicBool::new(false),
            group: Mutex::new(None),
            credit: Mutex::new(FIRST_CREDIT),
            more_credit: Condvar::new(),
        }
    }
}

impl Job {
    pub(super) fn is_cancelled(&self) -> bool {
        self.cancelled.load(Ordering::SeqCst)
    }

    /// Ends the request as soon as it can be.
    pub(super) fn cancel(&self) {
        self.cancelled.store(true, Ordering::SeqCst);
        self.send_signal(Signal::KILL);
        drop(lock(&self.credit));
        self.more_credit.notify_all();
    }

    /// Sends a signal to all of the command's process group.
    pub(super) fn signal(&self, number: u8) {
        if let Some(signal) = Signal::from_named_raw(i32::from(number)) {
            self.send_signal(signal);
        }
    }

    fn send_signal(&self, signal: Signal) {
        let group = lock(&self.group);
        if let Some(group) = *group {
            let _ = kill_process_group(group, signal);
        }
    }

    /// Says which process group is the command's; `None` before its id can be another's.
    pub(super) fn set_group(&self, group: Option<Pid>) {
        *lock(&self.group) = group;
    }

    /// Allows more chunks.
    pub(super) fn credit(&self, chunks: u32) {
        let mut credit = lock(&self.credit);
        *credit = credit.saturating_add(chunks);
        self.more_credit.notify_all();
    }

    /// Waits until a chunk may be sent; false where the request was cancelled.
    pub(super) fn take_credit(&self) -> bool {
        let wanting = |credit: &mut u32| *credit == 0 && !self.is_cancelled();
        let mut credit = self
            .more_credit
            .wait_while(lock(&self.credit), wanting)
            .unwrap_or_else(PoisonError::into_inner);
        if self.is_cancelled() {
            return false;
        }
        *credit -= 1;
        true
    }
}

/// Locks; a panic ends the program, so that no lock is ever left poisoned.
pub(super) fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
