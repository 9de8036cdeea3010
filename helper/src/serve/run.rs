//! Runs a command the way Docker would, streams what it prints, and leaves none of it running.

#![allow(unsafe_code, reason = "what a child does between fork and exec has no safe form")]

use std::ffi::OsStr;
use std::io;
use std::os::unix::ffi::OsStrExt;
use std::os::unix::process::CommandExt;
use std::process::{Child, Command, Stdio};
use std::sync::Mutex;

use rustix::event::{PollFd, PollFlags, poll};
use rustix::fd::{AsFd, BorrowedFd, OwnedFd};
use rustix::fs::{Mode, OFlags, fcntl_getfl, fcntl_setfl};
use rustix::io::Errno;
use rustix::process::{
    Gid, Pid, PidfdFlags, Signal, Uid, WaitId, WaitIdOptions, WaitOptions, kill_process_group,
    pidfd_open, set_child_subreaper, set_parent_process_death_signal, setsid, umask, waitid,
    waitpid,
};
use rustix::thread::{set_thread_groups, set_thread_res_gid, set_thread_res_uid};

use super::job::{Job, lock};
use super::output::Output;
use crate::problem;
use crate::processes;
use crate::protocol::request::Run;
use crate::protocol::response::{Problem, Response};
use crate::signals;
use crate::user::{self, Identity};

/// Large enough to be quick, small enough to be soon on the screen.
const CHUNK: usize = 32 << 10;

/// The commands that are at work, by process id.
#[derive(Default)]
pub(super) struct Runs {
    active: Mutex<Vec<Pid>>,
}

/// Makes whatever a command leaves behind a child of this process, so that it can be found.
pub(super) fn adopt_orphans() {
    let _ = set_child_subreaper(Some(rustix::process::getpid()));
}

impl Runs {
    /// Kills everything that any command started.
    pub(super) fn end_all(&self) {
        let _active = lock(&self.active);
        processes::kill_children();
    }

    fn begin(&self, command: &mut Command, job: &Job) -> io::Result<(Child, Pid)> {
        let mut active = lock(&self.active);
        if job.is_cancelled() {
            return Err(io::ErrorKind::Interrupted.into());
        }
        let child = command.spawn()?;
        let pid = Pid::from_child(&child);
        active.push(pid);
        // The child is the leader of a session, and so of a process group, before it is a command.
        job.set_group(Some(pid));
        drop(active);
        if job.is_cancelled() {
            job.cancel();
        }
        Ok((child, pid))
    }

    /// Kills what is left of an ended command and takes its exit code.
    fn end(&self, pid: Pid, job: &Job) -> u8 {
        let _ = waitid(WaitId::Pid(pid), WaitIdOptions::EXITED | WaitIdOptions::NOWAIT);
        // Until it is reaped its id is nobody else's.
        job.set_group(None);
        let _ = kill_process_group(pid, Signal::KILL);
        let mut active = lock(&self.active);
        let status = waitpid(Some(pid), WaitOptions::empty());
        active.retain(|other| *other != pid);
        // What has left the group, as daemons do, cannot be told from what another command has
        // left behind: it goes with the last of them.
        if active.is_empty() {
            processes::kill_children();
        }
        match status {
            Ok(Some((_, status))) => processes::exit_code(status),
            _ => u8::MAX,
        }
    }
}

/// Runs a command to its end.
pub(super) fn run(run: &Run, id: u32, job: &Job, output: &Output, runs: &Runs) -> Response {
    let identity = match user::resolve(&run.user) {
        Ok(identity) => identity,
        Err(error) => return Response::Error(Problem::new("user", &run.user, error.to_string())),
    };
    let mut command = prepare(run, identity);
    let (mut child, pid) = match runs.begin(&mut command, job) {
        Ok(begun) => begun,
        Err(error) => return Response::Error(problem::of_io(&error, &run.argv[0])),
    };
    let mut pipes = Pipes::of(&mut child);
    pipes.stream_until_exit(pid, |stream, data| {
        output.send(id, &Response::Output(stream, data.to_vec()));
    });
    let code = runs.end(pid, job);
    pipes.stream_what_is_there(|stream, data| {
        output.send(id, &Response::Output(stream, data.to_vec()));
    });
    Response::Exit(code)
}

