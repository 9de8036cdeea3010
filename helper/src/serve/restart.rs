//! Asks the first process of the container, where that is ours, to start the application anew.

use std::collections::hash_map::RandomState;
use std::fs;
use std::hash::{BuildHasher, Hasher};
use std::io::{self, Write};
use std::os::unix::net::{UnixListener, UnixStream};

use rustix::event::{PollFd, PollFlags, Timespec, poll};
use rustix::net::sockopt::socket_peercred;
use rustix::process::Pid;

use crate::init::control;
use crate::problem;
use crate::processes;
use crate::protocol::frame;
use crate::protocol::request::Request;
use crate::protocol::response::{Problem, Response};
use crate::signals;

/// A first process that is ours answers within a millisecond; this is for one that is stuck.
const PATIENCE: Timespec = Timespec { tv_sec: 5, tv_nsec: 0 };

/// Ends the application with all its processes and starts it anew.
pub(super) fn restart(request: &Request) -> Response {
    if !is_ours() {
        let message = "the first process of the container is not Livepush's";
        return Response::Error(Problem::new("no-init", b"", message));
    }
    converse(request).unwrap_or_else(|error| Response::Error(problem::of_io(&error, b"")))
}

/// By its command line, which everybody may read, unlike its program.
fn is_ours() -> bool {
    let line = fs::read("/proc/1/cmdline").unwrap_or_default();
    let mut words = line.split(|byte| *byte == 0);
    let program = words.next().and_then(|path| path.rsplit(|byte| *byte == b'/').next());
    program.is_some_and(|name| name == b"livepush-helper" || name.starts_with(b".livepush-"))
        && words.next() == Some(b"init")
}

fn converse(request: &Request) -> io::Result<Response> {
    let mut stream = call()?;
    let answer = ask(&mut stream, request)?;
    match answer {
        // It runs as the application's user; this process is root and may end what is left.
        Response::Error(problem) if problem.code == "EPERM" => {
            processes::kill_children_of(Pid::INIT);
            ask(&mut stream, request)
        }
        answer => Ok(answer),
    }
}

/// Has the first process connect to a socket that only it can use.
fn call() -> io::Result<UnixStream> {
    let value = RandomState::new().build_hasher().finish();
    let value = usize::try_from(value).unwrap_or(usize::MAX);
    let listener = UnixListener::bind_addr(&control::address(value)?)?;
    signals::queue(Pid::INIT, control::SIGNAL, value)?;
    loop {
        if poll(&mut [PollFd::new(&listener, PollFlags::IN)], Some(&PATIENCE))? == 0 {
            return Err(io::ErrorKind::TimedOut.into());
        }
        let (stream, _) = listener.accept()?;
        if socket_peercred(&stream)?.pid == Pid::INIT {
            return Ok(stream);
        }
    }
}

fn ask(stream: &mut UnixStream, request: &Request) -> io::Result<Response> {
    let (kind, payload) = request.encode();
    stream.write_all(&frame::encode(kind, 0, &payload))?;
    match frame::read(stream) {
        Ok(Some(frame)) => Response::decode(&frame).map_err(io::Error::other),
        _ => Err(io::ErrorKind::UnexpectedEof.into()),
    }
}
