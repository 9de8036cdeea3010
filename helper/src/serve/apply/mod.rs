//! Lays an archive out in the container as Docker's archive API does: what is there is replaced,
//! a directory is merged with a directory, and no component of a path is ever followed.
//! Unlike there, an application finds either the old file or the whole new one, never none.

mod dress;
mod parents;
mod place;

use std::collections::HashMap;
use std::io;

use rustix::fd::AsFd;
use rustix::fs::{AtFlags, FileType, unlinkat};
use rustix::io::Errno;

use super::beneath::{Folder, Ground};
use super::job::{Input, Job};
use super::remove;
use super::walk;
use crate::problem;
use crate::protocol::response::{Problem, Response};
use crate::tar::header::TypeFlag;
use crate::tar::reader::{Member, Members};

const BUFFER: usize = 64 << 10;
/// An application that exchanges what is at a path all the time wins this often at most.
const ATTEMPTS: usize = 64;

/// Device and inode of a file.
type Identity = (u64, u64);

/// Lays out what the host sends. `replaces`: a link or file in the place of a directory is
/// replaced, and a directory in the place of a file too; otherwise both are refused, as a build
/// refuses them.
pub(super) fn apply(input: Input, replaces: bool, job: &Job) -> Response {
    let ground = match Ground::open() {
        Ok(ground) => ground,
        Err(problem) => return Response::Error(problem),
    };
    let mut apply = Apply {
        members: Members::new(input),
        ground,
        replaces,
        parent: None,
        directories: Vec::new(),
        files: HashMap::new(),
        buffer: vec![0; BUFFER],
    };
    let mut count: u32 = 0;
    loop {
        match apply.next() {
            _ if job.is_cancelled() => {
                return Response::Error(Problem::new("cancelled", b"", "it was cancelled"));
            }
            Ok(true) => count = count.saturating_add(1),
            Ok(false) => break,
            Err(problem) => return Response::Error(problem),
        }
    }
    apply.date_directories();
    Response::Done(count, Vec::new())
}

struct Apply {
    members: Members<Input>,
    ground: Ground,
    replaces: bool,
    /// The directory of the member before, which most often is that of the next one too.
    parent: Option<(Vec<u8>, Folder)>,
    /// Their times are set last, since laying out what is in them changes them.
    directories: Vec<Laid>,
    /// The files that were laid out, for their further names.
    files: HashMap<Vec<u8>, Identity>,
    buffer: Vec<u8>,
}

/// A directory that was laid out.
struct Laid {
    path: Vec<u8>,
    identity: Identity,
    modified: i64,
}

/// Why a member could not be laid out.
enum Failure {
    System(Errno),
    Stream(io::Error),
    Known(Problem),
}

impl From<Errno> for Failure {
    fn from(error: Errno) -> Self {
        Self::System(error)
    }
}

impl Apply {
    /// Lays out one member; false at the end.
    fn next(&mut self) -> Result<bool, Problem> {
        let member = match self.members.next() {
            Ok(Some(member)) => member,
            Ok(None) => return Ok(false),
            Err(error) => return Err(problem::of_io(&error, b"")),
        };
        let path = [b"/", member.path.as_slice()].concat();
        self.lay_out(&member, &path).map_err(|error| match error {
            Failure::System(error) => problem::of(error, &path),
            Failure::Stream(error) => problem::of_io(&error, &path),
            Failure::Known(problem) => problem,
        })?;
        Ok(true)
    }

    fn lay_out(&mut self, member: &Member, path: &[u8]) -> Result<(), Failure> {
        let is_directory = member.flag == TypeFlag::Directory;
        if member.path.is_empty() && !is_directory {
            return Err(Failure::System(Errno::ISDIR));
        }
        let (above, name) = walk::split(path);
        self.enter(above)?;
        if is_directory {
            return self.directory(member, name, path);
        }
        let unfinished = match member.flag {
            TypeFlag::File => self.file(member, above)?,
            TypeFlag::HardLink => self.hard_link(member)?,
            _ => self.special(member)?,
        };
        let put = self.put(name, path);
        if put.is_err() || member.flag == TypeFlag::HardLink {
            // Renaming one name of a file over another name of it does nothing, and keeps both.
            let _ = unlinkat(self.parent()?, place::UNFINISHED, AtFlags::empty());
        }
        put?;
        if let Some(identity) = unfinished {
            self.files.insert(member.path.clone(), identity);
        }
        Ok(())
    }

    /// Removes what is in the way of a member and cannot be replaced by a renaming.
    fn make_room(&self, directory: bool, name: &[u8], path: &[u8]) -> Result<(), Failure> {
        let folder = self.folder()?;
        let there = match walk::look(folder.directory.as_fd(), name) {
            Err(Errno::NOENT) => return Ok(()),
            there => walk::file_type(&there?) == FileType::Directory,
        };
        if there == directory {
            return Ok(());
        }
        if !self.replaces {
            return Err(Failure::Known(in_the_way(path, there)));
        }
        remove::remove_entry(folder, name, path).map_err(Failure::Known)
    }

    fn date_directories(self) {
        for Laid { path, identity, modified } in self.directories {
            dress::date_directory(&self.ground, &path, identity, modified);
        }
    }
}

/// What a build refuses, with the code that the host knows it by.
fn in_the_way(path: &[u8], directory: bool) -> Problem {
    if directory {
        Problem::new("directory-in-the-way", path, "cannot replace to directory with file")
    } else {
        Problem::new("file-in-the-way", path, "cannot copy to non-directory")
    }
}
