//! Plans: which actions follow from which change, and what stays owed.

use std::collections::BTreeMap;

use livepush_core::plan::{
    Action, ActionKind, Checkpoint, EntrySource, LayoutAnswer, Need, Plan, UpdateAnswer,
};
use livepush_core::session::{ContextPath, FoundEntry, FoundNames, FoundPath, Session};
use livepush_core::stage::{ImageConfig, Options};
use livepush_core::tree::{Digest, Entry, Kind};

/// The Dockerfile of the live rules.
const README: &str = "\
FROM node
WORKDIR /usr/src/app
COPY package.json ./
RUN npm install
#dev-cmd-live=node src/server.js
COPY src ./src
RUN npm test
CMD node dist/server.js
";

/// A session with a host that answers from what the test says is there.
struct Host {
    session: Session,
    /// Directories that images have besides `/`.
    directories: Vec<String>,
    /// Trees of stages by stage and revision.
    trees: BTreeMap<(usize, u32), Vec<FoundEntry>>,
}

impl Host {
    fn new(dockerfile: &str, files: &[&str]) -> Self {
        let mut session = Session::new(dockerfile, Options::default());
        while let Some(name) = session.needed_images().first().cloned() {
            session.learn_image(&name, Some(ImageConfig::default()));
        }
        session.set_context(files.iter().map(|path| file(path, "old")).collect());
        Self { session, directories: Vec::new(), trees: BTreeMap::new() }
    }

    fn write(&mut self, path: &str, content: &str) -> &mut Self {
        self.session.change_context(vec![file(path, content)], &[]);
        self
    }

    fn delete(&mut self, path: &str) -> &mut Self {
        self.session.change_context(Vec::new(), &[path.to_owned()]);
        self
    }

    fn answer(&mut self, needs: &[Need]) {
        for need in needs {
            match need {
                Need::Stat { stage, path } => {
                    let found = self.directories.contains(path).then(directory);
                    self.session.learn_path(*stage, path.clone(), found);
                }
                Need::Names { stage } => self.session.learn_names(*stage, FoundNames::default()),
                Need::StageTree { stage, revision, path, .. } => {
                    let tree = self.trees.get(&(*stage, *revision)).cloned();
                    self.session.learn_stage_tree(*stage, *revision, path, tree);
                }
                Need::ImageTree { name, path } => self.session.learn_image_tree(name, path, None),
            }
        }
    }

    fn plan(&mut self) -> Plan {
        loop {
            let plan = self.session.plan();
            if plan.needs.is_empty() {
                return plan;
            }
            self.answer(&plan.needs);
        }
    }

    fn layout(&mut self, stage: usize, step: usize) -> LayoutAnswer {
        loop {
            match self.session.layout(stage, step) {
                LayoutAnswer::Needs { needs } => self.answer(&needs),
                answer => return answer,
            }
        }
    }

    fn update(&mut self, dirty: &[&str]) -> (Vec<String>, Vec<String>, Vec<String>) {
        let dirty: Vec<String> = dirty.iter().map(|path| (*path).to_owned()).collect();
        loop {
            match self.session.update(&dirty, &[]) {
                UpdateAnswer::Needs { needs } => self.answer(&needs),
                UpdateAnswer::Update { remove, restore, write } => {
                    let write = write.into_iter().map(|entry| entry.path).collect();
                    return (remove, restore, write);
                }
                UpdateAnswer::Error { message, .. } => panic!("{message}"),
            }
        }
    }

    /// Carries out all that there is to do, and returns the ids of the actions in order.
    fn push(&mut self) -> Vec<String> {
        let mut done = Vec::new();
        self.session.start_push();
        loop {
            let plan = self.plan();
            let Some(first) = plan.actions.first() else { return done };
            let stage = first.stage;
            for action in plan.actions.iter().filter(|action| action.stage == stage) {
                if matches!(action.kind, ActionKind::Copy) {
                    self.layout(stage, action.step.unwrap());
                }
                if matches!(action.kind, ActionKind::Update) {
                    self.update(&[]);
                }
                self.session.done(&action.id);
                done.push(action.id.clone());
            }
        }
    }
}

