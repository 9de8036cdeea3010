//! Stages: names, bases, variables and the context of each step.

use std::collections::BTreeMap;

use livepush_core::copy::Dialect;
use livepush_core::dockerfile::parse;
use livepush_core::stage::{
    Base, ImageConfig, Images, Model, Options, Places, Run, Source, Step, StepKind, build,
};

fn with(text: &str, options: &Options, images: &Images) -> Model {
    build(&parse(text), &Places::default(), options, images)
}

fn model(text: &str) -> Model {
    with(text, &Options { platform: "linux/arm64/v8".to_owned(), ..Options::default() }, &images())
}

fn images() -> Images {
    let config = ImageConfig {
        env: vec!["PATH=/bin".to_owned(), "FROM_IMAGE=1".to_owned()],
        working_dir: "/base".to_owned(),
        user: "app".to_owned(),
        shell: Vec::new(),
        on_build: Vec::new(),
    };
    let trigger = ImageConfig {
        on_build: vec!["COPY . /triggered".to_owned(), "RUN triggered".to_owned()],
        ..ImageConfig::default()
    };
    [("image".to_owned(), Some(config)), ("onbuild".to_owned(), Some(trigger))].into()
}

fn args(pairs: &[(&str, &str)]) -> Options {
    let build_args: BTreeMap<String, String> =
        pairs.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
    Options { build_args, ..Options::default() }
}

fn runs(model: &Model) -> Vec<&Run> {
    let steps = model.stages.iter().flat_map(|stage| &stage.steps);
    steps
        .filter_map(|step| if let StepKind::Run(run) = &step.kind { Some(&**run) } else { None })
        .collect()
}

fn env(run: &Run, name: &str) -> Option<String> {
    run.environment.get(name).map(str::to_owned)
}

fn from_of(model: &Model) -> &Source {
    let step = model.stages.last().unwrap().steps.last().unwrap();
    let StepKind::Copy(_, source) = &step.kind else { panic!("not a COPY") };
    source
}

#[test]
fn a_stage_begins_with_what_its_image_says() {
    let model = model("FROM image\nRUN x\nWORKDIR sub\n");
    assert_eq!(env(runs(&model)[0], "FROM_IMAGE").as_deref(), Some("1"));
    assert_eq!(runs(&model)[0].cwd, "/base");
    assert_eq!(model.stages[0].steps[0].user.as_ref(), "app");
    assert!(
        matches!(&model.stages[0].steps[1].kind, StepKind::Workdir(path) if path == "/base/sub")
    );
}

#[test]
fn an_image_that_nobody_looked_up_is_lacking_only_if_it_is_needed() {
    let model = model("FROM unused AS a\nFROM wanted\nRUN x\n");
    assert_eq!(model.lacking, ["wanted"]);
}

#[test]
fn global_arguments_reach_from_lines_and_stages_that_declare_them() {
    let text = "ARG TAG=image\nFROM $TAG\nRUN a\nARG TAG\nRUN b\n";
    let model = model(text);
    assert_eq!(model.stages[0].base, Base::Image("image".to_owned()));
    assert_eq!(env(runs(&model)[0], "TAG"), None);
    assert_eq!(env(runs(&model)[1], "TAG").as_deref(), Some("image"));
}

#[test]
fn a_build_argument_wins_over_defaults_where_it_is_declared() {
    let text = "ARG A=global\nFROM image\nARG A=stage\nARG B\nRUN x\n";
    let model = with(text, &args(&[("A", "given"), ("C", "nowhere")]), &images());
    assert_eq!(env(runs(&model)[0], "A").as_deref(), Some("given"));
    assert_eq!(env(runs(&model)[0], "B"), None);
    assert_eq!(env(runs(&model)[0], "C"), None);
}

#[test]
fn an_argument_after_a_variable_of_its_name_wins_in_run() {
    let model = model("FROM image\nENV V=env\nRUN a\nARG V=arg\nRUN b\nENV V=late\nRUN c\n");
    let values: Vec<_> = runs(&model).into_iter().map(|run| env(run, "V").unwrap()).collect();
    assert_eq!(values, ["env", "arg", "late"]);
}

#[test]
fn an_argument_without_a_value_leaves_the_variable() {
    let model = model("FROM image\nENV V=env\nARG V\nRUN a\n");
    assert_eq!(env(runs(&model)[0], "V").as_deref(), Some("env"));
}

