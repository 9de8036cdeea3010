//! Owner, attributes, mode and time of what is laid out: always of what is open, never of what
//! has a name, since an application can give the name to something else.

use rustix::fd::{AsFd, AsRawFd, OwnedFd};
use rustix::fs::{
    AtFlags, CWD, FileType, Gid, Mode, OFlags, Statx, Timespec, Timestamps, UTIME_OMIT, Uid,
    XattrFlags, chmodat, chownat, fchmod, fchown, fsetxattr, futimens, openat, utimensat,
};
use rustix::io::Errno;

use super::super::beneath::{Ground, Links};
use super::super::walk;
use super::Identity;
use crate::tar::reader::Member;

/// Something that is not opened for reading or writing: a link, pipe or device among others.
pub(super) struct Handle {
    file: OwnedFd,
    stat: Statx,
}

impl Handle {
    pub(super) fn open(directory: &OwnedFd, name: &[u8]) -> Result<Self, Errno> {
        let flags = OFlags::PATH | OFlags::NOFOLLOW | OFlags::CLOEXEC;
        let file = openat(directory, name, flags, Mode::empty())?;
        let stat = walk::look_at(file.as_fd())?;
        Ok(Self { file, stat })
    }

    pub(super) fn identity(&self) -> Identity {
        walk::identity(&self.stat)
    }

    /// Whether it can be what this process has just made.
    pub(super) fn is_new(&self, kind: FileType) -> bool {
        walk::file_type(&self.stat) == kind
            && self.stat.stx_nlink == 1
            && self.stat.stx_uid == rustix::process::geteuid().as_raw()
    }

    pub(super) fn dress(&self, member: &Member) -> Result<(), Errno> {
        let (uid, gid) = owner(member);
        chownat(&self.file, "", uid, gid, AtFlags::EMPTY_PATH)?;
        // A handle has no other way to its mode and time than its name among the open files.
        let path = format!("/proc/self/fd/{}", self.file.as_raw_fd());
        if walk::file_type(&self.stat) == FileType::Symlink {
            // Where the kernel cannot date a link that is open, its time stays that of now.
            let _ = utimensat(&self.file, "", &times(member.modified), AtFlags::EMPTY_PATH);
            return Ok(());
        }
        chmodat(CWD, &path, Mode::from_raw_mode(member.mode), AtFlags::empty())?;
        utimensat(CWD, &path, &times(member.modified), AtFlags::empty())
    }
}

/// Owner first, since a change of it takes attributes and set-id bits away.
pub(super) fn dress(file: &OwnedFd, member: &Member) -> Result<(), Errno> {
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

pub(super) fn date(file: &OwnedFd, modified: i64) -> Result<(), Errno> {
    futimens(file, &times(modified))
}

/// Dates a directory that was laid out, unless something else has its name by now.
pub(super) fn date_directory(ground: &Ground, path: &[u8], identity: Identity, modified: i64) {
    let Ok(folder) = ground.folder(path, Links::Refuse) else { return };
    if walk::identity(&folder.stat) == identity {
        let _ = utimensat(&folder.directory, ".", &times(modified), AtFlags::empty());
    }
}

/// Whether nobody but this process's user can change what is in a directory.
pub(super) fn is_private(folder: &Statx) -> bool {
    let others = folder.stx_mode & 0o077;
    others == 0 && folder.stx_uid == rustix::process::geteuid().as_raw()
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

pub(super) fn write_all(file: &OwnedFd, mut data: &[u8]) -> Result<(), Errno> {
    while !data.is_empty() {
        let count = rustix::io::retry_on_intr(|| rustix::io::write(file, data))?;
        data = &data[count..];
    }
    Ok(())
}
