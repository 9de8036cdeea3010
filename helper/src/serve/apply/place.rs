//! Making files, links, pipes and devices, and putting them in their places.

use std::io::Read;

use rustix::fd::{AsFd, OwnedFd};
use rustix::fs::{
    AtFlags, FileType, Mode, OFlags, linkat, makedev, mkdirat, mknodat, openat, renameat,
    symlinkat, unlinkat,
};
use rustix::io::Errno;

use super::super::beneath::{Folder, Links};
use super::super::walk;
use super::dress::{self, Handle};
use super::{ATTEMPTS, Apply, Failure, Identity, Laid, parents};
use crate::problem;
use crate::protocol::response::Problem;
use crate::tar::header::TypeFlag;
use crate::tar::reader::Member;

/// What is laid out has this name until it is whole. Always the same: what a killed helper leaves
/// is overwritten when its update is done again.
pub(super) const UNFINISHED: &[u8] = b".livepush-unfinished";

impl Apply {
    /// Renames what is unfinished to its name. An application may put something else in its way at
    /// any moment, so that is tried again.
    pub(super) fn put(&self, name: &[u8], path: &[u8]) -> Result<(), Failure> {
        let parent = self.parent()?;
        for _ in 0..ATTEMPTS {
            self.make_room(false, name, path)?;
            match renameat(parent, UNFINISHED, parent, name) {
                Err(Errno::ISDIR | Errno::NOTEMPTY | Errno::EXIST) => {}
                put => return Ok(put?),
            }
        }
        Err(Failure::System(Errno::EXIST))
    }

    pub(super) fn directory(
        &mut self,
        member: &Member,
        name: &[u8],
        path: &[u8],
    ) -> Result<(), Failure> {
        let directory = self.made_directory(name, path)?;
        let stat = walk::look_at(directory.as_fd())?;
        if !self.ground.is_own(directory.as_fd(), &stat) {
            return Err(Failure::Known(problem::of(Errno::XDEV, path)));
        }
        dress::dress(&directory, member)?;
        let identity = walk::identity(&stat);
        self.directories.push(Laid { path: path.to_vec(), identity, modified: member.modified });
        Ok(())
    }

    fn made_directory(&self, name: &[u8], path: &[u8]) -> Result<OwnedFd, Failure> {
        let parent = self.parent()?;
        for _ in 0..ATTEMPTS {
            match walk::descend(parent.as_fd(), name) {
                Err(Errno::NOENT) => match mkdirat(parent, name, parents::IMPLIED) {
                    Ok(()) | Err(Errno::EXIST) => {}
                    Err(error) => return Err(error.into()),
                },
                Err(Errno::NOTDIR | Errno::LOOP) => self.make_room(true, name, path)?,
                directory => return Ok(directory?),
            }
        }
        Err(Failure::System(Errno::LOOP))
    }

    /// Writes the content of a file; what it is, for its further names.
    pub(super) fn file(
        &mut self,
        member: &Member,
        above: &[u8],
    ) -> Result<Option<Identity>, Failure> {
        let file = self.new_file(above)?;
        loop {
            let count = self.members.read(&mut self.buffer).map_err(Failure::Stream)?;
            if count == 0 {
                break;
            }
            dress::write_all(&file, &self.buffer[..count])?;
        }
        dress::dress(&file, member)?;
        dress::date(&file, member.modified)?;
        Ok(Some(walk::identity(&walk::look_at(file.as_fd())?)))
    }

    fn new_file(&mut self, above: &[u8]) -> Result<OwnedFd, Failure> {
        let flags =
            OFlags::WRONLY | OFlags::CREATE | OFlags::EXCL | OFlags::NOFOLLOW | OFlags::CLOEXEC;
        for _ in 0..ATTEMPTS {
            let _ = unlinkat(self.parent()?, UNFINISHED, AtFlags::empty());
            match openat(self.parent()?, UNFINISHED, flags, Mode::from_raw_mode(0o600)) {
                Err(Errno::EXIST) => {}
                // The directory itself was removed.
                Err(Errno::NOENT) => self.enter_again(above)?,
                file => return Ok(file?),
            }
        }
        Err(Failure::System(Errno::EXIST))
    }

    /// A further name of a file. Docker gives the file what the header of its further name says.
    pub(super) fn hard_link(&self, member: &Member) -> Result<Option<Identity>, Failure> {
        let path = [b"/", member.link.as_slice()].concat();
        let (above, name) = walk::split(&path);
        let folder = self.ground.folder(above, Links::Refuse)?;
        let identity = walk::identity(&walk::look(folder.directory.as_fd(), name)?);
        if !self.may_have_further_names(member, &folder, identity) {
            return Err(exchanged(member));
        }
        let _ = unlinkat(self.parent()?, UNFINISHED, AtFlags::empty());
        linkat(&folder.directory, name, self.parent()?, UNFINISHED, AtFlags::empty())?;
        let handle = Handle::open(self.parent()?, UNFINISHED)?;
        if handle.identity() != identity {
            return Err(exchanged(member));
        }
        handle.dress(member)?;
        Ok(Some(identity))
    }

    /// Where an application runs, the file must be one of this archive, or one that waits where
    /// only root can write: any other may be whatever the application has put there, and is about
    /// to be given a new owner and mode.
    fn may_have_further_names(&self, member: &Member, folder: &Folder, it: Identity) -> bool {
        match self.files.get(&member.link) {
            Some(known) => *known == it,
            None => !self.replaces || dress::is_private(&folder.stat),
        }
    }

    /// Symbolic links, pipes and devices.
    pub(super) fn special(&self, member: &Member) -> Result<Option<Identity>, Failure> {
        let parent = self.parent()?;
        let _ = unlinkat(parent, UNFINISHED, AtFlags::empty());
        let mode = Mode::from_raw_mode(0o600);
        let node = |kind, (major, minor)| {
            mknodat(parent, UNFINISHED, kind, mode, makedev(major, minor)).map(|()| kind)
        };
        let kind = match member.flag {
            TypeFlag::Symlink => {
                symlinkat(&member.link[..], parent, UNFINISHED)?;
                FileType::Symlink
            }
            TypeFlag::Fifo => node(FileType::Fifo, (0, 0))?,
            TypeFlag::Character => node(FileType::CharacterDevice, member.device)?,
            _ => node(FileType::BlockDevice, member.device)?,
        };
        let handle = Handle::open(parent, UNFINISHED)?;
        if !handle.is_new(kind) {
            return Err(exchanged(member));
        }
        handle.dress(member)?;
        Ok(None)
    }
}

/// Something else has got the name of what is being laid out.
fn exchanged(member: &Member) -> Failure {
    let path = [b"/", member.path.as_slice()].concat();
    Failure::Known(Problem::new("changed", &path, "it was exchanged while it was written"))
}