#[test]
fn values_of_one_env_see_the_variables_before_it() {
    let model = model("FROM image\nENV A=old\nENV A=new B=$A\nRUN x\n");
    assert_eq!(env(runs(&model)[0], "B").as_deref(), Some("old"));
}

#[test]
fn platform_arguments_must_be_declared_in_a_stage() {
    let model = model("FROM image\nRUN a\nARG TARGETARCH\nARG TARGETVARIANT\nRUN b\n");
    assert_eq!(env(runs(&model)[0], "TARGETARCH"), None);
    assert_eq!(env(runs(&model)[1], "TARGETARCH").as_deref(), Some("arm64"));
    assert_eq!(env(runs(&model)[1], "TARGETVARIANT").as_deref(), Some("v8"));
}

#[test]
fn proxies_reach_every_run_in_both_spellings() {
    let model = with("FROM image\nRUN x\n", &args(&[("http_proxy", "p")]), &images());
    let list = runs(&model)[0].environment.for_run(&args(&[("http_proxy", "p")]).build_args);
    assert!(list.contains(&"HTTP_PROXY=p".to_owned()) && list.contains(&"http_proxy=p".to_owned()));
}

#[test]
fn a_child_stage_inherits_variables_directory_user_and_shell() {
    let text = "FROM image AS base\nARG A=1\nENV B=2\nWORKDIR /w\nUSER u\nSHELL [\"sh\"]\nFROM base\nRUN x\n";
    let model = model(text);
    let run = runs(&model)[0];
    assert_eq!((env(run, "A"), env(run, "B")), (Some("1".to_owned()), Some("2".to_owned())));
    assert_eq!(
        (run.cwd.as_str(), run.argv().as_slice()),
        ("/w", &["sh".to_owned(), "x".to_owned()][..])
    );
    assert_eq!(model.stages[1].base, Base::Stage(0));
    assert_eq!(model.stages[1].steps[0].user.as_ref(), "u");
}

#[test]
fn from_finds_stages_by_their_lower_case_name_only() {
    let model = model("FROM image AS Build\nFROM build\nFROM Build\n");
    assert_eq!(model.stages[1].base, Base::Stage(0));
    assert_eq!(model.stages[2].base, Base::Image("Build".to_owned()));
}

#[test]
fn copy_from_finds_stages_by_index_and_by_name_in_any_case() {
    for from in ["0", "00", "build", "BUILD"] {
        let text = format!("FROM image AS build\nFROM image\nCOPY --from={from} /a /b\n");
        assert_eq!(*from_of(&model(&text)), Source::Stage(0), "{from}");
    }
    let text = "FROM image\nFROM image\nCOPY --from=1password/op:2 /a /b\n";
    assert_eq!(*from_of(&model(text)), Source::Image("1password/op:2".to_owned()));
}

#[test]
fn copying_from_oneself_or_from_beyond_is_an_error() {
    for (from, words) in [("1", "circular"), ("self", "circular"), ("9", "invalid stage index 9")] {
        let text = format!("FROM image\nFROM image AS self\nCOPY --from={from} /a /b\n");
        let model = model(&text);
        assert!(model.errors[0].message.contains(words), "{:?}", model.errors);
        assert_eq!(model.errors[0].lines, (3, 3));
    }
}

#[test]
fn only_what_the_target_is_made_from_is_needed() {
    let text = "FROM image AS a\nFROM image AS b\nFROM a AS c\nFROM image\nCOPY --from=c /x /x\n";
    let needed: Vec<bool> = model(text).stages.iter().map(|stage| stage.needed).collect();
    assert_eq!(needed, [true, false, true, true]);
}

#[test]
fn the_target_is_found_by_name_in_any_case() {
    let options = Options { target: Some("BUILD".to_owned()), ..Options::default() };
    let model = with("FROM image AS build\nFROM image\n", &options, &images());
    assert_eq!((model.target, model.errors.len()), (0, 0));
    let options = Options { target: Some("none".to_owned()), ..Options::default() };
    assert_eq!(with("FROM image\n", &options, &images()).errors.len(), 1);
}

