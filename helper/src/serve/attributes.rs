//! The extended attributes that belong to a file of an image.

use rustix::fd::OwnedFd;
use rustix::fs::{fgetxattr, flistxattr};

/// Larger than any attribute that an image can carry.
const MAX_ATTRIBUTE: usize = 64 << 10;

/// Capabilities and the user's own attributes: those that a layer of an image carries. In order.
pub(super) fn attributes(file: &OwnedFd) -> Vec<(Vec<u8>, Vec<u8>)> {
    // Almost no file has any: asking for the size alone is cheap.
    if !matches!(flistxattr(file, &mut [0_u8; 0]), Ok(1..)) {
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