fn file(path: &str, content: &str) -> ContextPath {
    let digest = Digest(content.bytes().fold(7, |sum, byte| sum * 31 + u128::from(byte)));
    ContextPath {
        path: path.to_owned(),
        entry: Entry::file(0o644, content.len() as u64, digest),
        archive: false,
    }
}

fn directory() -> FoundPath {
    FoundPath { kind: Kind::Directory, mode: 0o755, gid: 0, target: String::new() }
}

fn listed(path: &str, content: &str) -> FoundEntry {
    FoundEntry {
        path: path.to_owned(),
        kind: Kind::File,
        mode: 0o644,
        uid: 0,
        gid: 0,
        size: 3.0,
        digest: Some(format!("{:0<64}", content.len())),
        target: String::new(),
    }
}

fn ids(plan: &Plan) -> Vec<&str> {
    plan.actions.iter().map(|action| action.id.as_str()).collect()
}

fn find<'a>(plan: &'a Plan, id: &str) -> &'a Action {
    plan.actions.iter().find(|action| action.id == id).unwrap()
}

#[test]
fn nothing_is_planned_when_nothing_changed() {
    let mut host = Host::new(README, &["package.json", "src/a.js"]);
    assert_eq!(ids(&host.plan()), Vec::<&str>::new());
    host.write("src/a.js", "old");
    assert_eq!(ids(&host.plan()), Vec::<&str>::new());
}

#[test]
fn a_source_after_the_live_command_is_copied_without_a_restart() {
    let mut host = Host::new(README, &["package.json", "src/a.js"]);
    host.directories.push("/usr/src/app".to_owned());
    host.write("src/a.js", "new");
    let plan = host.plan();
    assert_eq!(ids(&plan), ["0/update"]);
    assert!(!plan.restarts);
    assert_eq!(plan.actions[0].why, ["src/a.js changed → COPY on line 6"]);
    assert_eq!(host.update(&[]), (vec![], vec![], vec!["/usr/src/app/src/a.js".to_owned()]));
}

#[test]
fn a_source_before_a_run_replays_it_from_the_layers_before_and_restarts() {
    let mut host = Host::new(README, &["package.json", "src/a.js"]);
    host.write("package.json", "new");
    let plan = host.plan();
    assert_eq!(ids(&plan), ["0/prepare", "0/1/copy", "0/2/exec", "0/update", "0/restart"]);
    let ActionKind::Prepare { checkpoint } = &plan.actions[0].kind else { panic!() };
    assert_eq!(*checkpoint, Checkpoint::Layers { stage: 0, without: 3, of: 4 });
    assert!(plan.restarts);
    assert_eq!(
        find(&plan, "0/2/exec").why,
        ["package.json changed → COPY on line 3 → RUN on line 4"]
    );
    assert_eq!(find(&plan, "0/2/exec").lines, Some((4, 4)));
}

#[test]
fn what_was_not_carried_out_stays_owed() {
    let mut host = Host::new(README, &["package.json", "src/a.js"]);
    host.write("package.json", "new");
    host.session.start_push();
    let plan = host.plan();
    host.session.done(&plan.actions[0].id);
    host.layout(0, 1);
    host.session.done("0/1/copy");
    // The RUN fails here; another push begins.
    host.session.start_push();
    assert_eq!(ids(&host.plan()), ["0/prepare", "0/1/copy", "0/2/exec", "0/update", "0/restart"]);
}

#[test]
fn a_restart_that_was_not_reached_stays_owed() {
    let mut host = Host::new(README, &["package.json", "src/a.js"]);
    host.write("package.json", "new");
    host.session.start_push();
    for id in ["0/prepare", "0/1/copy", "0/2/exec"] {
        host.plan();
        host.session.done(id);
    }
    host.plan();
    host.update(&["/usr/src/app/node_modules"]);
    host.session.done("0/update");
    host.session.start_push();
    assert_eq!(ids(&host.plan()), ["0/restart"]);
    host.session.done("0/restart");
    assert_eq!(ids(&host.plan()), Vec::<&str>::new());
}

