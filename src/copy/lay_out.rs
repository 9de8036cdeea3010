//! Putting what a step takes into a container, one source after the other.

use std::collections::{BTreeSet, HashSet};
use std::sync::Arc;

use super::chmod::Chmod;
use super::owner::Owner;
use super::{
    Archive, Content, CopyError, CopyStep, Destination, Dialect, Heredoc, Layout, LayoutEntry,
    LayoutStop, Lookup, Match, Need, Selection,
};
use crate::path::{absolute, base_name, clean, join, parent};
use crate::tree::links::{self, ResolveError};
use crate::tree::{Entry, Kind, Tree};

/// The bit of a directory by which what is made in it takes its group.
const SET_GROUP_ID: u32 = 0o2000;

/// Where a selection of this tree lands.
///
/// The layout depends on what the destination argument leads to, and that is asked for. What is
/// there below it decides only whether a build fails (a file in the way of a directory, or a
/// directory in the way of a file), so that is taken into account where it is known, but not asked
/// for: there can be very many such paths. An upload with `noOverwriteDirNonDir` refuses the same.
pub fn lay_out(
    step: &CopyStep,
    selection: &Selection,
    tree: &Tree,
    destination: &dyn Destination,
) -> Result<Layout, LayoutStop> {
    let chmod = step.chmod.as_deref().map(|value| Chmod::parse(value, step.dialect)).transpose()?;
    let dest = Dest::new(step);
    let owner = step.chown.as_deref().map(Owner::parse);
    let mut target = Target::open(destination, &dest.path, owner.as_ref())?;
    if let (Dialect::Current, Some(Chmod::Octal(mode))) =
        (step.dialect, chmod.as_ref().and_then(Option::as_ref))
    {
        target.directory_mode = *mode;
    }
    let mut builder = LayoutBuilder { step, tree, dest, chmod: chmod.flatten(), target };
    for one in &selection.matches {
        builder.place(one)?;
    }
    for heredoc in &selection.heredocs {
        builder.lay_heredoc_out(heredoc)?;
    }
    Ok(builder.target.layout)
}

/// What WORKDIR makes: missing directories, owned by the user as of that step (empty: root).
pub fn lay_out_workdir(
    path: &str,
    user: &str,
    destination: &dyn Destination,
) -> Result<Layout, LayoutStop> {
    let owner = (!user.is_empty()).then(|| Owner::parse(user));
    let mut target = Target::open(destination, &clean(path), owner.as_ref())?;
    for (left, _) in path.match_indices("/..").chain([(path.len(), "")]) {
        let at = target.resolve(&clean(&path[..left]))?;
        target.make_directories(&at)?;
    }
    Ok(target.layout)
}

/// The destination argument.
struct Dest {
    /// Relative to the container's root, cleaned.
    path: String,
    /// It is written as a directory.
    directory: bool,
}

impl Dest {
    fn new(step: &CopyStep) -> Dest {
        let dest = step.dest.as_str();
        let path = if dest.starts_with('/') { clean(dest) } else { clean(&join(&step.cwd, dest)) };
        // Docker 26 cleans the dot away together with the working directory before it.
        let dot = step.dialect == Dialect::Current || dest.starts_with('/');
        let directory =
            matches!(dest, "" | ".") || dest.ends_with('/') || (dot && dest.ends_with("/."));
        Dest { path, directory }
    }
}

struct LayoutBuilder<'a> {
    step: &'a CopyStep,
    tree: &'a Tree,
    dest: Dest,
    chmod: Option<Chmod>,
    target: Target<'a>,
}

