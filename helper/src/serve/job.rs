//! What can be done to a request from outside while it is carried out.

use std::io::{self, Read};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{Receiver, SyncSender, sync_channel};
use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};

use rustix::process::{Pid, Signal, kill_process_group};

/// Chunks of a tar stream that may be on their way before the host asks for more.
const FIRST_CREDIT: u32 = 16;
/// Pieces of what the host sends that may wait to be worked on.
const WAITING: usize = 16;

/// One request that is being carried out.
pub(super) struct Job {
    cancelled: AtomicBool,
    /// The process group of its command, while it is certainly that of its command.
    group: Mutex<Option<Pid>>,
    credit: Mutex<u32>,
    more_credit: Condvar,
    /// Where what the host sends goes to, until it has sent all.
    input: Mutex<Option<SyncSender<Vec<u8>>>>,
}

impl Default for Job {
    fn default() -> Self {
        Self {
            cancelled: AtomicBool::new(false),
            group: Mutex::new(None),
            credit: Mutex::new(FIRST_CREDIT),
            more_credit: Condvar::new(),
            input: Mutex::new(None),
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
        self.end_input();
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

    /// Opens the way for what the host will send.
    pub(super) fn open_input(&self) -> Input {
        let (sender, receiver) = sync_channel(WAITING);
        *lock(&self.input) = Some(sender);
        Input { receiver, piece: Vec::new(), at: 0 }
    }

    /// Passes on what the host has sent; it is dropped where nobody wants it any more.
    pub(super) fn feed(&self, piece: Vec<u8>) {
        let sender = lock(&self.input).clone();
        if let Some(sender) = sender {
            let _ = sender.send(piece);
        }
    }

    /// The host has sent all.
    pub(super) fn end_input(&self) {
        *lock(&self.input) = None;
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

/// What the host sends, as a stream.
pub(super) struct Input {
    receiver: Receiver<Vec<u8>>,
    piece: Vec<u8>,
    at: usize,
}

impl Read for Input {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        while self.at == self.piece.len() {
            match self.receiver.recv() {
                Ok(piece) => (self.piece, self.at) = (piece, 0),
                Err(_) => return Ok(0),
            }
        }
        let count = buffer.len().min(self.piece.len() - self.at);
        buffer[..count].copy_from_slice(&self.piece[self.at..self.at + count]);
        self.at += count;
        Ok(count)
    }
}

/// Locks; a panic ends the program, so that no lock is ever left poisoned.
pub(super) fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
