//! What a build refuses though each line can be read, as far as the text alone tells: words that
//! cannot be expanded, stages and images that cannot be meant, values out of range.
//!
//! A build carries out only the stages that its target needs, so what is wrong elsewhere does no
//! harm and is not told. A value that hangs on a variable counts as right.

mod needed;
mod value;

use std::collections::{BTreeSet, HashMap};

use super::instruction::{Copy, From, Instruction, InstructionKind, Word};
use super::mount::{Mount, MountKind};
use super::{Dockerfile, ParseError};
use crate::expand::{Budget, ExpandReason, expand_heredoc, expand_within};

/// Adds what is wrong to the errors of a file that can be read.
pub(super) fn check(file: &mut Dockerfile) {
    if !file.errors.is_empty() {
        return;
    }
    let mut check = Check {
        escape: file.escape,
        budget: Budget::default(),
        globals: globals(file),
        stages: HashMap::new(),
        all_stages: all_stages(file),
        stage: 0,
        needed: false,
        count: file.instructions.iter().filter(|one| one.keyword == "FROM").count(),
        labs: file.directives.iter().any(|one| one.name == "syntax" && one.value.contains("labs")),
        found: Vec::new(),
    };
    let needed = needed::stages(file);
    let mut count = 0;
    for instruction in &file.instructions {
        if let InstructionKind::From(from) = &instruction.kind {
            check.stage = count;
            check.needed = needed.contains(&count);
            count += 1;
            check.from(from);
            check.stages.extend(from.name.as_ref().map(|name| (name.text.clone(), check.stage)));
        } else if count > 0 {
            check.anywhere(instruction);
            if check.needed {
                check.instruction(instruction);
            }
        }
    }
    file.errors.append(&mut check.found);
}

/// The arguments above the first FROM, whose values only a build knows.
fn globals(file: &Dockerfile) -> BTreeSet<String> {
    let mut globals = BTreeSet::new();
    for side in ["BUILD", "TARGET"] {
        for part in ["PLATFORM", "OS", "ARCH", "VARIANT"] {
            globals.insert(format!("{side}{part}"));
        }
    }
    for instruction in &file.instructions {
        let InstructionKind::Arg(declarations) = &instruction.kind else { break };
        globals.extend(declarations.iter().map(|one| one.name.text.clone()));
    }
    globals
}

fn all_stages(file: &Dockerfile) -> HashMap<String, usize> {
    let kinds = file.instructions.iter().map(|instruction| &instruction.kind);
    let stages = kinds.filter_map(|kind| match kind {
        InstructionKind::From(from) => Some(from.name.as_ref()),
        _ => None,
    });
    stages.enumerate().filter_map(|(at, name)| Some((name?.text.clone(), at))).collect()
}

struct Check {
    escape: char,
    budget: Budget,
    globals: BTreeSet<String>,
    /// The stages so far by name.
    stages: HashMap<String, usize>,
    /// And those still to come.
    all_stages: HashMap<String, usize>,
    /// The one at hand, and whether it is carried out.
    stage: usize,
    needed: bool,
    /// How many there are in all.
    count: usize,
    /// Whether the frontend has what is still an experiment.
    labs: bool,
    found: Vec<ParseError>,
}

impl Check {
    fn complain(&mut self, word: &Word, message: impl Into<String>, remedy: &str) {
        let (message, remedy) = (message.into(), remedy.to_owned());
        self.found.push(ParseError { span: word.span, message, remedy });
    }

    /// What a build refuses in any stage.
    fn anywhere(&mut self, instruction: &Instruction) {
        match &instruction.kind {
            InstructionKind::Copy(Copy { from: Some(from), .. }) => self.source(from, true),
            InstructionKind::Run(run) => {
                if let Some(security) = run.security.as_ref().filter(|_| !self.labs) {
                    let remedy = "Begin the Dockerfile with `# syntax=docker/dockerfile:1-labs`.";
                    self.complain(security, "unknown flag: --security", remedy);
                }
                if let Some(device) = run.devices.first().filter(|_| !self.labs) {
                    let remedy = "Begin the Dockerfile with `# syntax=docker/dockerfile:1-labs`.";
                    self.complain(device, "unknown flag: --device", remedy);
                }
                for mount in &run.mounts {
                    if let Some(from) = &mount.from {
                        self.source(&Word { text: from.clone(), span: mount.span }, false);
                    }
                }
            }
            _ => {}
        }
    }

