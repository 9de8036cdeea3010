//! What a build compares of a step's sources.
//!
//! Everything is hashed in widths that do not depend on the machine, so that wasm and a native
//! build agree.

use std::hash::{Hash, Hasher};

use siphasher::sip128::{Hasher128, SipHasher13};

use super::Heredoc;
use super::visible_tree::Item;
use crate::path::base_name;
use crate::tree::{Entry, Kind};

/// Names, kinds, modes, owners, link targets and contents of what a step takes.
#[derive(Default)]
pub(super) struct Fingerprint(SipHasher13);

impl Fingerprint {
    /// One match. Mode and owner of a matched directory do not count: they are not copied.
    pub(super) fn add(&mut self, name: &str, entry: &Entry, root: &str, below: &[Item<'_>]) {
        base_name(name).hash(&mut self.0);
        if entry.kind == Kind::Directory {
            self.0.write_u8(Kind::Directory as u8);
        } else {
            self.add_entry(entry);
        }
        let skip = if root.is_empty() { 0 } else { root.len() + 1 };
        self.0.write_u64(below.len() as u64);
        for (path, entry) in below {
            path[skip..].hash(&mut self.0);
            self.add_entry(entry);
        }
    }

    pub(super) fn add_heredoc(&mut self, heredoc: &Heredoc) {
        heredoc.name.hash(&mut self.0);
        heredoc.contents.hash(&mut self.0);
    }

    pub(super) fn finish(&self) -> u128 {
        self.0.finish128().as_u128()
    }

    fn add_entry(&mut self, entry: &Entry) {
        let Entry { kind, mode, uid, gid, size, digest, target } = entry;
        // The mode of a link says nothing on Linux.
        let mode = if *kind == Kind::Symlink { 0 } else { *mode };
        let mut bytes = [0; 38];
        bytes[0] = *kind as u8;
        bytes[1] = u8::from(digest.is_some());
        bytes[2..6].copy_from_slice(&mode.to_le_bytes());
        bytes[6..10].copy_from_slice(&uid.to_le_bytes());
        bytes[10..14].copy_from_slice(&gid.to_le_bytes());
        bytes[14..22].copy_from_slice(&size.to_le_bytes());
        bytes[22..38].copy_from_slice(&digest.map_or(0, |digest| digest.0).to_le_bytes());
        self.0.write(&bytes);
        target.hash(&mut self.0);
    }
}
