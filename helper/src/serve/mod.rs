//! Carries out what the host asks for, one thread for each request.

mod apply;
mod attributes;
mod beneath;
mod job;
mod list;
mod output;
mod remove;
mod restart;
mod run;
mod select;
mod send_tar;
mod walk;

use std::collections::HashMap;
use std::io::{self, BufReader, Read};
use std::process::ExitCode;
use std::sync::{Arc, Mutex};
use std::thread;

use crate::protocol::frame::{self, Frame, ReadError};
use crate::protocol::request::Request;
use crate::protocol::response::{Problem, Response};
use crate::protocol::{VERSION, frame as frames};

use job::{Job, lock};
use output::Output;
use run::Runs;

/// Requests at the same time; a host has a handful.
const MAX_JOBS: usize = 64;
/// Nothing in a request's thread recurses or keeps much on its stack.
const STACK: usize = 256 << 10;
/// As a shell says that a command was used wrongly.
const MISUSED: u8 = 64;

/// Speaks with the host until it closes the stream; then ends all that was begun.
pub fn run() -> ExitCode {
    run::adopt_orphans();
    let session = Session::default();
    let end = session.converse(&mut BufReader::new(io::stdin()));
    session.end_all();
    match end {
        Ok(()) => ExitCode::SUCCESS,
        Err(problem) => {
            session.output.send(0, &Response::Error(problem));
            ExitCode::from(MISUSED)
        }
    }
}

#[derive(Default)]
struct Session {
    output: Arc<Output>,
    jobs: Arc<Mutex<HashMap<u32, Arc<Job>>>>,
    runs: Arc<Runs>,
}

impl Session {
    fn converse(&self, input: &mut impl Read) -> Result<(), Problem> {
        let Some(first) = next(input)? else { return Ok(()) };
        match Request::decode(&first) {
            Ok(Request::Hello(VERSION)) => self.output.send(first.id, &Response::hello()),
            Ok(Request::Hello(version)) => {
                let message = format!("the host speaks version {version}, the helper {VERSION}");
                return Err(Problem::new("version", b"", message));
            }
            _ => return Err(Problem::new("protocol", b"", "the first frame is no hello")),
        }
        while let Some(frame) = next(input)? {
            let request = Request::decode(&frame)
                .map_err(|error| Problem::new("protocol", b"", error.to_string()))?;
            self.handle(frame.id, request)?;
        }
        Ok(())
    }

    fn handle(&self, id: u32, request: Request) -> Result<(), Problem> {
        let running = lock(&self.jobs).get(&id).cloned();
        match (request, running) {
            // A request that has just ended is unknown by now: that is no mistake of the host.
            (Request::Signal(signal), job) => job.iter().for_each(|job| job.signal(signal)),
            (Request::Cancel, job) => job.iter().for_each(|job| job.cancel()),
            (Request::Credit(chunks), job) => job.iter().for_each(|job| job.credit(chunks)),
            (Request::Data(data), job) => {
                if let Some(job) = job {
                    job.feed(data);
                }
            }
            (Request::End, job) => job.iter().for_each(|job| job.end_input()),
            (Request::Hello(_), _) => {
                return Err(Problem::new("protocol", b"", "a second hello"));
            }
            (_, Some(_)) => return Err(Problem::new("protocol", b"", "an id that is in use")),
            (request, None) => self.begin(id, request),
        }
        Ok(())
    }

    fn begin(&self, id: u32, request: Request) {
        let job = Arc::new(Job::default());
        {
            let mut jobs = lock(&self.jobs);
            if jobs.len() >= MAX_JOBS {
                let problem = Problem::new("busy", b"", "too many requests at the same time");
                self.output.send(id, &Response::Error(problem));
                return;
            }
            jobs.insert(id, Arc::clone(&job));
        }
        // Opened before its thread runs: the first piece may come at once.
        let archive = match request {
            Request::Apply { replaces } => Some((job.open_input(), replaces)),
            _ => None,
        };
        let (output, jobs, runs) =
            (Arc::clone(&self.output), Arc::clone(&self.jobs), Arc::clone(&self.runs));
        let work = move || {
            let end = match archive {
                Some((input, replaces)) => apply::apply(input, replaces, &job),
                None => carry_out(request, id, &job, &output, &runs),
            };
            // Forgotten before it is reported: the host may use the id again at once.
            lock(&jobs).remove(&id);
            output.send(id, &end);
        };
        if let Err(error) = thread::Builder::new().stack_size(STACK).spawn(work) {
            lock(&self.jobs).remove(&id);
            self.output.send(id, &Response::Error(crate::problem::of_io(&error, b"")));
        }
    }

    /// Nobody is there any more to hear of it: commands are killed, everything else just stops.
    fn end_all(&self) {
        for job in lock(&self.jobs).values() {
            job.cancel();
        }
        self.runs.end_all();
    }
}

fn next(input: &mut impl Read) -> Result<Option<Frame>, Problem> {
    match frame::read(input) {
        Ok(frame) => Ok(frame),
        Err(ReadError::Malformed(error)) => Err(Problem::new("protocol", b"", error.to_string())),
        // The host has gone in the middle of a frame: as good as an end.
        Err(ReadError::Io(_)) => Ok(None),
    }
}

fn carry_out(request: Request, id: u32, job: &Job, output: &Output, runs: &Runs) -> Response {
    match request {
        Request::Run(run) => run::run(&run, id, job, output, runs),
        Request::Remove(paths) => remove::remove(&paths, job),
        Request::List(select) => list::list(&select, id, job, output),
        Request::Tar(select) => send_tar::tar(&select, id, job, output),
        request @ Request::Restart { .. } => restart::restart(&request),
        _ => Response::Error(Problem::new("protocol", b"", "not a request")),
    }
}

/// A frame of an answer.
fn encode(id: u32, response: &Response) -> Vec<u8> {
    let (kind, payload) = response.encode();
    frames::encode(kind, id, &payload)
}
