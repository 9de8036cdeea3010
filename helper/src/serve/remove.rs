//! Removes paths with all below them: no link is followed, nothing that is mounted is touched.

use rustix::fd::{AsFd, BorrowedFd, OwnedFd};
use rustix::fs::{AtFlags, FileType, Statx, unlinkat};
use rustix::io::Errno;

use super::beneath::{Folder, Ground, Links};
use super::job::Job;
use super::walk;
use crate::problem;
use crate::protocol::response::{Problem, Response};

/// Removes the paths; one that is not there counts as removed.
pub(super) fn remove(paths: &[Vec<u8>], job: &Job) -> Response {
    let mut removal = match Removal::begin() {
        Ok(removal) => removal,
        Err(problem) => return Response::Error(problem),
    };
    let mut removed = 0;
    let mut problems = Vec::new();
    for path in paths {
        if job.is_cancelled() {
            return Response::Error(Problem::new("cancelled", path, "the removal was cancelled"));
        }
        match removal.remove(path) {
            Ok(()) => removed += 1,
            Err(problem) => problems.push(problem),
        }
    }
    Response::Done(removed, problems)
}

/// What is known from one path to the next, which is most often in the same directory.
struct Removal {
    ground: Ground,
    last: Option<(Vec<u8>, Folder)>,
}

impl Removal {
    fn begin() -> Result<Self, Problem> {
        Ok(Self { ground: Ground::open()?, last: None })
    }

    fn remove(&mut self, path: &[u8]) -> Result<(), Problem> {
        if path == b"/" {
            return Err(Problem::new("EBUSY", path, "the root directory cannot be removed"));
        }
        let (folder, name) = walk::split(path);
        match self.folder(folder) {
            // Where a directory on the way is missing, or is none, so is the path.
            Err(Errno::NOENT | Errno::NOTDIR | Errno::LOOP) => Ok(()),
            Err(error) => Err(problem::of(error, path)),
            Ok(folder) => remove_entry(folder, name, path),
        }
    }

    fn folder(&mut self, path: &[u8]) -> Result<&Folder, Errno> {
        let folder = match self.last.take() {
            Some((last, folder)) if last == path => folder,
            _ => self.ground.folder(path, Links::Refuse)?,
        };
        Ok(&self.last.insert((path.to_vec(), folder)).1)
    }
}

/// Removes an entry of a directory with all below it; one that is not there counts as removed.
pub(super) fn remove_entry(folder: &Folder, name: &[u8], path: &[u8]) -> Result<(), Problem> {
    let directory = folder.directory.as_fd();
    let entry = match walk::look(directory, name) {
        Err(Errno::NOENT) => return Ok(()),
        entry => entry.map_err(|error| problem::of(error, path))?,
    };
    if walk::is_mounted(&folder.stat, &entry) {
        return Err(mounted(path));
    }
    if walk::file_type(&entry) == FileType::Directory {
        remove_tree(directory, name, path, &entry)
    } else {
        unlink(directory, name, path, AtFlags::empty())
    }
}

/// A directory that is being emptied.
struct Level {
    directory: OwnedFd,
    stat: Statx,
    path: Vec<u8>,
    /// Its name in the directory above.
    name: Vec<u8>,
    /// What is still to be removed from it.
    names: Vec<Vec<u8>>,
}

/// Empties a directory and removes it. A loop, since a tree may be deeper than a stack. After a
/// problem it goes on with the rest, leaves what cannot be empty, and reports the first.
fn remove_tree(
    parent: BorrowedFd<'_>,
    name: &[u8],
    path: &[u8],
    stat: &Statx,
) -> Result<(), Problem> {
    let mut levels = vec![enter(parent, name, path.to_vec(), *stat)?];
    let mut first_problem = None;
    while let Some(level) = levels.last_mut() {
        let outcome = if let Some(name) = level.names.pop() {
            let path = walk::join(&level.path, &name);
            step(level, &name, path).map(|below| levels.extend(below))
        } else {
            let Some(Level { path, name, .. }) = levels.pop() else { break };
            let above = levels.last().map_or(parent, |level| level.directory.as_fd());
            match unlink(above, &name, &path, AtFlags::REMOVEDIR) {
                // It holds what could not be removed, which was said already.
                Err(problem) if problem.code == "ENOTEMPTY" && first_problem.is_some() => Ok(()),
                outcome => outcome,
            }
        };
        if let Err(problem) = outcome {
            first_problem.get_or_insert(problem);
        }
    }
    first_problem.map_or(Ok(()), Err)
}

/// Removes an entry that is no directory; a directory is entered.
fn step(level: &Level, name: &[u8], path: Vec<u8>) -> Result<Option<Level>, Problem> {
    let directory = level.directory.as_fd();
    let entry = match walk::look(directory, name) {
        Err(Errno::NOENT) => return Ok(None),
        entry => entry.map_err(|error| problem::of(error, &path))?,
    };
    if walk::is_mounted(&level.stat, &entry) {
        return Err(mounted(&path));
    }
    if walk::file_type(&entry) == FileType::Directory {
        enter(directory, name, path, entry).map(Some)
    } else {
        unlink(directory, name, &path, AtFlags::empty()).map(|()| None)
    }
}

fn enter(
    parent: BorrowedFd<'_>,
    name: &[u8],
    path: Vec<u8>,
    looked: Statx,
) -> Result<Level, Problem> {
    let opened = walk::descend(parent, name).and_then(|directory| {
        let stat = walk::look_at(directory.as_fd())?;
        Ok((walk::names(directory.as_fd())?, directory, stat))
    });
    match opened {
        // Another directory has got its name meanwhile.
        Ok((_, _, stat)) if walk::identity(&stat) != walk::identity(&looked) => {
            Err(problem::of(Errno::STALE, &path))
        }
        Ok((names, directory, stat)) => {
            Ok(Level { directory, stat, path, name: name.to_vec(), names })
        }
        Err(error) => Err(problem::of(error, &path)),
    }
}

fn unlink(
    directory: BorrowedFd<'_>,
    name: &[u8],
    path: &[u8],
    flags: AtFlags,
) -> Result<(), Problem> {
    match unlinkat(directory, name, flags) {
        Ok(()) | Err(Errno::NOENT) => Ok(()),
        Err(error) => Err(problem::of(error, path)),
    }
}

fn mounted(path: &[u8]) -> Problem {
    Problem::new("mounted", path, "something is mounted there")
}