fn prepare(run: &Run, identity: Identity) -> Command {
    let mut command = Command::new(OsStr::from_bytes(&run.argv[0]));
    command.args(run.argv[1..].iter().map(|argument| OsStr::from_bytes(argument)));
    command.env_clear();
    let mut has_home = false;
    for variable in &run.env {
        let Some(equals) = variable.iter().position(|byte| *byte == b'=') else { continue };
        let (name, value) = (&variable[..equals], &variable[equals + 1..]);
        has_home |= name == b"HOME";
        command.env(OsStr::from_bytes(name), OsStr::from_bytes(value));
    }
    if !has_home {
        command.env("HOME", OsStr::from_bytes(&identity.home));
    }
    command.current_dir(OsStr::from_bytes(&run.cwd));
    command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
    // SAFETY: between fork and exec only system calls are made; nothing is allocated.
    unsafe {
        command.pre_exec(move || become_user(&identity));
    }
    command
}

/// Makes the child what a container's process would be. Runs between fork and exec.
fn become_user(identity: &Identity) -> io::Result<()> {
    signals::unblock_all();
    setsid()?;
    umask(Mode::from_raw_mode(0o022));
    let (uid, gid) = (Uid::from_raw(identity.uid), Gid::from_raw(identity.gid));
    // SAFETY of the cast is the type's: a `Gid` is nothing but its number.
    let mut groups = [Gid::ROOT; MAX_GROUPS];
    let count = identity.groups.len().min(MAX_GROUPS);
    for (slot, group) in groups.iter_mut().zip(&identity.groups) {
        *slot = Gid::from_raw(*group);
    }
    set_thread_groups(&groups[..count])?;
    set_thread_res_gid(gid, gid, gid)?;
    set_thread_res_uid(uid, uid, uid)?;
    // A command does not outlive the helper. Last, since a change of user takes it back.
    set_parent_process_death_signal(Some(Signal::KILL))?;
    Ok(())
}

/// Groups of one user that are taken along.
const MAX_GROUPS: usize = 256;

/// The ends of a command's standard output and error.
struct Pipes {
    open: Vec<(u8, OwnedFd)>,
    buffer: Vec<u8>,
}

impl Pipes {
    fn of(child: &mut Child) -> Self {
        let mut open: Vec<(u8, OwnedFd)> = Vec::new();
        open.extend(child.stdout.take().map(|pipe| (1, pipe.into())));
        open.extend(child.stderr.take().map(|pipe| (2, pipe.into())));
        for (_, pipe) in &open {
            let _ = fcntl_getfl(pipe).and_then(|flags| fcntl_setfl(pipe, flags | OFlags::NONBLOCK));
        }
        Self { open, buffer: vec![0; CHUNK] }
    }

    /// Streams until the command has ended, which closes the pipes only if no other process has
    /// them too.
    fn stream_until_exit(&mut self, pid: Pid, mut sink: impl FnMut(u8, &[u8])) {
        // Where it is not there (before Linux 5.3, or forbidden), the pipes' end has to do.
        let exit = pidfd_open(pid, PidfdFlags::empty()).ok();
        while exit.is_some() || !self.open.is_empty() {
            let mut events: Vec<PollFd<'_>> =
                self.open.iter().map(|(_, pipe)| PollFd::new(pipe, PollFlags::IN)).collect();
            events.extend(exit.iter().map(|exit| PollFd::new(exit, PollFlags::IN)));
            match poll(&mut events, None) {
                Ok(_) | Err(Errno::INTR) => {}
                Err(_) => return,
            }
            let ended =
                exit.is_some() && events.last().is_some_and(|event| !event.revents().is_empty());
            if ended {
                return;
            }
            self.stream_what_is_there(&mut sink);
        }
    }

    fn stream_what_is_there(&mut self, mut sink: impl FnMut(u8, &[u8])) {
        let buffer = &mut self.buffer;
        self.open.retain(|(stream, pipe)| drain(pipe.as_fd(), buffer, |data| sink(*stream, data)));
    }
}

/// Reads until nothing is there; false once the pipe has ended.
fn drain(pipe: BorrowedFd<'_>, buffer: &mut [u8], mut sink: impl FnMut(&[u8])) -> bool {
    loop {
        match rustix::io::read(pipe, &mut *buffer) {
            Ok(0) => return false,
            Ok(count) => sink(&buffer[..count]),
            Err(Errno::INTR) => {}
            Err(Errno::AGAIN) => return true,
            Err(_) => return false,
        }
    }
}
