//! The directories that members are laid out in.

use rustix::fd::{AsFd, BorrowedFd, OwnedFd};
use rustix::fs::{AtFlags, Mode, mkdirat, unlinkat};
use rustix::io::Errno;

use super::super::beneath::{Folder, Links};
use super::{ATTEMPTS, Apply, Failure, in_the_way};

/// Of directories that are needed and that the archive does not name.
pub(super) const IMPLIED: Mode = Mode::from_raw_mode(0o755);

impl Apply {
    pub(super) fn folder(&self) -> Result<&Folder, Failure> {
        self.parent.as_ref().map(|(_, folder)| folder).ok_or(Failure::System(Errno::NOENT))
    }

    pub(super) fn parent(&self) -> Result<&OwnedFd, Failure> {
        self.folder().map(|folder| &folder.directory)
    }

    /// Makes a directory the one that is worked in.
    pub(super) fn enter(&mut self, path: &[u8]) -> Result<(), Failure> {
        if self.parent.as_ref().is_some_and(|(known, _)| known == path) {
            return Ok(());
        }
        let folder = match self.ground.folder(path, Links::Refuse) {
            Err(Errno::NOENT | Errno::NOTDIR | Errno::LOOP) => self.make_directories(path)?,
            folder => folder?,
        };
        self.parent = Some((path.to_vec(), folder));
        Ok(())
    }

    /// The same where what was opened before may have been removed meanwhile.
    pub(super) fn enter_again(&mut self, path: &[u8]) -> Result<(), Failure> {
        self.parent = None;
        self.enter(path)
    }

    /// Makes a directory and those above it, as far as they are missing.
    fn make_directories(&self, path: &[u8]) -> Result<Folder, Failure> {
        let mut folder = self.ground.root()?;
        for (at, name) in components(path) {
            folder = self.make_directory(folder.directory.as_fd(), name, &path[..at])?;
        }
        Ok(folder)
    }

    fn make_directory(
        &self,
        above: BorrowedFd<'_>,
        name: &[u8],
        path: &[u8],
    ) -> Result<Folder, Failure> {
        for _ in 0..ATTEMPTS {
            match self.ground.step(above, name) {
                Err(Errno::NOENT) => match mkdirat(above, name, IMPLIED) {
                    Ok(()) | Err(Errno::EXIST) => {}
                    Err(error) => return Err(error.into()),
                },
                Err(Errno::LOOP | Errno::NOTDIR) if !self.replaces => {
                    return Err(Failure::Known(in_the_way(path, false)));
                }
                // A build has a directory there: whatever else is there is the application's.
                Err(Errno::LOOP | Errno::NOTDIR) => match unlinkat(above, name, AtFlags::empty()) {
                    Ok(()) | Err(Errno::NOENT | Errno::ISDIR) => {}
                    Err(error) => return Err(error.into()),
                },
                folder => return Ok(folder?),
            }
        }
        Err(Failure::System(Errno::LOOP))
    }
}

/// The names in an absolute path, each with where it ends.
fn components(path: &[u8]) -> impl Iterator<Item = (usize, &[u8])> {
    let mut at = 0;
    path.split(|byte| *byte == b'/').filter_map(move |name| {
        let end = at + name.len();
        at = end + 1;
        (!name.is_empty()).then_some((end, name))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn components_end_where_the_path_up_to_them_does() {
        let found: Vec<_> = components(b"/a/bc/").collect();
        assert_eq!(found, [(2, b"a".as_slice()), (5, b"bc".as_slice())]);
    }
}