#[test]
fn old_content_finds_the_old_layers_again() {
    let mut host = Host::new(README, &["package.json", "src/a.js"]);
    host.write("package.json", "new");
    host.push();
    host.write("package.json", "old");
    let plan = host.plan();
    assert_eq!(ids(&plan), ["0/prepare", "0/update", "0/restart"]);
    let ActionKind::Prepare { checkpoint } = &plan.actions[0].kind else { panic!() };
    assert_eq!(*checkpoint, Checkpoint::Layers { stage: 0, without: 1, of: 4 });
}

#[test]
fn a_replay_keeps_a_checkpoint_before_the_next_step_that_may_change() {
    let text = "FROM a\nCOPY one /1\nRUN first\nCOPY two /2\nRUN second\n";
    let mut host = Host::new(text, &["one", "two"]);
    host.write("one", "new");
    let done = host.push();
    assert_eq!(
        done,
        [
            "0/prepare",
            "0/0/copy",
            "0/1/exec",
            "0/2/keep",
            "0/2/copy",
            "0/3/exec",
            "0/update",
            "0/restart"
        ]
    );
    host.write("two", "new");
    let plan = host.plan();
    let ActionKind::Prepare { checkpoint } = &plan.actions[0].kind else { panic!() };
    assert!(matches!(checkpoint, Checkpoint::Kept { .. }), "{checkpoint:?}");
    assert_eq!(plan.actions[1].id, "0/2/copy");
}

#[test]
fn without_a_live_command_every_push_restarts_once() {
    let mut host = Host::new("FROM a\nCOPY . /app\n", &["x"]);
    host.write("x", "new");
    assert_eq!(host.push(), ["0/update", "0/restart"]);
}

const BUILDER: &str = "\
FROM a AS build
COPY src /src
RUN make
FROM a
COPY --from=build /out /app
";

#[test]
fn a_later_stage_waits_for_what_it_takes() {
    let mut host = Host::new(BUILDER, &["src/a.c"]);
    host.trees.insert((0, 0), vec![listed("/out/a", "old")]);
    host.write("src/a.c", "new");
    let plan = host.plan();
    assert_eq!(ids(&plan), ["0/prepare", "0/0/copy", "0/1/exec", "1/update", "1/restart"]);
    assert!(find(&plan, "1/update").conditional);
    assert_eq!(find(&plan, "1/update").after, ["0/1/exec"]);
}

#[test]
fn a_later_stage_has_nothing_to_do_when_what_it_takes_came_out_the_same() {
    let mut host = Host::new(BUILDER, &["src/a.c"]);
    host.trees.insert((0, 0), vec![listed("/out/a", "old")]);
    host.trees.insert((0, 1), vec![listed("/out/a", "old")]);
    host.write("src/a.c", "new");
    assert_eq!(host.push(), ["0/prepare", "0/0/copy", "0/1/exec"]);
}

#[test]
fn only_what_really_changed_is_taken_from_another_stage() {
    let mut host = Host::new(BUILDER, &["src/a.c"]);
    host.trees.insert(
        (0, 0),
        vec![listed("/out/same", "s"), listed("/out/old", "o"), listed("/out/differs", "d")],
    );
    host.trees.insert((0, 1), vec![listed("/out/same", "s"), listed("/out/differs", "dd")]);
    host.write("src/a.c", "new");
    host.session.start_push();
    for id in ["0/prepare", "0/0/copy", "0/1/exec"] {
        host.plan();
        host.session.done(id);
    }
    assert_eq!(ids(&host.plan()), ["1/update", "1/restart"]);
    let (remove, restore, write) = host.update(&[]);
    assert_eq!(remove, ["/app/old"]);
    assert_eq!(restore, Vec::<String>::new());
    assert_eq!(write, ["/app/differs"]);
}

