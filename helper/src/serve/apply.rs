//! Lays an archive out in the container as Docker's archive API does: what is there is replaced,
//! a directory is merged with a directory, and the last component of a path is never followed.
//! Unlike there, an application finds either the old file or the whole new one, never none.

use std::io::{self, Read};

use rustix::fd::{AsFd, OwnedFd};
use rustix::fs::{
    AtFlags, FileType, Gid, Mode, OFlags, Timespec, Timestamps, UTIME_OMIT, Uid, XattrFlags,
    chmodat, chownat, fchmod, fchown, fsetxattr, futimens, linkat, makedev, mkdirat, mknodat,
    openat, renameat, symlinkat, unlinkat, utimensat,
};
use rustix::io::Errno;

use super::job::{Input, Job};
use super::remove;
use super::walk;
use crate::problem;
use crate::protocol::response::{Problem, Response};
use crate::tar::header::TypeFlag;
use crate::tar::reader::{Member, Members};

const BUFFER: usize = 64 << 10;
/// Of directories that are needed and that the archive does not name.
const IMPLIED: Mode = Mode::from_raw_mode(0o755);
/// What is laid out has this name until it is whole. Always the same: what a killed helper leaves is
/// overwritten when its update is done again.
const UNFINISHED: &[u8] = b".livepush-unfinished";

