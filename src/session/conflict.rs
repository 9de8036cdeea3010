//! What a trailing step would have to replace and a build does not.

use std::collections::BTreeMap;

use super::container_facts::{Facts, Needs};
use crate::copy::{CopyError, LayoutEntry, Lookup};
use crate::path::is_below;
use crate::plan::Need;
use crate::tree::Kind;

/// The first of some new paths at which a build would find something of another kind: a file or
/// link in the place of a directory, or a directory in the place of anything else. A directory is
/// asked about before what is below it, which most often is nothing then.
pub(super) fn conflict<'a>(
    fresh: impl Iterator<Item = &'a &'a str>,
    now: &BTreeMap<&str, &LayoutEntry>,
    stage: usize,
    facts: &Facts,
    needs: &mut Needs,
) -> Option<(&'a str, CopyError)> {
    let mut asked: Option<&str> = None;
    for path in fresh {
        if asked.is_some_and(|top| is_below(path, top)) {
            continue;
        }
        let is_directory = now[*path].kind == Kind::Directory;
        match facts.stat(path) {
            Lookup::Known(None) => {}
            Lookup::Known(Some(found)) if (found.kind == Kind::Directory) == is_directory => {}
            Lookup::Known(Some(_)) => {
                return Some((path, CopyError::in_the_way((*path).to_owned(), is_directory)));
            }
            Lookup::Unknown => {
                needs.add(Need::Stat { stage, path: (*path).to_owned() });
                asked = Some(path);
            }
        }
    }
    None
}
