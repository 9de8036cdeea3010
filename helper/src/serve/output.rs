//! The one stream to the host, shared by all requests.

use std::io::{self, Write};
use std::sync::Mutex;

use super::job::lock;
use crate::protocol::response::Response;

/// Writes whole frames, one at a time.
#[derive(Default)]
pub(super) struct Output {
    turn: Mutex<()>,
}

impl Output {
    /// Sends one frame. Where nobody reads any more, the end of the input says so as well, and
    /// the program ends for that reason.
    pub(super) fn send(&self, id: u32, response: &Response) {
        let frame = super::encode(id, response);
        let _turn = lock(&self.turn);
        let mut stream = io::stdout().lock();
        let _ = stream.write_all(&frame).and_then(|()| stream.flush());
    }
}