    fn instruction(&mut self, instruction: &Instruction) {
        match &instruction.kind {
            InstructionKind::Env(pairs) | InstructionKind::Label(pairs) => {
                for pair in pairs {
                    self.words([&pair.key, &pair.value]);
                }
            }
            InstructionKind::Arg(all) => {
                self.words(
                    all.iter().flat_map(|one| [Some(&one.name), one.default.as_ref()]).flatten(),
                );
            }
            InstructionKind::Workdir(word) | InstructionKind::User(word) => self.words([word]),
            InstructionKind::Volume(words) => self.words(words),
            InstructionKind::Expose(words) => words.iter().for_each(|word| self.port(word)),
            InstructionKind::Stopsignal(word) => self.signal(word),
            InstructionKind::Copy(copy) => self.copy(copy, instruction),
            InstructionKind::Add(copy) => {
                self.copy(copy, instruction);
                self.checksum(copy);
            }
            InstructionKind::Run(run) => run.mounts.iter().for_each(|mount| self.mount(mount)),
            _ => {}
        }
    }

    /// Tells of words that cannot be expanded whatever the variables are.
    fn words<'a>(&mut self, words: impl IntoIterator<Item = &'a Word>) {
        for word in words {
            self.value(word);
        }
    }

    /// What a word says, where it hangs on no variable.
    fn value(&mut self, word: &Word) -> Option<String> {
        let unset: [(&str, &str); 0] = [];
        match expand_within(&self.budget, &word.text, &unset[..], self.escape) {
            Ok(value) => Some(value).filter(|_| !word.text.contains('$')),
            Err(error) => {
                self.refused(word, &error.reason, &error.to_string());
                None
            }
        }
    }

    fn refused(&mut self, word: &Word, reason: &ExpandReason, message: &str) {
        if !matches!(reason, ExpandReason::Required { .. } | ExpandReason::Limit(_)) {
            self.complain(word, message, reason.remedy());
        }
    }

    fn from(&mut self, from: &From) {
        let known = |name: &str| self.globals.contains(name);
        let certain =
            !from.image.text.contains('$') || !value::variables(&from.image.text).any(known);
        self.value(&from.image);
        let Some(image) = self.without_variables(&from.image) else { return };
        if certain && !self.stages.contains_key(&image) {
            if image.is_empty() {
                let message = format!("base name ({}) should not be blank", from.image.text);
                self.complain(
                    &from.image,
                    message,
                    "Declare the variable with ARG above the first FROM.",
                );
            } else if let Some(reason) = value::bad_reference(&image) {
                let message = format!(
                    "failed to parse stage name {image:?}: invalid reference format{reason}"
                );
                self.complain(&from.image, message, "Write an image as `name:tag`, in lower case.");
            }
        }
        if let Some(platform) = &from.platform
            && let Some(text) = self.value(platform)
            && value::is_bad_platform(&text)
        {
            let message = format!("failed to parse platform {text}");
            self.complain(platform, message, "Write it like `linux/amd64`.");
        }
    }

    /// What a word says where no variable has a value; nothing where it cannot be expanded.
    fn without_variables(&mut self, word: &Word) -> Option<String> {
        let unset: [(&str, &str); 0] = [];
        expand_within(&self.budget, &word.text, &unset[..], self.escape).ok()
    }

    fn copy(&mut self, copy: &Copy, instruction: &Instruction) {
        self.words(
            copy.sources.iter().chain([&copy.dest]).chain(&copy.chown).chain(&copy.checksum),
        );
        for heredoc in copy.heredocs.iter().filter_map(|at| instruction.heredocs.get(*at)) {
            let unset: [(&str, &str); 0] = [];
            if heredoc.expand
                && let Err(error) = expand_heredoc(&self.budget, &heredoc.contents(), &unset[..])
            {
                let word = Word { text: String::new(), span: heredoc.span };
                self.refused(&word, &error.reason, &error.to_string());
            }
        }
    }

    /// What `--from` names. Only COPY takes a number for a stage.
    fn source(&mut self, from: &Word, numbers: bool) {
        const EARLIER: &str = "Name an earlier stage, or an image.";
        let name = &from.text;
        let number = name.parse::<i64>().ok().filter(|_| numbers);
        let lower = name.to_lowercase();
        let stage = match number {
            Some(number) => usize::try_from(number).ok().filter(|stage| *stage < self.count),
            None => self.stages.get(&lower).or_else(|| self.all_stages.get(&lower)).copied(),
        };
        match (stage, number) {
            (Some(stage), _) if stage == self.stage => {
                let name = number.map_or_else(|| name.clone(), |number| format!("stage-{number}"));
                let message = format!("circular dependency detected on stage: {name}");
                self.complain(from, message, EARLIER);
            }
            (Some(stage), _) if stage > self.stage && self.needed => {
                let message = format!(
                    "cannot copy from stage {name:?}, it needs to be defined before current stage"
                );
                self.complain(from, message, EARLIER);
            }
            (Some(_), _) => {}
            (None, Some(number)) => {
                self.complain(from, format!("invalid stage index {number}"), EARLIER);
            }
            (None, None) => {
                let Some(reason) = value::bad_reference(name) else { return };
                let message = format!(
                    "failed to parse stage name {name:?}: invalid reference format{reason}"
                );
                let remedy = if name.contains('$') {
                    "`--from` expands no variables: give a stage the image with FROM, and name that."
                } else {
                    EARLIER
                };
                self.complain(from, message, remedy);
            }
        }
    }

    fn port(&mut self, word: &Word) {
        let Some(value) = self.value(word) else { return };
        for port in value.split_whitespace() {
            if let Some(message) = value::bad_port(port) {
                self.complain(word, message, "Write a port like `80`, `53/udp` or `8000-8010`.");
            }
        }
    }

    fn signal(&mut self, word: &Word) {
        if let Some(signal) = self.value(word).filter(|signal| !value::is_signal(signal)) {
            self.complain(
                word,
                format!("invalid signal: {signal}").trim_end(),
                "Write a signal like `SIGTERM`.",
            );
        }
    }

    fn checksum(&mut self, copy: &Copy) {
        let Some(checksum) = &copy.checksum else { return };
        if checksum.text.contains('$') {
            return;
        }
        let message = match value::bad_checksum(&checksum.text) {
            Some(message) => message,
            None if copy.sources.len() > 1 => "checksum can't be specified for multiple sources",
            None if copy.sources.first().is_some_and(is_local) => {
                "checksum can't be specified for non-HTTP sources"
            }
            None => return,
        };
        self.complain(
            checksum,
            message,
            "Write `--checksum=sha256:` and 64 digits, for one source.",
        );
    }

    fn mount(&mut self, mount: &Mount) {
        let word = Word { text: mount.text.clone(), span: mount.span };
        if word.text.contains('$') {
            return;
        }
        // An empty target is the working directory, which the base image may have set.
        let resolved = mount.resolve(&|value| Ok(value.to_owned()));
        let is_root =
            |target: &str| target.starts_with('/') && crate::path::clean(target).is_empty();
        match resolved {
            Err(message) => self.complain(&word, message, "Write `--mount=type=…,target=…`."),
            Ok(Mount { kind, target: Some(target), .. })
                if matches!(kind, MountKind::Bind | MountKind::Cache | MountKind::Tmpfs)
                    && is_root(&target) =>
            {
                let message = "invalid mount target \"/\"";
                self.complain(&word, message, "Write `target=` and a directory.");
            }
            Ok(_) => {}
        }
    }
}

fn is_local(source: &Word) -> bool {
    !source.text.contains(['$', ':', '"', '\''])
}
