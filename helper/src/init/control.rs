//! How `serve` asks `init` to start the application anew, in the same container.
//!
//! `serve` listens on an abstract socket with a random name, and queues a signal to process 1 that
//! carries the name. `init` connects, and both make sure of each other by what the kernel says of
//! the other end. No file, no port, and nobody but root in this container can ask.

use std::io::Write;
use std::os::linux::net::SocketAddrExt;
use std::os::unix::net::{SocketAddr, UnixStream};
use std::time::Duration;

use rustix::net::sockopt::socket_peercred;

use super::application::Application;
use crate::problem;
use crate::protocol::frame::{self, Frame};
use crate::protocol::request::Request;
use crate::protocol::response::{Problem, Response};
use crate::signals::Signal;

/// The last but one real-time signal: no program is known to stop by it.
pub const SIGNAL: i32 = 63;

/// The name of the socket that a signal's value stands for.
///
/// # Panics
/// Never: the name is shorter than a socket's name may be.
pub fn address(value: usize) -> std::io::Result<SocketAddr> {
    SocketAddr::from_abstract_name(format!("livepush-{value:016x}"))
}

/// The signal was not sent by our own helper.
pub(super) struct NotOurs;

/// Does what the sender of the signal asks for; the container's exit code where that ends it.
pub(super) fn answer(signal: Signal, application: &mut Application) -> Result<Option<u8>, NotOurs> {
    let mut stream = address(signal.value)
        .and_then(|address| UnixStream::connect_addr(&address))
        .map_err(|_| NotOurs)?;
    let peer = socket_peercred(&stream).map_err(|_| NotOurs)?;
    if !peer.uid.is_root() || peer.pid.as_raw_pid() != signal.sender {
        return Err(NotOurs);
    }
    converse(&mut stream, application);
    // Whatever happened, the container is not left without its application.
    match application.ensure_started() {
        Ok(()) => Ok(None),
        Err(error) => {
            let _ = writeln!(std::io::stderr(), "{error}");
            Ok(Some(super::NOT_FOUND))
        }
    }
}

/// Requests and answers until the other side has what it wants, or is gone.
fn converse(stream: &mut UnixStream, application: &mut Application) {
    while let Ok(Some(frame)) = frame::read(stream) {
        let answer = respond(&frame, application);
        let (kind, payload) = answer.encode();
        if stream.write_all(&frame::encode(kind, frame.id, &payload)).is_err() {
            return;
        }
    }
}

fn respond(frame: &Frame, application: &mut Application) -> Response {
    let Ok(Request::Restart { signal, grace_ms }) = Request::decode(frame) else {
        return Response::Error(Problem::new("protocol", b"", "not a request to restart"));
    };
    let grace = Duration::from_millis(u64::from(grace_ms));
    if application.stop(i32::from(signal), grace).is_err() {
        let message = "a process of the application belongs to another user";
        return Response::Error(Problem::new("EPERM", b"", message));
    }
    match application.ensure_started() {
        Ok(()) => Response::Done(1, Vec::new()),
        Err(error) => Response::Error(problem::of_io(&error, b"")),
    }
}
