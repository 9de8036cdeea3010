//! Limits that no Dockerfile of practical use meets, each reported with its place.

use livepush_core::dockerfile::{LARGEST, MOST_INSTRUCTIONS, parse};
use livepush_core::expand::{ExpandLimit, ExpandReason, expand};
use livepush_core::live::generate;
use livepush_core::pattern::{Ignore, IgnoreReason, MOST_PATTERNS};
use livepush_core::stage::{Model, Options, Places, StepKind, build};

fn model(text: &str) -> Model {
    build(&parse(text), &Places::default(), &Options::default(), &[].into())
}

#[test]
fn a_dockerfile_that_is_too_large_is_refused_as_a_whole() {
    let text = format!("FROM a\n#dev-run=x\n{}", "RUN x\n".repeat(LARGEST / 6));
    let file = parse(&text);
    assert_eq!(file.instructions, []);
    assert_eq!(file.errors.len(), 1);
    assert_eq!(file.errors[0].message, "the Dockerfile is larger than 1 MiB");
    assert_eq!(file.errors[0].span.end, "FROM a".len());
    assert_eq!(generate(&text).expect("it is left alone").text, text);
}

#[test]
fn one_instruction_too_many_is_refused_where_it_stands() {
    let file = parse(&format!("FROM a\n{}", "RUN x\n".repeat(MOST_INSTRUCTIONS)));
    assert_eq!(file.instructions.len(), MOST_INSTRUCTIONS);
    assert_eq!(file.index.line(file.errors[0].span.start), MOST_INSTRUCTIONS);
    assert_eq!(file.errors[0].message, "more than 10000 instructions");
}

#[test]
fn triggers_count_as_instructions_of_each_stage_that_they_run_in() {
    let text = format!("FROM a AS b\n{}{}", "ONBUILD RUN x\n".repeat(200), "FROM b\n".repeat(60));
    let model = model(&text);
    let steps: usize = model.stages.iter().map(|stage| stage.steps.len()).sum();
    assert!(steps <= MOST_INSTRUCTIONS);
    let messages: Vec<&str> = model.errors.iter().map(|error| &*error.message).collect();
    assert_eq!(messages, ["more than 10000 instructions with those that ONBUILD triggers"]);
}

#[test]
fn a_trigger_in_a_trigger_is_refused_however_deep() {
    let file = parse(&format!("FROM a\n{}RUN x\n", "ONBUILD ".repeat(100_000)));
    let message = "Chaining ONBUILD via `ONBUILD ONBUILD` isn't allowed";
    assert!(file.errors.iter().any(|error| error.message == message), "{:?}", file.errors);
}

#[test]
fn arguments_that_double_each_other_end_with_an_error_on_their_line() {
    let double = |at: u32| format!("ARG a{}=$a{at}$a{at}\n", at + 1);
    let chain: String = (0..26).map(double).collect();
    let model = model(&format!("ARG a0=0123456789\n{chain}FROM scratch\n"));
    assert_eq!(model.errors[0].lines, (19, 19));
    assert!(model.errors[0].message.ends_with("it expands to more than 1 MiB"));
    assert_eq!(model.errors[0].remedy, "Set the variable in a RUN, or shorten its value.");
}

#[test]
fn all_values_together_have_a_limit_too() {
    let text = format!("FROM a\nENV a={}\n{}", "x".repeat(60_000), "WORKDIR $a$a\n".repeat(100));
    let message = "the variables of the Dockerfile expand to more than 8 MiB";
    assert!(model(&text).errors.iter().any(|error| error.message.ends_with(message)));
    let long = "${a//x/$a}".repeat(1000);
    let error = expand(&long, &[("a", "x".repeat(2000).as_str())][..], '\\').unwrap_err();
    let limit = ExpandReason::Limit(ExpandLimit::Work);
    assert!([limit, ExpandReason::Limit(ExpandLimit::Length)].contains(&error.reason));
}

#[test]
fn a_directory_that_linux_cannot_name_is_refused() {
    let model = model(&format!("FROM a\n{}", "WORKDIR directory\n".repeat(500)));
    assert_eq!(model.errors[0].lines, (411, 411));
    assert_eq!(model.errors[0].message, "the working directory is longer than 4096 bytes");
    let step = model.stages[0].steps.last().expect("there are some");
    assert!(matches!(&step.kind, StepKind::Workdir(path) if path.len() <= 4096));
}

#[test]
fn an_ignore_file_has_limits_as_well() {
    let reason = |text: &str| Ignore::parse(text).unwrap_err().reason;
    assert_eq!(reason(&"a\n".repeat(MOST_PATTERNS + 1)), IgnoreReason::Count);
    assert_eq!(reason(&"#\n".repeat(1 << 20)), IgnoreReason::Size);
    let deep = Ignore::parse(&format!("{}a\n", "**/".repeat(20_000))).expect("Docker takes it");
    assert!(deep.is_ignored("b/a"));
}
