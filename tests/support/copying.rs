//! Cases of COPY and ADD, and the core's answer to them.

use std::collections::BTreeMap;

use livepush_core::copy::{
    Content, CopyStep, Destination, Heredoc, Layout, LayoutStop, Lookup, Names, Need, Stat,
    lay_out, lay_out_workdir, select,
};
use livepush_core::pattern::Ignore;
use livepush_core::tree::Kind;
use serde::{Deserialize, Serialize};

use super::spec::{Node, Nodes, Spec, listing, nodes, tree};

/// One COPY, ADD or WORKDIR.
#[derive(Debug, Clone, Deserialize)]
pub(crate) struct CopyCase {
    pub(crate) name: String,
    /// The build context.
    #[serde(default)]
    pub(crate) context: Spec,
    /// The stage that is copied from instead.
    pub(crate) stage: Option<Spec>,
    #[serde(default)]
    pub(crate) ignore: String,
    /// What the container holds before.
    #[serde(default)]
    pub(crate) base: Spec,
    #[serde(default)]
    pub(crate) cwd: String,
    #[serde(default)]
    pub(crate) sources: Vec<String>,
    /// Name and contents.
    #[serde(default)]
    pub(crate) heredocs: Vec<(String, String)>,
    #[serde(default)]
    pub(crate) dest: String,
    pub(crate) chown: Option<String>,
    pub(crate) chmod: Option<String>,
    #[serde(default)]
    pub(crate) add: bool,
    #[serde(default)]
    pub(crate) link: bool,
    /// The core is told all of the container without asking.
    #[serde(default)]
    pub(crate) known: bool,
    /// The instruction is WORKDIR with `dest`, under this user.
    pub(crate) workdir_as: Option<String>,
}

/// The container after the step, or what the build says against it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) enum Outcome {
    Made(BTreeMap<String, String>),
    /// A part of Docker's message.
    Error(String),
}

impl Outcome {
    /// Whether this answer of ours is Docker's; of an error, Docker says more.
    pub(crate) fn agrees(&self, docker: &Outcome) -> bool {
        match (self, docker) {
            (Outcome::Error(ours), Outcome::Error(docker)) => docker.contains(ours.as_str()),
            (ours, docker) => ours == docker,
        }
    }
}

impl CopyCase {
    pub(crate) fn step(&self) -> CopyStep {
        let heredoc = |(name, contents): &(String, String)| Heredoc {
            name: name.clone(),
            contents: contents.clone(),
        };
        CopyStep {
            sources: self.sources.clone(),
            heredocs: self.heredocs.iter().map(heredoc).collect(),
            dest: self.dest.clone(),
            cwd: if self.cwd.is_empty() { "/".into() } else { self.cwd.clone() },
            chown: self.chown.clone(),
            chmod: self.chmod.clone(),
            link: self.link,
            add: self.add,
            from_stage: self.stage.is_some(),
            ..CopyStep::default()
        }
    }

    pub(crate) fn base(&self) -> Nodes {
        nodes(&self.base)
    }

    /// What the core says that the step does.
    pub(crate) fn answer(&self) -> Outcome {
        let base = self.base();
        let source = nodes(self.stage.as_ref().unwrap_or(&self.context));
        match self.layout(&base, &source) {
            Ok(layout) => Outcome::Made(listing(&apply(&base, &source, &layout))),
            Err(error) => Outcome::Error(error),
        }
    }

    fn layout(&self, base: &Nodes, source: &Nodes) -> Result<Layout, String> {
        let mut site = Site { base, known: self.known, asked: Vec::new() };
        if let Some(user) = &self.workdir_as {
            return site.until_known(|site| lay_out_workdir(&self.dest, user, site));
        }
        let tree = tree(source, self.stage.is_none());
        let ignore = Ignore::parse(&self.ignore).map_err(|error| error.to_string())?;
        let ignore = self.stage.is_none().then_some(&ignore);
        let step = self.step();
        let selection = select(&step, &tree, ignore).map_err(|error| error.to_string())?;
        site.until_known(|site| lay_out(&step, &selection, &tree, site))
    }
}

/// A container that tells only what it was asked, unless all is known.
struct Site<'a> {
    base: &'a Nodes,
    known: bool,
    asked: Vec<Need>,
}

impl Site<'_> {
    fn until_known(
        &mut self,
        candidate: impl Fn(&dyn Destination) -> Result<Layout, LayoutStop>,
    ) -> Result<Layout, String> {
        loop {
            match candidate(self) {
                Ok(layout) => return Ok(layout),
                Err(LayoutStop::Error(error)) => return Err(error.to_string()),
                Err(LayoutStop::Needs(needs)) => {
                    assert!(!needs.is_empty(), "it asks for nothing");
                    for need in needs {
                        assert!(!self.asked.contains(&need), "it asks again for {need:?}");
                        self.asked.push(need);
                    }
                }
            }
        }
    }
}

impl Destination for Site<'_> {
    fn stat(&self, path: &str) -> Lookup<Option<Stat>> {
        if !self.known && !self.asked.contains(&Need::Stat(path.to_owned())) {
            return Lookup::Unknown;
        }
        Lookup::Known(self.base.get(path.trim_start_matches('/')).map(|node| Stat {
            kind: node.kind,
            mode: node.mode,
            gid: node.gid,
            target: if node.kind == Kind::Symlink { node.text.clone() } else { String::new() },
        }))
    }

    fn names(&self) -> Lookup<Names> {
        if !self.known && !self.asked.contains(&Need::Names) {
            return Lookup::Unknown;
        }
        let tree = tree(self.base, false);
        let text = |path| Some(self.base.get(&tree.resolve(path).ok()?)?.text.clone());
        Lookup::Known(Names { passwd: text("etc/passwd"), group: text("etc/group") })
    }
}

/// The container after the layout was brought into it.
pub(crate) fn apply(base: &Nodes, source: &Nodes, layout: &Layout) -> Nodes {
    let mut after = base.clone();
    for (path, entry) in &layout.entries {
        let text = match &entry.content {
            Content::Source { path, .. } => source[path.as_ref()].text.clone(),
            Content::Inline(text) => text.clone(),
            Content::None => entry.target.clone(),
        };
        let (kind, mode, uid, gid) = (entry.kind, entry.mode, entry.uid, entry.gid);
        after.insert(path.trim_start_matches('/').to_owned(), Node { kind, mode, uid, gid, text });
    }
    after
}