#[test]
fn an_image_triggers_its_onbuild_instructions_first() {
    let model = model("FROM onbuild\nCOPY x /x\n");
    let texts: Vec<&str> = model.stages[0].steps.iter().map(|step| step.text.as_str()).collect();
    assert_eq!(texts, ["COPY . /triggered", "RUN triggered", "COPY x /x"]);
    assert_eq!(model.stages[0].steps[0].lines, (1, 1));
}

#[test]
fn a_stages_own_onbuild_is_triggered_in_its_child_once() {
    let text = "FROM image AS a\nONBUILD RUN once\nFROM a AS b\nFROM b\nRUN x\n";
    let model = model(text);
    assert_eq!(model.stages[0].steps.len(), 0);
    assert_eq!(model.stages[1].steps.len(), 1);
    assert_eq!(model.stages[2].steps.len(), 1);
}

#[test]
fn trailing_steps_begin_after_the_last_run() {
    let model = model("FROM image\nCOPY a /a\nRUN x\nWORKDIR /w\nCOPY b /b\n");
    assert_eq!(model.stages[0].trailing, 2);
}

#[test]
fn a_workdir_of_the_root_makes_no_layer() {
    assert_eq!(model("FROM scratch\nWORKDIR /\nWORKDIR ..\n").stages[0].steps.len(), 0);
}

#[test]
fn a_workdir_is_made_as_it_is_written_by_docker_26_only() {
    let text = "FROM scratch\nWORKDIR /a/..\nWORKDIR /x/y/../z/\nWORKDIR y/../q\n";
    let made = |dialect| {
        let options = Options { dialect, ..Options::default() };
        let steps = with(text, &options, &images()).stages.remove(0).steps;
        let path = |step: Step| match step.kind {
            StepKind::Workdir(path) => path,
            other => panic!("{other:?}"),
        };
        steps.into_iter().map(path).collect::<Vec<_>>()
    };
    assert_eq!(made(Dialect::Docker26), ["/a/..", "/x/y/../z/", "/x/z/q"]);
    assert_eq!(made(Dialect::Current), ["/x/z", "/x/z/q"]);
}

#[test]
fn whatever_add_fetches_is_told_by_one_rule() {
    let model = model("FROM image\nADD user@host:path/repo.git /x\nCOPY a /a\n");
    assert!(matches!(model.stages[0].steps[0].kind, StepKind::Remote(_)));
    assert!(matches!(model.stages[0].steps[1].kind, StepKind::Copy(..)));
}

#[test]
fn quoted_ports_are_words_as_docker_takes_them() {
    let model = model("FROM image\nEXPOSE \"80\" 81/udp\n");
    assert_eq!(model.stages[0].exposed.list(), ["80/tcp", "81/udp"]);
}

#[test]
fn what_is_wrong_in_a_stage_that_is_not_needed_does_no_harm() {
    let text = "FROM image AS a\nENV A=${B?gone}\nFROM image\nRUN x\n";
    assert_eq!(model(text).errors, []);
    assert_eq!(model(&text.replace("FROM image\nRUN", "FROM a\nRUN")).errors.len(), 1);
}

#[test]
fn exposed_ports_are_expanded_and_split() {
    let model = model("FROM image\nENV P=\"80 443/UDP\"\nEXPOSE $P\n");
    assert_eq!(model.stages[0].exposed.list(), ["80/tcp", "443/udp"]);
}

#[test]
fn a_copy_of_the_user_files_is_not_trailing_where_a_later_one_names_a_user() {
    let trailing =
        |last: &str| model(&format!("FROM image\nCOPY x /etc/\n{last}\n")).stages[0].trailing;
    assert_eq!(trailing("COPY --chown=me src /app"), 1);
    assert_eq!(trailing("COPY --chown=1:2 src /app"), 0);
    assert_eq!(trailing("USER 5\nWORKDIR /w"), 0);
    assert_eq!(trailing("USER me\nWORKDIR /w"), 1);
}

#[test]
fn a_mount_without_a_target_is_at_the_working_directory() {
    let text = "FROM image\nRUN --mount=type=bind x\nWORKDIR /\nRUN --mount=type=cache y\n";
    let model = model(text);
    assert_eq!(runs(&model)[0].binds().next().unwrap().target, "/base");
    assert_eq!(model.errors[0].message, "invalid mount target \"/\"");
    assert_eq!(parse(text).errors, []);
}