impl LayoutBuilder<'_> {
    fn place(&mut self, one: &Match) -> Result<(), LayoutStop> {
        let at = self.approach()?;
        if one.kind == Kind::Directory {
            if self.target.kind(&at)?.is_none_or(|kind| kind == Kind::Directory) {
                self.target.make_directories(&at)?;
            } else {
                return Err(CopyError::NonDirectory { path: absolute(&at) }.into());
            }
            let skip = if one.root.is_empty() { 0 } else { one.root.len() + 1 };
            for path in &one.below {
                self.put(path, &join(&at, &path[skip..]))?;
            }
            return Ok(());
        }
        let target = self.file_target(&at, one.base_name())?;
        self.put(&one.root, &target)?;
        if self.step.add && one.kind == Kind::File {
            self.target.layout.archives.push(Archive {
                source: one.root.clone(),
                entry: absolute(&target),
                directory: absolute(&at),
            });
        }
        Ok(())
    }

    fn lay_heredoc_out(&mut self, heredoc: &Heredoc) -> Result<(), LayoutStop> {
        let at = self.approach()?;
        let name = base_name(&heredoc.name);
        let target = self.file_target(&at, name)?;
        let (uid, gid) = self.target.owner.unwrap_or((0, 0));
        let mode = self.chmod.as_ref().map_or(0o644, |chmod| chmod.apply(0o644, false));
        let content = Content::Inline(heredoc.contents.clone());
        let entry =
            LayoutEntry { kind: Kind::File, mode, uid, gid, content, target: String::new() };
        self.target.put(&target, entry)
    }

    /// Makes what the destination argument asks for, and says where that leads.
    fn approach(&mut self) -> Result<String, LayoutStop> {
        let path = self.dest.path.as_str();
        let parent = if self.dest.directory { path } else { parent(path) };
        let made = self.target.resolve(parent)?;
        self.target.make_directories(&made)?;
        self.target.resolve(&self.dest.path)
    }

    /// Where a file of this name goes.
    fn file_target(&mut self, at: &str, name: &str) -> Result<String, LayoutStop> {
        if self.target.kind(at)? == Some(Kind::Directory) {
            return Ok(join(at, name));
        }
        self.target.make_directories(parent(at))?;
        Ok(at.to_owned())
    }

    /// Puts one entry of the tree at a path of the container.
    fn put(&mut self, source: &Arc<str>, target: &str) -> Result<(), LayoutStop> {
        let Some(entry) = self.tree.get(source) else {
            return Err(CopyError::NotFound { source_path: absolute(source) }.into());
        };
        let (uid, gid) = self.target.owner.unwrap_or((entry.uid, entry.gid));
        let mode = match &self.chmod {
            Some(chmod) if entry.kind != Kind::Symlink => {
                chmod.apply(entry.mode, entry.kind == Kind::Directory)
            }
            _ => entry.mode,
        };
        let content = content(source, entry);
        let placed =
            LayoutEntry { kind: entry.kind, mode, uid, gid, content, target: entry.target.clone() };
        self.target.put(target, placed)
    }
}

fn content(path: &Arc<str>, entry: &Entry) -> Content {
    match entry.kind {
        // Of pipes and devices only the source knows what they are.
        Kind::File | Kind::Other => {
            Content::Source { path: path.clone(), size: entry.size, digest: entry.digest }
        }
        _ => Content::None,
    }
}

/// The container as it is just before the step, with what the step has made so far on top.
struct Target<'a> {
    destination: &'a dyn Destination,
    layout: Layout,
    /// Whom everything is to belong to, if that is said.
    owner: Option<(u32, u32)>,
    /// Of directories made on the way.
    directory_mode: u32,
    /// Directories that the step makes where there was nothing, so nothing is below them either.
    fresh: HashSet<String>,
}

