//! What a build compares of a step's sources.
//!
//! Everything is hashed in widths that do not depend on the machine, so that wasm and a native
//! build agree.

use std::hash::{Hash, Hasher};

use siphasher::sip128::{Hasher128, SipHasher13};

use super::{Heredoc, Match};
use crate::tree::{Entry, Kind, Tree};

/// A digest of names, kinds, modes, owners, link targets and contents. The mode and owner of a
/// source that is a directory do not count: they are not copied.
pub(super) fn digest(tree: &Tree, matches: &[Match], heredocs: &[Heredoc]) -> u128 {
    let mut hasher = SipHasher13::new();
    for one in matches {
        one.base_name().hash(&mut hasher);
        hasher.write_u8(one.kind as u8);
        if one.kind != Kind::Directory {
            hash_entry(tree.get(&one.root), &mut hasher);
        }
        let skip = one.root.len();
        hasher.write_u64(one.below.len() as u64);
        for path in &one.below {
            path[skip..].trim_start_matches('/').hash(&mut hasher);
            hash_entry(tree.get(path), &mut hasher);
        }
    }
    for heredoc in heredocs {
        heredoc.name.hash(&mut hasher);
        heredoc.contents.hash(&mut hasher);
    }
    hasher.finish128().as_u128()
}

fn hash_entry(entry: Option<&Entry>, hasher: &mut impl Hasher) {
    if let Some(entry) = entry {
        hasher.write_u8(entry.kind as u8);
        // The mode of a link says nothing on Linux.
        if entry.kind != Kind::Symlink {
            entry.mode.hash(hasher);
        }
        (entry.uid, entry.gid, entry.size).hash(hasher);
        hasher.write_u8(u8::from(entry.digest.is_some()));
        entry.digest.map_or(0, |digest| digest.0).hash(hasher);
        entry.target.hash(hasher);
    }
}