#[test]
fn a_child_is_replayed_from_the_end_of_its_parent() {
    let text = "FROM a AS base\nCOPY one /1\nRUN first\nFROM base\nCOPY two /2\nRUN second\n";
    let mut host = Host::new(text, &["one", "two"]);
    host.write("one", "new");
    let done = host.push();
    assert_eq!(
        done,
        [
            "0/prepare",
            "0/0/copy",
            "0/1/exec",
            "0/2/keep",
            "1/prepare",
            "1/0/copy",
            "1/1/exec",
            "1/update",
            "1/restart"
        ]
    );
}

#[test]
fn a_change_that_was_taken_back_is_no_reason() {
    let mut host = Host::new(README, &["package.json", "src/a", "src/b"]);
    host.directories.push("/usr/src/app".to_owned());
    host.write("src/a", "new").write("src/b", "new").write("src/a", "old");
    let plan = host.plan();
    assert_eq!(find(&plan, "0/update").why, ["src/b changed → COPY on line 6"]);
}

#[test]
fn a_deleted_source_uncovers_what_was_there_before() {
    let mut host =
        Host::new("FROM a\nCOPY one/ /app/\nCOPY two/ /app/\n", &["one/x", "two/x", "two/y"]);
    host.directories.push("/app".to_owned());
    host.delete("two/x").delete("two/y");
    host.plan();
    let (remove, restore, write) = host.update(&[]);
    assert_eq!((remove, restore), (vec!["/app/y".to_owned()], vec![]));
    assert_eq!(write, ["/app/x"]);
}

#[test]
fn a_path_that_the_image_had_is_restored_when_its_source_goes() {
    let mut host = Host::new("FROM a\nCOPY . /etc/\n", &["motd", "keep"]);
    host.directories.extend(["/etc".to_owned(), "/etc/motd".to_owned()]);
    host.session.change_context(vec![], &["motd".to_owned()]);
    host.plan();
    let (remove, restore, write) = host.update(&[]);
    assert_eq!((remove, write), (vec![], vec![]));
    assert_eq!(restore, ["/etc/motd"]);
}

#[test]
fn a_failed_update_is_done_again_whole() {
    let mut host = Host::new("FROM a\nCOPY . /app\n", &["x", "y"]);
    host.write("x", "new");
    host.plan();
    host.update(&[]);
    host.session.update_failed();
    host.write("x", "old");
    assert_eq!(ids(&host.plan()), ["0/update", "0/restart"]);
    assert_eq!(host.update(&[]).2, ["/app/x"]);
}

#[test]
fn a_missing_source_is_an_error_on_its_line() {
    let mut host = Host::new("FROM a\nCOPY x /x\nRUN true\n", &["x"]);
    host.delete("x");
    let plan = host.plan();
    assert_eq!(ids(&plan)[..2], ["0/prepare", "0/0/copy"]);
    let LayoutAnswer::Error { lines, .. } = host.layout(0, 0) else { panic!() };
    assert_eq!(lines, (2, 2));
}

#[test]
fn an_add_of_an_address_blocks_a_replay_before_it_only() {
    let text = "FROM a\nCOPY one /1\nADD https://example.com/x /x\nCOPY two /2\nRUN true\n";
    let mut host = Host::new(text, &["one", "two"]);
    host.write("two", "new");
    assert_eq!(ids(&host.plan())[0], "0/prepare");
    host.push();
    host.write("one", "new");
    let plan = host.plan();
    assert_eq!(ids(&plan), Vec::<&str>::new());
    assert!(plan.inexact[0].blocks);
    assert_eq!(plan.inexact[0].lines, Some((3, 3)));
}

