//! The extended attributes that belong to a file of an image.

use rustix::fd::OwnedFd;
use rustix::fs::{fgetxattr, flistxattr, flistxattr_query};

/// Larger than any attribute that an image can carry.
const MAX_ATTRIBUTE: usize = 64 << 10;

/// Capabilities and the user's own attributes: those that a layer of an image carries. In order.
pub(super) fn attributes(file: &OwnedFd) -> Vec<(Vec<u8>, Vec<u8>)> {
    // Almost no file has any: asking for the size alone is cheap.
    if !matches!(flistxattr_query(file), Ok(1..)) {
        return Vec::new();
    }
    let mut names = vec![0; MAX_ATTRIBUTE];
    let Ok(length) = flistxattr(file, &mut names[..]) else { return Vec::new() };
    let carried = |name: &&[u8]| *name == b"security.capability" || name.starts_with(b"user.");
    let mut found: Vec<_> = names[..length]
        .split(|byte| *byte == 0)
        .filter(carried)
        .filter_map(|name| {
            let mut value = vec![0; MAX_ATTRIBUTE];
            let length = fgetxattr(file, name, &mut value[..]).ok()?;
            value.truncate(length);
            Some((name.to_vec(), value))
        })
        .collect();
    found.sort_unstable();
    found
}

#[cfg(test)]
mod tests {
    use rustix::fs::{XattrFlags, fsetxattr};

    use super::*;

    #[test]
    fn the_attributes_of_a_file_are_found() {
        let path = std::env::temp_dir().join(format!("livepush-attributes-{}", std::process::id()));
        let file = std::fs::File::create(&path);
        let _ = std::fs::remove_file(&path);
        let Ok(file) = file.map(OwnedFd::from) else { panic!("a file can be made") };
        assert_eq!(attributes(&file), []);
        // Not every file system has them.
        if fsetxattr(&file, "user.b", b"1", XattrFlags::empty()).is_ok() {
            assert_eq!(fsetxattr(&file, "user.a", b"\0=", XattrFlags::empty()), Ok(()));
            let found =
                [(b"user.a".to_vec(), b"\0=".to_vec()), (b"user.b".to_vec(), b"1".to_vec())];
            assert_eq!(attributes(&file), found);
        }
    }
}