/// Lays out what the host sends.
pub(super) fn apply(input: Input, job: &Job) -> Response {
    let mut apply = Apply {
        members: Members::new(input),
        parent: None,
        directories: Vec::new(),
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
    apply.finish();
    Response::Done(count, Vec::new())
}

struct Apply {
    members: Members<Input>,
    /// The directory of the member before, which most often is that of the next one too.
    parent: Option<(Vec<u8>, OwnedFd)>,
    /// Their times are set last, since laying out what is in them changes them.
    directories: Vec<(Vec<u8>, i64)>,
    buffer: Vec<u8>,
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
        if member.path.is_empty() {
            // The root itself: it is there, and only its mode and owner can be meant.
            return if member.flag == TypeFlag::Directory {
                self.directory(member, b".", path, true)
            } else {
                Err(Failure::System(Errno::ISDIR))
            };
        }
        let split = path.iter().rposition(|byte| *byte == b'/').unwrap_or(0);
        let (above, name) = (&path[..split], &path[split + 1..]);
        self.enter(above)?;
        let there = self.make_room(member, name, path)?;
        match member.flag {
            TypeFlag::Directory => self.directory(member, name, path, there),
            _ => self.replace(member, name),
        }
    }

    /// Puts a file, link, pipe or device in the place of what has the name.
    fn replace(&mut self, member: &Member, name: &[u8]) -> Result<(), Failure> {
        let _ = unlinkat(self.parent()?, UNFINISHED, AtFlags::empty());
        let made = match member.flag {
            TypeFlag::File => self.file(member, UNFINISHED),
            TypeFlag::HardLink => self.hard_link(member, UNFINISHED),
            _ => self.special(member, UNFINISHED),
        };
        let parent = self.parent()?;
        let put = made.and_then(|()| Ok(renameat(parent, UNFINISHED, parent, name)?));
        if put.is_err() || member.flag == TypeFlag::HardLink {
            // Renaming one name of a file over another name of it does nothing, and keeps both.
            let _ = unlinkat(parent, UNFINISHED, AtFlags::empty());
        }
        put
    }

    fn parent(&self) -> Result<&OwnedFd, Failure> {
        self.parent.as_ref().map(|(_, parent)| parent).ok_or(Failure::System(Errno::NOENT))
    }

    /// Makes a directory, given without a slash at its end, the one that is worked in.
    fn enter(&mut self, path: &[u8]) -> Result<(), Failure> {
        if self.parent.as_ref().is_some_and(|(known, _)| known == path) {
            return Ok(());
        }
        let open = |path: &[u8]| {
            let flags = OFlags::PATH | OFlags::DIRECTORY | OFlags::CLOEXEC;
            openat(rustix::fs::CWD, [path, b"/"].concat(), flags, Mode::empty())
        };
        let parent = match open(path) {
            Err(Errno::NOENT) => {
                make_directories(path)?;
                open(path)?
            }
            parent => parent?,
        };
        self.parent = Some((path.to_vec(), parent));
        Ok(())
    }

    /// Removes what is in the way and cannot be replaced; whether a directory is there that stays.
    fn make_room(&mut self, member: &Member, name: &[u8], path: &[u8]) -> Result<bool, Failure> {
        let there = match walk::look(self.parent()?.as_fd(), name) {
            Err(Errno::NOENT) => return Ok(false),
            there => walk::file_type(&there?),
        };
        if there == FileType::Directory && member.flag == TypeFlag::Directory {
            return Ok(true);
        }
        if there == FileType::Directory {
            remove::remove_path(path).map_err(Failure::Known)?;
        } else if member.flag == TypeFlag::Directory {
            unlinkat(self.parent()?, name, AtFlags::empty())?;
        }
        Ok(false)
    }

    fn file(&mut self, member: &Member, name: &[u8]) -> Result<(), Failure> {
        let flags =
            OFlags::WRONLY | OFlags::CREATE | OFlags::EXCL | OFlags::NOFOLLOW | OFlags::CLOEXEC;
        let file = openat(self.parent()?, name, flags, Mode::from_raw_mode(0o600))?;
        loop {
            let count = self.members.read(&mut self.buffer).map_err(Failure::Stream)?;
            if count == 0 {
                break;
            }
            write_all(&file, &self.buffer[..count])?;
        }
        dress(&file, member)?;
        Ok(futimens(&file, &times(member.modified))?)
    }

    fn directory(
        &mut self,
        member: &Member,
        name: &[u8],
        path: &[u8],
        there: bool,
    ) -> Result<(), Failure> {
        if member.path.is_empty() {
            self.enter(b"")?;
        }
        if !there {
            mkdirat(self.parent()?, name, IMPLIED)?;
        }
        let directory = walk::descend(self.parent()?.as_fd(), name)?;
        dress(&directory, member)?;
        self.directories.push((path.to_vec(), member.modified));
        Ok(())
    }

    /// Docker gives the file what the header of its further name says, too.
    fn hard_link(&self, member: &Member, name: &[u8]) -> Result<(), Failure> {
        let other = [b"/", member.link.as_slice()].concat();
        let parent = self.parent()?;
        linkat(rustix::fs::CWD, other, parent, name, AtFlags::empty())?;
        let kind = walk::file_type(&walk::look(parent.as_fd(), name)?);
        dress_named(parent, name, member, kind)
    }

    /// Symbolic links, pipes and devices.
    fn special(&mut self, member: &Member, name: &[u8]) -> Result<(), Failure> {
        let parent = self.parent()?;
        let mode = Mode::from_raw_mode(member.mode);
        let node = |kind, (major, minor)| mknodat(parent, name, kind, mode, makedev(major, minor));
        match member.flag {
            TypeFlag::Symlink => symlinkat(&member.link[..], parent, name)?,
            TypeFlag::Fifo => node(FileType::Fifo, (0, 0))?,
            TypeFlag::Character => node(FileType::CharacterDevice, member.device)?,
            _ => node(FileType::BlockDevice, member.device)?,
        }
        let kind = match member.flag {
            TypeFlag::Symlink => FileType::Symlink,
            _ => FileType::Unknown,
        };
        dress_named(parent, name, member, kind)
    }

    fn finish(self) {
        for (path, modified) in self.directories {
            // One that a later member replaced has got that one's time.
            let flags = AtFlags::SYMLINK_NOFOLLOW;
            let _ = utimensat(rustix::fs::CWD, path, &times(modified), flags);
        }
    }
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

/// Makes a directory and those above it, as far as they are missing.
fn make_directories(path: &[u8]) -> Result<(), Errno> {
    for (at, _) in path.iter().enumerate().filter(|(at, byte)| *at > 0 && **byte == b'/') {
        make_directory(&path[..at])?;
    }
    make_directory(path)
}

fn make_directory(path: &[u8]) -> Result<(), Errno> {
    match mkdirat(rustix::fs::CWD, path, IMPLIED) {
        Ok(()) | Err(Errno::EXIST) => Ok(()),
        Err(error) => Err(error),
    }
}

/// Owner first, since a change of it takes attributes and set-id bits away.
fn dress(file: &OwnedFd, member: &Member) -> Result<(), Errno> {
    let (uid, gid) = owner(member);
    fchown(file, uid, gid)?;
    for (name, value) in &member.attributes {
        match fsetxattr(file, &name[..], value, XattrFlags::empty()) {
            // As with Docker: not every file system has them, nor every container the right.
            Ok(()) | Err(Errno::NOTSUP | Errno::PERM) => {}
            Err(error) => return Err(error),
        }
    }
    fchmod(file, Mode::from_raw_mode(member.mode))
}

/// The same, but for attributes, for what cannot be opened without doing more than that.
fn dress_named(
    parent: &OwnedFd,
    name: &[u8],
    member: &Member,
    kind: FileType,
) -> Result<(), Failure> {
    let (uid, gid) = owner(member);
    chownat(parent, name, uid, gid, AtFlags::SYMLINK_NOFOLLOW)?;
    if kind != FileType::Symlink {
        chmodat(parent, name, Mode::from_raw_mode(member.mode), AtFlags::empty())?;
    }
    Ok(utimensat(parent, name, &times(member.modified), AtFlags::SYMLINK_NOFOLLOW)?)
}

fn owner(member: &Member) -> (Option<Uid>, Option<Gid>) {
    (Some(Uid::from_raw(member.uid)), Some(Gid::from_raw(member.gid)))
}

fn times(modified: i64) -> Timestamps {
    Timestamps {
        last_access: Timespec { tv_sec: 0, tv_nsec: UTIME_OMIT },
        last_modification: Timespec { tv_sec: modified, tv_nsec: 0 },
    }
}

fn write_all(file: &OwnedFd, mut data: &[u8]) -> Result<(), Errno> {
    while !data.is_empty() {
        let count = rustix::io::retry_on_intr(|| rustix::io::write(file, data))?;
        data = &data[count..];
    }
    Ok(())
}
