//! What the host found in the pristine container of a stage, and what is still to be asked.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};
#[cfg(target_arch = "wasm32")]
use tsify::Tsify;

use crate::copy::Lookup;
use crate::plan::Need;
use crate::tree::Kind;

/// What is at a path of a container; the host's answer to `stat`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(target_arch = "wasm32", derive(Tsify), tsify(missing_as_null))]
pub struct FoundPath {
    /// `file`, `directory`, `symlink` or `other`.
    pub kind: Kind,
    /// Permission bits.
    pub mode: u32,
    /// Group of a directory whose set-group-id bit is set; of no interest otherwise.
    pub gid: u32,
    /// Where a symbolic link leads: absolute, all links followed.
    pub target: String,
}

/// Texts of the files that name users; the host's answer to `names`.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(target_arch = "wasm32", derive(Tsify), tsify(missing_as_null))]
pub struct FoundNames {
    /// `/etc/passwd`, if it is there.
    pub passwd: Option<String>,
    /// `/etc/group`, if it is there.
    pub group: Option<String>,
}

/// Answers about one container.
#[derive(Clone, Debug, Default)]
pub(super) struct Facts {
    paths: BTreeMap<String, Option<FoundPath>>,
    pub(super) names: Option<FoundNames>,
}

impl Facts {
    pub(super) fn clear(&mut self) {
        *self = Self::default();
    }

    pub(super) fn learn(&mut self, path: String, found: Option<FoundPath>) {
        self.paths.insert(path, found);
    }

    /// What is below something missing is missing.
    pub(super) fn stat(&self, path: &str) -> Lookup<Option<&FoundPath>> {
        if let Some(found) = self.paths.get(path) {
            return Lookup::Known(found.as_ref());
        }
        let mut parent = path;
        while let Some((above, _)) = parent.rsplit_once('/').filter(|(above, _)| !above.is_empty())
        {
            match self.paths.get(above) {
                Some(None) => return Lookup::Known(None),
                Some(Some(found)) if matches!(found.kind, Kind::File | Kind::Other) => {
                    return Lookup::Known(None);
                }
                _ => parent = above,
            }
        }
        Lookup::Unknown
    }
}

/// Questions without repetition, in order.
#[derive(Clone, Debug, Default)]
pub(super) struct Needs(BTreeSet<Need>);

impl Needs {
    pub(super) fn add(&mut self, need: Need) {
        self.0.insert(need);
    }

    pub(super) fn extend(&mut self, needs: impl IntoIterator<Item = Need>) {
        self.0.extend(needs);
    }

    pub(super) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    pub(super) fn into_vec(self) -> Vec<Need> {
        self.0.into_iter().collect()
    }
}
