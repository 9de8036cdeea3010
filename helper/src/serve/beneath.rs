//! Opening directories below the container's root in a way that an application cannot redirect.
//!
//! An application may exchange any directory that it can write to for a symbolic link at any
//! moment. So a path is never given to the kernel to be followed: either the kernel is told to
//! refuse links (`openat2`), or every component is opened on its own. Mounts are entered only
//! where they belong to the container: its root, its anonymous volumes, and file systems in memory.

use std::cell::{Cell, OnceCell};

use rustix::fd::{AsFd, AsRawFd, BorrowedFd, OwnedFd};
use rustix::fs::{CWD, Mode, OFlags, ResolveFlags, Statx, openat, openat2};
use rustix::io::Errno;

use super::walk;
use crate::problem;
use crate::protocol::response::Problem;

/// What happens where a link is on the way to a directory.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Links {
    /// The directory cannot be opened: `ELOOP`.
    Refuse,
    /// It is followed, below the root. For containers in which no application runs.
    Follow,
}

/// A directory that is open, and what it is.
pub(super) struct Folder {
    pub(super) directory: OwnedFd,
    pub(super) stat: Statx,
}

/// The container's root, and what may be entered below it.
pub(super) struct Ground {
    root: OwnedFd,
    mount: Option<u64>,
    mounts: OnceCell<Vec<u64>>,
    /// The kernel has `openat2`, as far as is known.
    checks: Cell<bool>,
}

const FOLDER: OFlags = OFlags::PATH.union(OFlags::DIRECTORY).union(OFlags::CLOEXEC);

impl Ground {
    pub(super) fn open() -> Result<Self, Problem> {
        let root = openat(CWD, "/", FOLDER, Mode::empty());
        let root = root.map_err(|error| problem::of(error, b"/"))?;
        let stat = walk::look_at(root.as_fd()).map_err(|error| problem::of(error, b"/"))?;
        let mount = mount_of(root.as_fd(), &stat);
        Ok(Self { root, mount, mounts: OnceCell::new(), checks: Cell::new(true) })
    }

    /// The root itself.
    pub(super) fn root(&self) -> Result<Folder, Errno> {
        self.step(self.root.as_fd(), b".")
    }

    /// Opens a directory by its clean absolute path, with or without a slash at its end. `ELOOP`
    /// where a link is in the way that is not followed, `EXDEV` below a mount of somebody else.
    pub(super) fn folder(&self, path: &[u8], links: Links) -> Result<Folder, Errno> {
        let path = path.strip_prefix(b"/").unwrap_or(path);
        let path = path.strip_suffix(b"/").unwrap_or(path);
        if path.is_empty() {
            return self.root();
        }
        match links {
            Links::Follow => self.followed(path),
            Links::Refuse => match self.checked(path) {
                Some(opened) => opened,
                None => self.by_components(path),
            },
        }
    }

    /// Opens an entry of a directory that must itself be a directory.
    pub(super) fn step(&self, directory: BorrowedFd<'_>, name: &[u8]) -> Result<Folder, Errno> {
        let opened = match openat(directory, name, FOLDER | OFlags::NOFOLLOW, Mode::empty()) {
            // Both a link and a file are said to be no directory.
            Err(Errno::NOTDIR) if walk::is_link(directory, name) => Err(Errno::LOOP),
            opened => opened,
        }?;
        self.admitted(opened)
    }

    /// Whether what is open is on the container's own file system or in one of its volumes.
    pub(super) fn is_own(&self, file: BorrowedFd<'_>, stat: &Statx) -> bool {
        let Some(mount) = mount_of(file, stat) else { return false };
        self.mount == Some(mount)
            || self.mounts.get_or_init(own_mounts).binary_search(&mount).is_ok()
    }

    fn admitted(&self, directory: OwnedFd) -> Result<Folder, Errno> {
        let stat = walk::look_at(directory.as_fd())?;
        if self.is_own(directory.as_fd(), &stat) {
            Ok(Folder { directory, stat })
        } else {
            Err(Errno::XDEV)
        }
    }

    /// Has the kernel check the whole path; `None` where it cannot, or where mounts are on the way.
    fn checked(&self, path: &[u8]) -> Option<Result<Folder, Errno>> {
        if !self.checks.get() {
            return None;
        }
        let resolve = ResolveFlags::BENEATH | ResolveFlags::NO_SYMLINKS | ResolveFlags::NO_XDEV;
        match openat2(&self.root, path, FOLDER, Mode::empty(), resolve) {
            Ok(directory) => {
                Some(walk::look_at(directory.as_fd()).map(|stat| Folder { directory, stat }))
            }
            Err(error @ (Errno::NOENT | Errno::NOTDIR | Errno::LOOP | Errno::ACCESS)) => {
                Some(Err(error))
            }
            Err(Errno::XDEV | Errno::AGAIN) => None,
            // Not known, or forbidden by a filter that does not know it.
            Err(_) => {
                self.checks.set(false);
                None
            }
        }
    }

    fn by_components(&self, path: &[u8]) -> Result<Folder, Errno> {
        let mut folder = self.root()?;
        for name in path.split(|byte| *byte == b'/') {
            folder = self.step(folder.directory.as_fd(), name)?;
        }
        Ok(folder)
    }

