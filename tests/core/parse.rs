//! Reading Dockerfiles: what was recorded from real builds, and the place of everything.

#[path = "../support/mod.rs"]
mod support;

use livepush_core::dockerfile::{
    Arguments, Command, CommentPlace, Dockerfile, InstructionKind, LineIndex, MountKind, Position,
    Span, parse,
};
use support::reading::{Configured, Mistaken, Running, same_mistake};

#[test]
fn mistakes_are_told_as_recorded_from_docker() {
    let cases: Vec<Mistaken> = support::load("mistakes.json");
    assert!(cases.len() > 90, "only {} cases", cases.len());
    let wrong: Vec<String> = cases
        .iter()
        .map(|case| (case, case.answer()))
        .filter(|(case, ours)| !same_mistake(ours.as_ref(), case.error.as_ref()))
        .map(|(case, ours)| format!("{ours:?} for {case:?}"))
        .collect();
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn instructions_mean_what_was_recorded_from_docker() {
    let cases: Vec<Configured> = support::load("configs.json");
    assert!(cases.len() > 100, "only {} cases", cases.len());
    for case in cases {
        assert_eq!(case.answer().ok(), case.config, "{:?}", case.dockerfile);
    }
}

#[test]
fn commands_are_run_as_recorded_from_docker() {
    let cases: Vec<Running> = support::load("runs.json");
    assert!(cases.len() > 50, "only {} cases", cases.len());
    for case in cases {
        assert_eq!(case.answer().ok(), case.runs, "{:?}", case.dockerfile);
    }
}

fn at(file: &Dockerfile, span: Span) -> &str {
    &file.text[span.start..span.end]
}

/// The kind of the only instruction behind `FROM a`, which Docker accepts.
#[track_caller]
fn kind(instruction: &str) -> InstructionKind {
    let mut file = parse(&format!("FROM a\n{instruction}\n"));
    assert_eq!(file.errors, [], "{instruction}");
    assert_eq!(file.instructions.len(), 2, "{instruction}");
    file.instructions.remove(1).kind
}

#[track_caller]
fn error(text: &str) -> (String, String) {
    let file = parse(text);
    let [error] = file.errors.as_slice() else { panic!("{text:?}: {:#?}", file.errors) };
    assert!(!error.remedy.is_empty());
    (at(&file, error.span).to_owned(), error.message.clone())
}

#[test]
fn every_word_and_flag_knows_its_place() {
    let text = "FROM --platform=x é AS b\nCOPY --from=b \\\n  # c\n  [\"x\", \\\n \"y\"]\nENV a=1 \\\n b=\"2 3\"\n";
    let file = parse(text);
    let texts = |index: usize| -> Vec<&str> {
        let instruction = &file.instructions[index];
        let flags = instruction.flags.iter().map(|flag| flag.span);
        flags
            .chain(instruction.arguments.words().iter().map(|word| word.span))
            .map(|span| at(&file, span))
            .collect()
    };
    assert_eq!(texts(0), ["--platform=x", "é", "AS", "b"]);
    assert_eq!(texts(1), ["--from=b", "\"x\"", "\"y\""]);
    assert_eq!(texts(2), ["a=1", "b=\"2 3\""]);
    let InstructionKind::Env(pairs) = &file.instructions[2].kind else { panic!("no ENV") };
    assert_eq!((at(&file, pairs[1].key.span), at(&file, pairs[1].value.span)), ("b", "\"2 3\""));
    assert_eq!(file.instructions[1].lines, (2, 5));
    assert_eq!(file.instructions[1].original, "COPY --from=b   [\"x\",  \"y\"]");
}

#[test]
fn an_instruction_spans_its_heredocs() {
    let text = "FROM a\nRUN <<A cat <<'B'\na $x\nA\n# b\nB\nUSER u\n";
    let file = parse(text);
    let run = &file.instructions[1];
    assert_eq!(at(&file, run.span), "RUN <<A cat <<'B'\na $x\nA\n# b\nB");
    assert_eq!(run.lines, (2, 6));
    let heredocs: Vec<_> = run
        .heredocs
        .iter()
        .map(|one| (one.name.as_str(), one.expand, one.body.as_str(), at(&file, one.word)))
        .collect();
    assert_eq!(heredocs, [("A", true, "a $x\n", "<<A"), ("B", false, "# b\n", "<<'B'")]);
    assert_eq!(at(&file, run.heredocs[1].span), "# b\n");
    assert_eq!(file.instructions[2].lines, (7, 7));
}

#[test]
fn columns_are_utf16_units() {
    let text = "FROM a\n😀é x\n";
    let index = LineIndex::new(text);
    let x = text.find(" x").unwrap() + 1;
    assert_eq!(index.position(x), Position { line: 1, column: 4 });
    assert_eq!(index.position(text.len()), Position { line: 2, column: 0 });
}

#[test]
fn comments_know_what_surrounds_them() {
    let text =
        "# syntax=x\n# top\nFROM a\nRUN a \\\n  # inside\n b\nCOPY <<E /x\n#content\nE\n  # own";
    let file = parse(text);
    let comments: Vec<_> =
        file.comments.iter().map(|one| (at(&file, one.span), one.place)).collect();
    assert_eq!(
        comments,
        [
            ("# top", CommentPlace::Own),
            ("# inside", CommentPlace::Continuation),
            ("#content", CommentPlace::Heredoc),
            ("# own", CommentPlace::Own),
        ]
    );
    assert_eq!(file.directives.len(), 1);
}

#[test]
fn parser_directives_stand_at_the_top_only() {
    let names = |text: &str| -> Vec<String> {
        parse(text)
            .directives
            .into_iter()
            .map(|one| format!("{}={}", one.name, one.value))
            .collect()
    };
    assert_eq!(
        names("#Syntax = a b \n# escape=`\n#check=skip=all\nFROM a\n"),
        ["syntax=a b", "escape=`", "check=skip=all"]
    );
    assert_eq!(names("\u{feff}# syntax=a\nFROM a"), ["syntax=a"]);
    assert_eq!(names("\n# syntax=a\nFROM a"), [""; 0]);
    assert_eq!(names("#!x\n# syntax=a\nFROM a"), [""; 0]);
    assert_eq!(names("# a=b\n# syntax=a\nFROM a"), [""; 0]);
}

#[test]
fn the_flags_of_a_copy_have_their_meaning() {
    let InstructionKind::Copy(copy) = kind(
        "COPY --from= --chown=1:2 --chmod=u+x --link --parents=false --exclude=a --exclude=b x y /z",
    ) else {
        panic!("no COPY")
    };
    let texts = |words: &[livepush_core::dockerfile::Word]| -> Vec<String> {
        words.iter().map(|word| word.text.clone()).collect()
    };
    assert_eq!(copy.from, None);
    assert_eq!(copy.chown.map(|word| word.text).as_deref(), Some("1:2"));
    assert_eq!(copy.chmod.map(|word| word.text).as_deref(), Some("u+x"));
    assert!(copy.link && !copy.parents);
    assert_eq!(texts(&copy.exclude), ["a", "b"]);
    assert_eq!(texts(&copy.sources), ["x", "y"]);
    assert_eq!(copy.dest.text, "/z");
}

#[test]
fn heredocs_are_sources_of_a_copy() {
    let text = "FROM a\nCOPY x <<A <<B /z\n1\nA\n2\nB\n";
    let file = parse(text);
    let InstructionKind::Copy(copy) = &file.instructions[1].kind else { panic!("no COPY") };
    assert_eq!(copy.sources.len(), 1);
    assert_eq!(copy.heredocs, [0, 1]);
}

#[test]
fn after_the_first_word_a_flag_is_an_argument() {
    let InstructionKind::Copy(copy) = kind("COPY a --chown=1 b") else { panic!("no COPY") };
    let sources: Vec<_> = copy.sources.iter().map(|word| word.text.as_str()).collect();
    assert_eq!((sources, copy.chown), (vec!["a", "--chown=1"], None));
}

#[test]
fn the_mounts_of_a_run_are_read() {
    let InstructionKind::Run(run) = kind(
        "RUN --mount=type=cache,target=/c,sharing=locked,mode=0700 --mount=from=b,src=/x,dst=y,rw z",
    ) else {
        panic!("no RUN")
    };
    let [cache, bind] = run.mounts.as_slice() else { panic!("{:?}", run.mounts) };
    assert_eq!((cache.kind, cache.mode, cache.readonly), (MountKind::Cache, Some(0o700), false));
    assert_eq!(cache.sharing.as_deref(), Some("locked"));
    assert_eq!((bind.kind, bind.readonly), (MountKind::Bind, false));
    assert_eq!((bind.from.as_deref(), bind.source.as_deref()), (Some("b"), Some("/x")));
    assert_eq!(run.command, Command::Shell("z".into()));
}

#[test]
fn a_mount_is_checked_when_it_is_resolved() {
    let mount = |value: &str| {
        let mut file = parse(&format!("FROM a\nRUN --mount={value} x"));
        let InstructionKind::Run(mut run) = file.instructions.remove(1).kind else {
            panic!("no RUN")
        };
        let env: &[(&str, &str)] = &[("T", "/t"), ("S", "1k")];
        run.mounts.remove(0).resolve(&|word| livepush_core::expand::expand(word, env, '\\'))
    };
    let resolved = mount("type=tmpfs,target=$T,size=$S").unwrap();
    assert_eq!((resolved.target.as_deref(), resolved.size), (Some("/t"), Some(1024)));
    assert!(mount("target=/a,ro").unwrap().readonly);
    assert!(!mount("target=/a,readonly=false").unwrap().readonly);
    for (value, message) in [
        ("type=foo", "unsupported mount type \"foo\""),
        ("foo", "invalid field 'foo' must be a key=value pair"),
        ("tagret=/x", "unexpected key 'tagret' in 'tagret=/x' (did you mean target?)"),
        ("required=true", "unexpected key 'required' for mount type 'bind'"),
        ("mode=0700", "mode not allowed for \"bind\" type mounts"),
        ("type=cache,mode=9", "invalid value 9 for mode"),
        ("type=secret", "invalid secret mount. one of source, target required"),
        ("type=cache,sharing=x", "unsupported sharing value \"x\""),
        ("ro=maybe", "invalid value for ro: maybe"),
    ] {
        assert_eq!(mount(value).unwrap_err(), message, "{value}");
    }
}

#[test]
fn a_script_with_a_first_line_of_its_own_is_a_program() {
    assert_eq!(kind("RUN <<-S\n\t#!/bin/x\n\ty\n\tS"), kind("RUN <<-S\n\t#!/bin/x\n\ty\n\tS"),);
    let InstructionKind::Run(run) = kind("RUN <<S\n#!/bin/x\ny\nS") else { panic!("no RUN") };
    assert_eq!(run.command, Command::Script { name: "S".into(), body: "#!/bin/x\ny\n".into() });
}

#[test]
fn a_blank_in_front_of_a_delimiter_counts_only_with_an_end() {
    let InstructionKind::Run(run) = kind("RUN x=$(( 1 << 2 ))") else { panic!("no RUN") };
    assert_eq!(run.command, Command::Shell("x=$(( 1 << 2 ))".into()));
    let InstructionKind::Run(run) = kind("RUN << EOF\nx\nEOF") else { panic!("no RUN") };
    assert_eq!(run.command, Command::Shell("x\n".into()));
}

#[test]
fn a_mistake_points_at_its_word() {
    for (instruction, word) in [
        ("COPY --form=x a b", "--form=x"),
        ("ENV a=1 b", "b"),
        ("FROM x AS 1y", "1y"),
        ("HEALTHCHECK --interval=5 CMD x", "--interval=5"),
        ("RNU x", "RNU"),
        ("COPY a", "a"),
        ("COPY", "COPY"),
        ("COPY a <<E\nE", "<<E"),
    ] {
        assert_eq!(error(&format!("FROM a\n{instruction}\n")).0, word, "{instruction}");
    }
}

#[test]
fn reading_goes_on_after_a_mistake() {
    let file = parse("FROM a\nFOO x\nCOPY a\nRUN b\nENV\nUSER u\n");
    assert_eq!(file.errors.len(), 3, "{:#?}", file.errors);
    let keywords: Vec<_> = file.instructions.iter().map(|one| one.keyword.as_str()).collect();
    assert_eq!(keywords, ["FROM", "FOO", "COPY", "RUN", "ENV", "USER"]);
    assert_eq!(file.instructions[1].kind, InstructionKind::Invalid);
    assert!(matches!(file.instructions[3].kind, InstructionKind::Run(_)));
}

#[test]
fn a_heredoc_without_an_end_stops_at_the_next_instruction() {
    let file = parse("FROM a\nRUN <<EOF\nx\nCOPY b /c\n");
    assert_eq!(file.errors.len(), 1);
    assert_eq!(file.errors[0].message, "unterminated heredoc");
    assert_eq!(at(&file, file.errors[0].span), "<<EOF");
    assert!(matches!(file.instructions[2].kind, InstructionKind::Copy(_)));
}

/// Not asked of a real Docker: the daemon of Docker 26 ends with a panic on such a file.
#[test]
fn a_file_of_arguments_only_has_no_stages() {
    assert_eq!(error("ARG A\nARG B=1\n").1, "dockerfile contains no stages to build");
}

#[test]
fn a_line_can_be_too_long() {
    let fits = format!("FROM a\nLABEL a={}\n", "x".repeat(65_535 - 8));
    assert_eq!(parse(&fits).errors, []);
    let long = fits.replace("a=x", "a=xx");
    assert_eq!(error(&long).1, "dockerfile line greater than max allowed size of 65535");
}

#[test]
fn what_follows_a_json_array_makes_it_text() {
    let file = parse("FROM a\nCMD [\"a\"] x\n");
    assert!(matches!(file.instructions[1].arguments, Arguments::Text(_)));
}

#[test]
fn triggers_are_read_but_not_checked_before_their_time() {
    let InstructionKind::Onbuild(inner) = kind("ONBUILD COPY a b") else { panic!("no ONBUILD") };
    assert!(matches!(inner.kind, InstructionKind::Copy(_)));
    let InstructionKind::Onbuild(inner) = kind("ONBUILD FOO x") else { panic!("no ONBUILD") };
    assert_eq!(inner.kind, InstructionKind::Invalid);
}