impl<'a> Target<'a> {
    /// Asks at once for all that is known to be needed.
    fn open(
        destination: &'a dyn Destination,
        dest: &str,
        owner: Option<&Owner>,
    ) -> Result<Target<'a>, LayoutStop> {
        let mut needs = BTreeSet::new();
        let names = if owner.is_some_and(Owner::needs_names) {
            destination.names()
        } else {
            Lookup::Known(super::Names::default())
        };
        let owner = match (names, owner) {
            (Lookup::Known(names), owner) => owner.map(|owner| owner.resolve(&names)),
            (Lookup::Unknown, _) => {
                needs.insert(Need::Names);
                None
            }
        };
        for (end, _) in
            dest.match_indices('/').chain((!dest.is_empty()).then_some((dest.len(), "")))
        {
            let path = absolute(&dest[..end]);
            match destination.stat(&path) {
                Lookup::Unknown => {
                    needs.insert(Need::Stat(path));
                }
                // Only below a directory do more components say anything.
                Lookup::Known(Some(stat)) if stat.kind == Kind::Directory => {}
                Lookup::Known(_) => break,
            }
        }
        if !needs.is_empty() {
            return Err(LayoutStop::Needs(needs.into_iter().collect()));
        }
        Ok(Target {
            destination,
            layout: Layout::default(),
            owner,
            directory_mode: 0o755,
            fresh: HashSet::new(),
        })
    }

    /// What is at a path, and where a link there points.
    fn look(&self, path: &str) -> Result<Option<(Kind, String)>, LayoutStop> {
        if path.is_empty() {
            return Ok(Some((Kind::Directory, String::new())));
        }
        let fresh = self.fresh.contains(parent(path));
        let path = absolute(path);
        if let Some(entry) = self.layout.entries.get(&path) {
            return Ok(Some((entry.kind, entry.target.clone())));
        }
        if fresh {
            return Ok(None);
        }
        match self.destination.stat(&path) {
            Lookup::Known(stat) => Ok(stat.map(|stat| (stat.kind, stat.target))),
            Lookup::Unknown => Err(LayoutStop::Needs(vec![Need::Stat(path)])),
        }
    }

    fn kind(&self, path: &str) -> Result<Option<Kind>, LayoutStop> {
        Ok(self.look(path)?.map(|(kind, _)| kind))
    }

    fn resolve(&self, path: &str) -> Result<String, LayoutStop> {
        let mut missing = false;
        links::resolve(path, |at| {
            // Below what is missing there is nothing to ask for.
            if missing && !self.layout.entries.contains_key(&absolute(at)) {
                return Ok(None);
            }
            let found = self.look(at)?;
            missing = found.is_none();
            Ok(found)
        })
    }

    /// Makes a directory and those on the way to it; what is there stays as it is.
    fn make_directories(&mut self, path: &str) -> Result<(), LayoutStop> {
        if path.is_empty() {
            return Ok(());
        }
        self.make_directories(parent(path))?;
        match self.kind(path)? {
            Some(Kind::Directory) => Ok(()),
            Some(_) => Err(CopyError::NotADirectory { path: absolute(path) }.into()),
            None => {
                let inherited = self.handed_on(parent(path))?;
                let (uid, gid) = self.owner.unwrap_or((0, inherited.unwrap_or(0)));
                let entry = LayoutEntry {
                    kind: Kind::Directory,
                    mode: self.directory_mode | inherited.map_or(0, |_| SET_GROUP_ID),
                    uid,
                    gid,
                    content: Content::None,
                    target: String::new(),
                };
                self.layout.entries.insert(absolute(path), entry);
                self.fresh.insert(path.to_owned());
                Ok(())
            }
        }
    }

    /// The group that the kernel gives to a directory made in this one, where it hands its own on.
    fn handed_on(&self, directory: &str) -> Result<Option<u32>, LayoutStop> {
        if directory.is_empty() {
            return Ok(None);
        }
        let directory = absolute(directory);
        let (mode, gid) =
            match (self.layout.entries.get(&directory), self.destination.stat(&directory)) {
                (Some(entry), _) => (entry.mode, entry.gid),
                (None, Lookup::Known(Some(stat))) => (stat.mode, stat.gid),
                (None, Lookup::Known(None)) => return Ok(None),
                (None, Lookup::Unknown) => {
                    return Err(LayoutStop::Needs(vec![Need::Stat(directory)]));
                }
            };
        Ok((mode & SET_GROUP_ID != 0).then_some(gid))
    }

    fn put(&mut self, path: &str, entry: LayoutEntry) -> Result<(), LayoutStop> {
        let path = absolute(path);
        let there = match self.layout.entries.get(&path) {
            Some(entry) => Some(entry.kind),
            None => match self.destination.stat(&path) {
                Lookup::Known(stat) => stat.map(|stat| stat.kind),
                Lookup::Unknown => None,
            },
        };
        match (there, entry.kind) {
            (Some(there), Kind::Directory) if there != Kind::Directory => {
                return Err(CopyError::NonDirectory { path }.into());
            }
            (Some(Kind::Directory), kind) if kind != Kind::Directory => {
                return Err(CopyError::ReplacesDirectory { path }.into());
            }
            _ => {}
        }
        self.layout.entries.insert(path, entry);
        Ok(())
    }
}

impl From<ResolveError> for LayoutStop {
    fn from(error: ResolveError) -> LayoutStop {
        LayoutStop::Error(error.into())
    }
}