    fn followed(&self, path: &[u8]) -> Result<Folder, Errno> {
        let resolve = ResolveFlags::IN_ROOT | ResolveFlags::NO_MAGICLINKS;
        let opened = match openat2(&self.root, path, FOLDER, Mode::empty(), resolve) {
            // The root of this process is the container's, which no link leaves either.
            Err(Errno::NOSYS | Errno::PERM | Errno::AGAIN) => {
                openat(&self.root, path, FOLDER, Mode::empty())
            }
            opened => opened,
        };
        self.admitted(opened?)
    }
}

/// The mount that something open is on.
fn mount_of(file: BorrowedFd<'_>, stat: &Statx) -> Option<u64> {
    walk::mount_id(stat).or_else(|| {
        // Before Linux 5.8.
        let path = format!("/proc/self/fdinfo/{}", file.as_raw_fd());
        let text = std::fs::read_to_string(path).ok()?;
        let line = text.lines().find_map(|line| line.strip_prefix("mnt_id:"))?;
        line.trim().parse().ok()
    })
}

/// The mounts that each container has for itself, in order.
fn own_mounts() -> Vec<u64> {
    let text = std::fs::read("/proc/self/mountinfo").unwrap_or_default();
    let mut ids: Vec<u64> = text.split(|byte| *byte == b'\n').filter_map(own_mount).collect();
    ids.sort_unstable();
    ids
}

/// The id of a line `ID PARENT MAJOR:MINOR ROOT …`, where the root is `…/volumes/<64 hex>/_data`,
/// which is how Docker names volumes without a name, or the whole of a file system in memory.
fn own_mount(line: &[u8]) -> Option<u64> {
    let mut fields = line.split(|byte| *byte == b' ');
    let id = std::str::from_utf8(fields.next()?).ok()?.parse().ok()?;
    let root = fields.nth(2)?;
    let kind = fields.skip_while(|field| *field != b"-").nth(1)?;
    let in_memory = kind == b"tmpfs" && root == b"/";
    (in_memory || is_anonymous_volume(root)).then_some(id)
}

fn is_anonymous_volume(root: &[u8]) -> bool {
    let Some(root) = root.strip_suffix(b"/_data") else { return false };
    let Some(name) = root.rsplit(|byte| *byte == b'/').next() else { return false };
    let is_digit = |byte: &u8| matches!(byte, b'0'..=b'9' | b'a'..=b'f');
    name.len() == 64
        && name.iter().all(is_digit)
        && root[..root.len() - name.len()].ends_with(b"/volumes/")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_mount_is_the_containers_own_as_a_volume_without_a_name_or_in_memory() {
        let line = |name: &str| {
            format!(
                "812 800 254:0 /var/lib/docker/volumes/{name}/_data /data rw - ext4 /dev/vda rw"
            )
        };
        assert_eq!(own_mount(line(&"0f".repeat(32)).as_bytes()), Some(812));
        assert_eq!(own_mount(line(&"0F".repeat(32)).as_bytes()), None);
        assert_eq!(own_mount(line("named").as_bytes()), None);
        assert_eq!(own_mount(b"812 800 254:0 /home/me/src /data rw - ext4 /dev/vda rw"), None);
        assert_eq!(own_mount(b"812 800 0:31 / /data rw master:1 - tmpfs tmpfs rw"), Some(812));
        assert_eq!(own_mount(b"812 800 0:31 /below /data rw - tmpfs tmpfs rw"), None);
        assert_eq!(own_mount(b"812 800 254:0 / /data rw - ext4 /dev/vda rw"), None);
        assert_eq!(own_mount(b""), None);
    }

    #[test]
    fn links_are_refused_with_and_without_the_kernels_check() {
        let folder = std::env::temp_dir().join(format!("livepush-beneath-{}", std::process::id()));
        let real = folder.join("real/below");
        assert!(std::fs::create_dir_all(&real).is_ok());
        assert!(std::os::unix::fs::symlink("real", folder.join("link")).is_ok());
        assert!(std::fs::write(folder.join("file"), "x").is_ok());
        let path = |name: &str| folder.join(name).into_os_string().into_encoded_bytes();
        let Ok(ground) = Ground::open() else { panic!("the root can be opened") };
        // What is not on the root's own mount is refused with or without links.
        let has_own_mount = ground.folder(&path("real/below"), Links::Refuse).err();
        let is_own = has_own_mount != Some(Errno::XDEV);
        for checks in [true, false] {
            ground.checks.set(checks);
            if is_own {
                assert!(ground.folder(&path("real/below"), Links::Refuse).is_ok());
                let error = |name| ground.folder(&path(name), Links::Refuse).err();
                assert_eq!(error("link/below"), Some(Errno::LOOP));
                assert_eq!(error("link"), Some(Errno::LOOP));
                assert_eq!(error("file"), Some(Errno::NOTDIR));
                assert_eq!(error("none/below"), Some(Errno::NOENT));
                assert!(ground.folder(&path("link/below"), Links::Follow).is_ok());
            }
        }
        let _ = std::fs::remove_dir_all(folder);
    }
}
