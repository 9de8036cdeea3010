//! Looking at paths without ever following a link, and knowing where something else is mounted.

use rustix::fd::{BorrowedFd, OwnedFd};
use rustix::fs::{AtFlags, Dir, FileType, Mode, OFlags, Statx, StatxAttributes, StatxFlags};
use rustix::fs::{openat, statx};
use rustix::io::Errno;

/// Mount id where the kernel tells it (5.8 and later); asked for by number, since it is not among
/// the basic fields.
const MOUNT_ID: StatxFlags = StatxFlags::MNT_ID;

/// Looks at an entry of a directory, not following it.
pub(super) fn look(directory: BorrowedFd<'_>, name: &[u8]) -> Result<Statx, Errno> {
    let flags = AtFlags::SYMLINK_NOFOLLOW | AtFlags::NO_AUTOMOUNT;
    statx(directory, name, flags, StatxFlags::BASIC_STATS | MOUNT_ID)
}

/// Opens an entry of a directory that must itself be a directory.
pub(super) fn descend(directory: BorrowedFd<'_>, name: &[u8]) -> Result<OwnedFd, Errno> {
    let flags = OFlags::RDONLY | OFlags::DIRECTORY | OFlags::NOFOLLOW | OFlags::CLOEXEC;
    openat(directory, name, flags, Mode::empty())
}

/// The names in a directory, sorted, so that two listings can be compared.
pub(super) fn names(directory: BorrowedFd<'_>) -> Result<Vec<Vec<u8>>, Errno> {
    let mut names = Vec::new();
    for entry in Dir::read_from(directory)? {
        let entry = entry?;
        let name = entry.file_name().to_bytes();
        if name != b"." && name != b".." {
            names.push(name.to_vec());
        }
    }
    names.sort_unstable();
    Ok(names)
}

/// What kind of file it is.
pub(super) fn file_type(stat: &Statx) -> FileType {
    FileType::from_raw_mode(u32::from(stat.stx_mode))
}

/// Whether something is mounted on this entry of the directory that `parent` describes.
pub(super) fn is_mounted(parent: &Statx, entry: &Statx) -> bool {
    let known = entry.stx_attributes_mask.contains(StatxAttributes::MOUNT_ROOT);
    if known {
        return entry.stx_attributes.contains(StatxAttributes::MOUNT_ROOT);
    }
    // On an overlay only directories always carry the device of the mount itself.
    file_type(entry) == FileType::Directory && device(parent) != device(entry)
}

/// Whether a name in a directory is a symbolic link.
pub(super) fn is_link(directory: BorrowedFd<'_>, name: &[u8]) -> bool {
    look(directory, name).is_ok_and(|stat| file_type(&stat) == FileType::Symlink)
}

/// The mount that it is on, where the kernel tells.
pub(super) fn mount_id(stat: &Statx) -> Option<u64> {
    let known = StatxFlags::from_bits_retain(stat.stx_mask).contains(MOUNT_ID);
    known.then_some(stat.stx_mnt_id)
}

/// What tells two files apart.
pub(super) fn identity(stat: &Statx) -> (u64, u64) {
    (device(stat), stat.stx_ino)
}

/// Device numbers as one number.
pub(super) fn device(stat: &Statx) -> u64 {
    u64::from(stat.stx_dev_major) << 32 | u64::from(stat.stx_dev_minor)
}

/// A clean absolute path as that of its directory and its name in it; `.` is that of the root.
pub(super) fn split(path: &[u8]) -> (&[u8], &[u8]) {
    let slash = path.iter().rposition(|byte| *byte == b'/').unwrap_or(0);
    let (folder, name) = (&path[..=slash], &path[slash + 1..]);
    (folder, if name.is_empty() { b"." } else { name })
}

/// Looks at what is open.
pub(super) fn look_at(file: BorrowedFd<'_>) -> Result<Statx, Errno> {
    statx(file, c"", AtFlags::EMPTY_PATH, StatxFlags::BASIC_STATS | MOUNT_ID)
}

/// A path in a directory.
pub(super) fn join(directory: &[u8], name: &[u8]) -> Vec<u8> {
    let mut path = directory.to_vec();
    if !path.ends_with(b"/") {
        path.push(b'/');
    }
    path.extend_from_slice(name);
    path
}