#[test]
fn a_run_gets_its_own_variables_directory_user_and_shell() {
    let text = "\
FROM a
ARG V=1
ENV A=$V
WORKDIR x
WORKDIR y
USER u
SHELL [\"/bin/bash\", \"-c\"]
COPY f .
RUN echo
ENV B=2
";
    let mut host = Host::new(text, &["f"]);
    host.write("f", "new");
    let plan = host.plan();
    let ActionKind::Exec { command } = &find(&plan, "0/3/exec").kind else { panic!() };
    assert_eq!(command.argv, ["/bin/bash", "-c", "echo"]);
    assert_eq!(command.cwd, "/x/y");
    assert_eq!(command.user, "u");
    assert!(command.env.contains(&"A=1".to_owned()) && command.env.contains(&"V=1".to_owned()));
    assert!(!command.env.iter().any(|variable| variable.starts_with("B=")));
}

#[test]
fn names_alone_tell_whether_a_push_is_needed() {
    let mut host = Host::new(README, &["package.json", "src/a.js"]);
    let mut needed = |path: &str| host.session.livepush_needed([path].into_iter());
    assert!(needed("src/new.js"));
    assert!(needed("package.json"));
    assert!(!needed("README.md"));
}

#[test]
fn an_inline_heredoc_is_written_from_the_dockerfile() {
    let text = "FROM a\nCOPY f /f\nCOPY <<EOF /x\nhello\nEOF\nRUN true\n";
    let mut host = Host::new(text, &["f"]);
    host.write("f", "new");
    host.plan();
    let LayoutAnswer::Entries { entries, .. } = host.layout(0, 1) else { panic!() };
    assert_eq!(entries[0].source, EntrySource::Inline { text: "hello\n".to_owned() });
}

#[test]
fn checkpoints_of_long_ago_are_given_up() {
    let text = "FROM a\nCOPY one /1\nRUN first\nCOPY two /2\nRUN second\n";
    let mut host = Host::new(text, &["one", "two"]);
    for content in ["a", "b", "c", "d", "e"] {
        host.write("one", content);
        host.push();
    }
    let forgotten = host.session.forgotten_checkpoints();
    assert_eq!(forgotten.len(), 2);
    assert_eq!(host.session.forgotten_checkpoints(), Vec::<String>::new());
}

#[test]
fn a_long_session_remembers_no_more_than_a_short_one() {
    let text = "FROM a AS build\nCOPY src /src\nRUN make\nFROM b AS packed\n\
        COPY --from=build /out /out\nRUN pack\nFROM c\nCOPY --from=packed /out /app\nRUN check\n";
    let mut host = Host::new(text, &["src/a"]);
    let mut remembered = Vec::new();
    for round in 0..200 {
        for stage in 0..2 {
            let tree = (0..20).map(|file| listed(&format!("/out/{file}"), &"x".repeat(round)));
            host.trees.insert((stage, u32::try_from(round).unwrap()), tree.collect());
        }
        if round > 0 {
            host.write("src/a", &format!("content {round}"));
            host.push();
            host.session.forgotten_checkpoints();
        }
        remembered.push(format!("{:?}", host.session).len());
    }
    let (early, late) = (remembered[20], remembered[199]);
    assert!(late < early + early / 10, "{early} characters grew to {late}");
}

#[test]
fn a_secret_of_the_build_is_declared_and_blocks_only_where_it_is_required() {
    for (flag, blocks) in [("", false), (",required=true", true)] {
        let text = format!("FROM a\nCOPY f /f\nRUN --mount=type=secret,id=token{flag} make\n");
        let mut host = Host::new(&text, &["f"]);
        host.write("f", "new");
        let plan = host.plan();
        assert_eq!(plan.inexact.len(), 1);
        assert_eq!((plan.inexact[0].blocks, plan.inexact[0].lines), (blocks, Some((3, 3))));
        assert_eq!(plan.actions.is_empty(), blocks);
    }
}

#[test]
fn a_source_that_becomes_an_archive_needs_a_rebuild() {
    let mut host = Host::new("FROM a\nADD data /data/\n", &["data"]);
    let mut archive = file("data", "packed");
    archive.archive = true;
    host.session.change_context(vec![archive], &[]);
    let plan = host.plan();
    assert!(plan.actions.is_empty());
    assert!(plan.inexact[0].blocks);
    host.write("data", "plain again");
    assert_eq!(ids(&host.plan()), ["0/update", "0/restart"]);
}
