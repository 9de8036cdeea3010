//! Goes through the paths that the host names, with what is below them where it wants that.

use rustix::fd::{AsFd, BorrowedFd, OwnedFd};
use rustix::fs::{FileType, Mode, OFlags, Statx, openat};
use rustix::io::Errno;

use super::beneath::{Ground, Links};
use super::job::Job;
use super::walk;
use crate::problem;
use crate::protocol::request::Select;
use crate::protocol::response::Problem;

/// A path that was found.
pub(super) struct Found<'a> {
    /// The directory that it is in, opened.
    pub(super) directory: BorrowedFd<'a>,
    /// Its name there.
    pub(super) name: &'a [u8],
    /// Its absolute path.
    pub(super) path: &'a [u8],
    /// What it is.
    pub(super) stat: &'a Statx,
    /// Something is mounted there; nothing below it is visited.
    pub(super) mounted: bool,
}

impl Found<'_> {
    pub(super) fn file_type(&self) -> FileType {
        walk::file_type(self.stat)
    }

    /// Opens a file or directory for reading, without waiting for the other end of a pipe. What
    /// has become something else since it was looked at is `ESTALE`.
    pub(super) fn open(&self) -> Result<OwnedFd, Errno> {
        let flags = OFlags::RDONLY | OFlags::NOFOLLOW | OFlags::NONBLOCK | OFlags::CLOEXEC;
        let file = openat(self.directory, self.name, flags, Mode::empty())?;
        let stat = walk::look_at(file.as_fd())?;
        if walk::file_type(&stat) == self.file_type() { Ok(file) } else { Err(Errno::STALE) }
    }

    pub(super) fn problem(&self, error: Errno) -> Problem {
        problem::of(error, self.path)
    }
}

/// What came of a visit to many paths.
#[derive(Default)]
pub(super) struct Outcome {
    /// How many were visited.
    pub(super) count: u32,
    /// Those that could not be.
    pub(super) problems: Vec<Problem>,
}

/// What is done with each path. A problem is noted, and the visit goes on; it ends early only
/// where the request is cancelled.
pub(super) type Visitor<'a> = dyn FnMut(&Found<'_>) -> Result<(), Problem> + 'a;

/// A directory whose entries are being visited.
struct Level {
    directory: OwnedFd,
    path: Vec<u8>,
    stat: Statx,
    /// Still to come, the next one last.
    names: Vec<Vec<u8>>,
}

/// Visits the selected paths, a directory always before what is in it.
pub(super) fn visit(select: &Select, job: &Job, visitor: &mut Visitor<'_>) -> Outcome {
    let ground = match Ground::open() {
        Ok(ground) => ground,
        Err(problem) => return Outcome { count: 0, problems: vec![problem] },
    };
    let mut visit = Visit { select, job, ground, visitor, outcome: Outcome::default() };
    for path in &select.paths {
        if let Err(problem) = visit.root(path) {
            visit.outcome.problems.push(problem);
        }
    }
    visit.outcome
}

struct Visit<'a, 'b> {
    select: &'a Select,
    job: &'a Job,
    ground: Ground,
    visitor: &'a mut Visitor<'b>,
    outcome: Outcome,
}

impl Visit<'_, '_> {
    fn root(&mut self, path: &[u8]) -> Result<(), Problem> {
        if self.job.is_cancelled() || self.select.excludes.iter().any(|other| other == path) {
            return Ok(());
        }
        let (folder, name) = walk::split(path);
        let links = if self.select.follow { Links::Follow } else { Links::Refuse };
        let place = self.ground.folder(folder, links).map_err(|error| problem::of(error, path))?;
        let stat =
            walk::look(place.directory.as_fd(), name).map_err(|error| problem::of(error, path))?;
        // A root that the host names is wanted even where it is mounted; only below it is a
        // mount the limit.
        let found = Found {
            directory: place.directory.as_fd(),
            name,
            path,
            stat: &stat,
            mounted: path != b"/" && walk::is_mounted(&place.stat, &stat),
        };
        let mut levels: Vec<Level> = self.one(&found)?.into_iter().collect();
        while let Some(level) = levels.last_mut() {
            let Some(name) = level.names.pop() else {
                levels.pop();
                continue;
            };
            if self.job.is_cancelled() {
                return Ok(());
            }
            match self.entry(level, &name) {
                Ok(below) => levels.extend(below),
                Err(problem) => self.outcome.problems.push(problem),
            }
        }
        Ok(())
    }

    fn entry(&mut self, level: &Level, name: &[u8]) -> Result<Option<Level>, Problem> {
        let path = walk::join(&level.path, name);
        if self.select.excludes.contains(&path) {
            return Ok(None);
        }
        let directory = level.directory.as_fd();
        let stat = match walk::look(directory, name) {
            // It vanished since the directory was read: it is not there.
            Err(Errno::NOENT) => return Ok(None),
            stat => stat.map_err(|error| problem::of(error, &path))?,
        };
        let mounted = walk::is_mounted(&level.stat, &stat);
        self.one(&Found { directory, name, path: &path, stat: &stat, mounted })
    }

    /// Visits one path; a directory to go on with is returned.
    fn one(&mut self, found: &Found<'_>) -> Result<Option<Level>, Problem> {
        (self.visitor)(found)?;
        self.outcome.count = self.outcome.count.saturating_add(1);
        let enters = self.select.recursive && !found.mounted;
        if !enters || found.file_type() != FileType::Directory {
            return Ok(None);
        }
        let opened = walk::descend(found.directory, found.name).and_then(|directory| {
            let stat = walk::look_at(directory.as_fd())?;
            if walk::identity(&stat) != walk::identity(found.stat) {
                // Another directory has got its name meanwhile.
                return Err(Errno::STALE);
            }
            let names = walk::names(directory.as_fd())?;
            Ok((directory, stat, names))
        });
        let (directory, stat, mut names) = opened.map_err(|error| found.problem(error))?;
        names.reverse();
        Ok(Some(Level { directory, path: found.path.to_vec(), stat, names }))
    }
}
