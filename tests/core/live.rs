//! The live Dockerfile.

use livepush_core::dockerfile::parse;
use livepush_core::live::{LiveError, generate, live_command};

#[track_caller]
fn live(text: &str) -> String {
    let live = generate(text).expect("a live Dockerfile");
    assert_eq!(live.text.lines().count(), live.line_map.len(), "{:?}", live.text);
    let again = generate(&live.text).expect("a live Dockerfile of the live Dockerfile");
    assert_eq!(again.text, live.text, "generating again changes nothing");
    live.text
}

#[test]
fn a_file_without_directives_stays_as_it_is() {
    for text in ["FROM a\nRUN x\nCMD y", "", "FROM a\r\n# c\r\n\r\nFROM b", "#dev-x=y\nFROM a\n"] {
        assert_eq!(live(text), text);
        assert!(!generate(text).unwrap().has_directives);
    }
}

#[test]
fn the_live_command_replaces_every_cmd() {
    assert_eq!(
        live("FROM a\nCMD one\nCOPY . .\n#dev-cmd-live=npm run watch\nCMD [\"two\"]\n"),
        "FROM a\nCOPY . .\n#livecmd-marker=1\nCMD npm run watch\n"
    );
}

#[test]
fn commands_of_earlier_stages_go_too() {
    assert_eq!(
        live("FROM a\nCMD one\nFROM b\n#dev-cmd-live=x\n"),
        "FROM a\nFROM b\n#livecmd-marker=1\nCMD x\n"
    );
}

#[test]
fn a_run_after_the_live_command_is_dropped_with_all_its_lines() {
    assert_eq!(
        live(
            "FROM a\nRUN 1\n#dev-cmd-live=x\nRUN 2 \\\n # inside\n && 3\n# kept\nRUN <<E\n4\nE\nCOPY . .\n"
        ),
        "FROM a\nRUN 1\n#livecmd-marker=1\nCMD x\n# kept\nCOPY . .\n"
    );
}

#[test]
fn what_is_neither_run_nor_cmd_stays_after_the_live_command() {
    let rest = "COPY a b\nADD a b\nENV A=1\nARG B\nWORKDIR /\nUSER u\nSHELL [\"s\"]\nENTRYPOINT e\nVOLUME /v\n\
        EXPOSE 1\nLABEL l=1\nHEALTHCHECK NONE\nSTOPSIGNAL 9\nONBUILD RUN x\n";
    assert_eq!(
        live(&format!("FROM a\n#dev-cmd-live=x\n{rest}")),
        format!("FROM a\n#livecmd-marker=1\nCMD x\n{rest}")
    );
}

#[test]
fn stages_after_the_live_command_are_cut() {
    assert_eq!(
        live("FROM a AS b\n#dev-cmd-live=x\nCOPY . .\n# about c\nFROM c\nCOPY --from=b / /\n"),
        "FROM a AS b\n#livecmd-marker=1\nCMD x\nCOPY . .\n# about c\n"
    );
}

#[test]
fn other_directives_become_instructions_in_place() {
    assert_eq!(
        live(
            "FROM a\nRUN 1\n#dev-run=apk add x\n  # dev-env = A=1 B=2\n##DEV-COPY= --from=t / /d\nCMD y\n"
        ),
        "FROM a\nRUN 1\nRUN apk add x\n  ENV A=1 B=2\nCOPY --from=t / /d\nCMD y\n"
    );
}

#[test]
fn a_dev_env_alone_counts() {
    assert_eq!(live("FROM a\n#dev-env=A=1"), "FROM a\nENV A=1");
}

#[test]
fn a_dev_run_after_the_live_command_stays() {
    assert_eq!(
        live("FROM a\n#dev-cmd-live=x\n#dev-run=y\nRUN z\n"),
        "FROM a\n#livecmd-marker=1\nCMD x\nRUN y\n"
    );
}

#[test]
fn everything_else_stays_byte_for_byte() {
    let text = "# syntax=docker/dockerfile:1\n# escape=`\n\n# about\nFROM  a `\n  AS b\n\tRUN x\n#dev-run=y\n\nLABEL a=\" \"\n";
    assert_eq!(live(text), text.replace("#dev-run=y", "RUN y"));
}

#[test]
fn line_ends_stay() {
    assert_eq!(
        live("FROM a\r\n#dev-cmd-live=x\r\nCOPY . .\r\n"),
        "FROM a\r\n#livecmd-marker=1\r\nCMD x\r\nCOPY . .\r\n"
    );
    assert_eq!(live("FROM a\r\n#dev-cmd-live=x"), "FROM a\r\n#livecmd-marker=1\r\nCMD x");
    assert_eq!(live("FROM a\n  #dev-cmd-live=x"), "FROM a\n  #livecmd-marker=1\n  CMD x");
}

#[test]
fn an_escape_at_the_end_of_a_directive_does_not_swallow_the_next_line() {
    assert_eq!(live("FROM a\n#dev-run=x \\\nCOPY . .\n"), "FROM a\nRUN x\nCOPY . .\n");
}

#[test]
fn a_directive_inside_an_instruction_or_a_heredoc_does_nothing() {
    let text = "FROM a\nRUN x \\\n#dev-run=1\n  y\nCOPY <<E /f\n#dev-run=2\nE\n#dev-cmd-livee=z\n";
    assert_eq!(live(text), text);
}

#[test]
fn each_line_knows_the_line_it_came_from() {
    let text = "FROM a\nCMD 0\nRUN 1\n#dev-cmd-live=x\nRUN 2\nCOPY . .\nFROM b\n";
    let live = generate(text).unwrap();
    assert_eq!(live.text, "FROM a\nRUN 1\n#livecmd-marker=1\nCMD x\nCOPY . .\n");
    assert_eq!(live.line_map, [1, 3, 4, 4, 6]);
    assert_eq!(live.dropped, [1, 3, 5]);
}

#[test]
fn a_second_live_command_is_refused_in_whatever_stage() {
    let error = generate("FROM a\n#dev-cmd-live=x\nFROM b\n#dev-cmd-live=y\n").unwrap_err();
    assert!(matches!(error, LiveError::SecondLiveCommand { line: 4, first: 2, .. }), "{error:?}");
    assert!(error.to_string().starts_with("line 4: only one #dev-cmd-live="), "{error}");
}

#[test]
fn a_directive_before_the_first_stage_is_refused() {
    for name in ["dev-cmd-live", "dev-run", "dev-copy", "dev-env"] {
        let error = generate(&format!("ARG A\n#{name}=x\nFROM a\n")).unwrap_err();
        assert!(matches!(error, LiveError::BeforeFirstStage { line: 2, .. }), "{error:?}");
    }
}

#[test]
fn the_live_command_is_found_in_either_form() {
    let text = "FROM a\nRUN 1\n#dev-cmd-live=x\nCOPY . .\n";
    assert_eq!(live_command(&parse(text)), Some(2));
    assert_eq!(live_command(&parse(&live(text))), Some(2));
    assert_eq!(live_command(&parse("FROM a\n")), None);
}

#[test]
fn a_marker_that_a_person_wrote_is_the_live_command() {
    assert_eq!(
        live("FROM a\nCMD 1\n#livecmd-marker=1\nCMD 2\n#dev-run=x\nRUN y\nFROM b\n"),
        "FROM a\n#livecmd-marker=1\nCMD 2\nRUN x\n"
    );
}
