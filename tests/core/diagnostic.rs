//! What is found in a Dockerfile, where, and what its fix makes of the text.

use livepush_core::diagnostic::{AnalyzeOptions, Context, Diagnostic, Severity, analyze};

fn all(text: &str) -> Vec<Diagnostic> {
    analyze(text, &AnalyzeOptions::default())
}

/// The only finding with this code.
#[track_caller]
fn the(code: &str, text: &str) -> Diagnostic {
    let mut found = all(text);
    found.retain(|diagnostic| diagnostic.code == code);
    assert_eq!(found.len(), 1, "{code} in {text:?}: {:#?}", all(text));
    found.remove(0)
}

#[track_caller]
fn nothing(code: &str, text: &str) {
    assert!(all(text).iter().all(|diagnostic| diagnostic.code != code), "{:#?}", all(text));
}

fn marked<'a>(diagnostic: &Diagnostic, text: &'a str) -> &'a str {
    &text[diagnostic.span.start..diagnostic.span.end]
}

/// The text after the only fix.
#[track_caller]
fn fixed(diagnostic: &Diagnostic, text: &str) -> String {
    let [fix] = diagnostic.fixes.as_slice() else { panic!("one fix: {diagnostic:#?}") };
    let mut edits = fix.edits.clone();
    edits.sort_by_key(|edit| std::cmp::Reverse(edit.span));
    let mut text = text.to_owned();
    for edit in edits {
        text.replace_range(edit.span.start..edit.span.end, &edit.text);
    }
    text
}

#[test]
fn a_clean_file_has_no_findings() {
    let text = "FROM node:20\nWORKDIR /app\nCOPY package.json ./\nRUN npm install\n\
        #dev-cmd-live=npm run watch\nCOPY . .\n# dev dependencies are not installed\n";
    assert_eq!(all(text), []);
}

#[test]
fn a_misspelt_directive_is_changed_to_the_nearest() {
    let text = "FROM a\n#dev-cmd-livee=x\n";
    let found = the("unknown-directive", text);
    assert_eq!(marked(&found, text), "dev-cmd-livee");
    assert_eq!(fixed(&found, text), "FROM a\n#dev-cmd-live=x\n");
}

#[test]
fn an_unknown_directive_without_a_near_name_has_no_fix() {
    assert_eq!(the("unknown-directive", "FROM a\n#dev-something=x\n").fixes, []);
}

#[test]
fn a_directive_without_equals_gets_one() {
    let text = "FROM a\n# dev-run npm ci\n";
    assert_eq!(fixed(&the("unknown-directive", text), text), "FROM a\n# dev-run=npm ci\n");
}

#[test]
fn prose_about_dev_things_is_no_directive() {
    nothing("unknown-directive", "FROM a\n# dev-dependencies go here\n# please dev-run=x\n");
}

#[test]
fn an_empty_directive_can_be_removed() {
    let text = "FROM a\n#dev-run=  \nRUN x\n";
    assert_eq!(fixed(&the("empty-directive", text), text), "FROM a\nRUN x\n");
}

#[test]
fn blanks_before_the_equals_are_removed() {
    let text = "FROM a\n#dev-run = x\n";
    let found = the("directive-spacing", text);
    assert_eq!(found.severity, Severity::Information);
    assert_eq!(fixed(&found, text), "FROM a\n#dev-run=x\n");
}

#[test]
fn an_escape_at_the_end_of_a_directive_is_removed() {
    let text = "FROM a\n#dev-run=x \\\nRUN y\n";
    let found = the("directive-continuation", text);
    assert_eq!(fixed(&found, text), "FROM a\n#dev-run=x\nRUN y\n");
}

#[test]
fn a_directive_before_from_moves_below_it() {
    let text = "#dev-run=x\nFROM a\nRUN y\n";
    let found = the("directive-before-from", text);
    assert_eq!(found.severity, Severity::Error);
    assert_eq!(fixed(&found, text), "FROM a\n#dev-run=x\nRUN y\n");
}

#[test]
fn a_directive_inside_an_instruction_moves_above_it() {
    let text = "FROM a\nRUN x && \\\n  #dev-run=z\n  y\n";
    let found = the("misplaced-directive", text);
    assert_eq!(fixed(&found, text), "FROM a\n#dev-run=z\nRUN x && \\\n  y\n");
}

#[test]
fn a_directive_in_a_heredoc_does_nothing() {
    let found = the("misplaced-directive", "FROM a\nRUN <<EOF\n#dev-run=z\nEOF\n");
    assert!(found.message.contains("heredoc"), "{}", found.message);
}

#[test]
fn a_second_live_command_points_to_the_first() {
    let text = "FROM a\n#dev-cmd-live=x\nFROM b\n#dev-cmd-live=y\n";
    let found = the("second-live-command", text);
    assert_eq!(marked(&found, text), "#dev-cmd-live=y");
    let first = &found.related[0].span;
    assert_eq!(&text[first.start..first.end], "#dev-cmd-live=x");
    assert_eq!(fixed(&found, text), "FROM a\n#dev-cmd-live=x\nFROM b\n");
}

#[test]
fn a_directive_must_become_a_valid_instruction() {
    for (line, words) in [
        ("#dev-copy=a", "at least two arguments"),
        ("#dev-copy=--form=x a b", "did you mean from?"),
        ("#dev-env=A", "must have two arguments"),
        ("#dev-run=cat <<EOF", "heredoc"),
        ("#dev-run=--mont=x y", "did you mean mount?"),
    ] {
        let text = format!("FROM a\n{line}\n");
        let found = the("invalid-directive", &text);
        assert!(found.message.contains(words), "{line}: {}", found.message);
        assert_eq!(found.severity, Severity::Error);
    }
    nothing(
        "invalid-directive",
        "FROM a\n#dev-copy= --from=b / /x\n#dev-env=A=1 B=2\n#dev-run=x\n",
    );
}

#[test]
fn a_directive_above_parser_directives_hides_them() {
    let text = "#dev-run=x\n# syntax=docker/dockerfile:1\nFROM a\n";
    let found = the("hidden-parser-directive", text);
    assert_eq!(fixed(&found, text), "# syntax=docker/dockerfile:1\n#dev-run=x\nFROM a\n");
}

#[test]
fn with_experimental_checks_a_directive_is_no_description() {
    let text = "# check=experimental=all\nFROM a\n#dev-run=x\nARG V\n";
    let found = the("definition-comment", text);
    assert_eq!(fixed(&found, text), "# check=experimental=all\nFROM a\n#dev-run=x\n\nARG V\n");
    nothing("definition-comment", "FROM a\n#dev-run=x\nARG V\n");
}

#[test]
fn what_the_live_dockerfile_leaves_out_is_faded() {
    let text = "FROM a\nCMD x\n#dev-cmd-live=y\nRUN z\nFROM b\nRUN q\n";
    for (code, span) in
        [("dropped-cmd", "CMD x"), ("dropped-run", "RUN z"), ("cut-stage", "FROM b\nRUN q")]
    {
        let found = the(code, text);
        assert_eq!(marked(&found, text), span);
        assert!(found.unnecessary && found.severity == Severity::Hint);
    }
}

#[test]
fn an_entrypoint_in_shell_form_swallows_the_live_command() {
    let text = "FROM a\nENTRYPOINT run me\n#dev-cmd-live=y\n";
    let found = the("entrypoint-swallows-command", text);
    assert_eq!(found.severity, Severity::Warning);
    assert_eq!(marked(&found, text), "ENTRYPOINT run me");
}

#[test]
fn an_entrypoint_that_is_a_program_takes_the_command_for_its_arguments() {
    for (entrypoint, found) in [
        (r#"["node", "x.js"]"#, true),
        (r#"["/docker-entrypoint.sh"]"#, false),
        (r#"["tini", "--"]"#, false),
        ("[]", false),
    ] {
        let text = format!("FROM a\nENTRYPOINT {entrypoint}\n#dev-cmd-live=y\n");
        let code = "entrypoint-swallows-command";
        assert_eq!(all(&text).iter().any(|one| one.code == code), found, "{entrypoint}");
    }
}

#[test]
fn an_entrypoint_is_inherited_from_a_stage_and_from_an_image() {
    let code = "entrypoint-swallows-command";
    the(code, "FROM a AS base\nENTRYPOINT x\nFROM base\n#dev-cmd-live=y\n");
    let options = AnalyzeOptions {
        entrypoints: vec![("a".into(), vec!["/bin/sh".into(), "-c".into(), "x".into()])],
        ..AnalyzeOptions::default()
    };
    let found = analyze("FROM a\n#dev-cmd-live=y\n", &options);
    assert_eq!(found.len(), 1, "{found:#?}");
    assert_eq!((found[0].code, found[0].severity), (code, Severity::Warning));
}

fn in_context(text: &str, dockerignore: &str) -> Vec<(&'static str, String)> {
    let paths = ["src", "src/a.js", "docs", "docs/b.md", "package.json"];
    let options = AnalyzeOptions {
        context: Some(Context {
            paths: paths.map(str::to_owned).to_vec(),
            dockerignore: dockerignore.to_owned(),
        }),
        ..AnalyzeOptions::default()
    };
    let found = analyze(text, &options).into_iter();
    found.map(|one| (one.code, text[one.span.start..one.span.end].to_owned())).collect()
}

#[test]
fn a_source_that_is_not_in_the_context_is_found() {
    assert_eq!(in_context("FROM a\nCOPY src ./package.json /docs/*.md . /x/\n", ""), []);
    assert_eq!(
        in_context("FROM a\nARG D=nope\nCOPY src lib *.ts $D /x/\n", ""),
        ["lib", "*.ts", "$D"].map(|word| ("copy-source-missing", word.to_owned()))
    );
    assert_eq!(
        in_context("FROM a AS b\nFROM b\nCOPY --from=b lib /x/\n#dev-copy=lib /y/\n", ""),
        [("copy-source-missing", "#dev-copy=lib /y/".to_owned())]
    );
}

#[test]
fn an_ignored_source_is_found() {
    assert_eq!(
        in_context("FROM a\nCOPY src docs /x/\n", "docs\n"),
        [("copy-source-ignored", "docs".to_owned())]
    );
    assert_eq!(in_context("FROM a\nCOPY docs /x/\n", "docs\n!docs/b.md\n"), []);
}

#[test]
fn steps_that_need_a_rebuild_are_named() {
    let text = "# syntax=docker/dockerfile:1-labs\nFROM a\nADD http://h/x /x\nRUN --security=insecure y\nRUN z\n";
    let found = all(text);
    let codes: Vec<_> = found.iter().map(|one| (one.code, marked(one, text))).collect();
    assert_eq!(
        codes,
        [("not-in-place", "ADD http://h/x /x"), ("not-in-place", "RUN --security=insecure y")]
    );
}

#[test]
fn a_run_that_depends_on_the_time_or_on_chance_is_named() {
    for run in [
        "date > /x",
        "a && echo $(date -u +%F) >> /etc/build",
        "x; uuidgen > /etc/machine-id",
        "head -c 8 /dev/urandom > /k",
        "echo \"${RANDOM}\" > /k",
        "openssl rand -hex 16 > /k",
        "sed -i \"s/TIME/`date`/\" /f",
    ] {
        the("unrepeatable-run", &format!("FROM a\nRUN {run}\n"));
    }
    for run in [
        "apt-get update",
        "echo date > /x",
        "npm run update-date > /x",
        "./date.sh > /x",
        // What stays in the image is the same each time.
        "d=\"$(mktemp -d)\"; curl x > $d/y; rm -rf \"$d\"",
        "export GNUPGHOME=\"$(mktemp -d)\" && gpg --import k > /x && rm -rf $GNUPGHOME",
        "date -d @$SOURCE_DATE_EPOCH > /x",
        "date --date=\"@0\" +%F > /x",
        "touch -d \"$(date -r f)\" g > /x",
        "for key in $(shuf -e a b c); do gpg --recv $key > /x && break; done",
        "echo $(date)",
        "date; apt-get update > /dev/null 2>&1",
        "date >&2",
        "id=$(uuidgen --sha1 -n @dns -N x); echo $id > /x",
    ] {
        nothing("unrepeatable-run", &format!("FROM a\nRUN {run}\n"));
    }
}

#[test]
fn a_file_that_docker_cannot_read_gets_findings_on_directives_only() {
    let found = all("FROM a\nFOO\n#dev-cmd-live=x\nRUN date\n#dev-runn=y\n");
    let codes: Vec<_> = found.iter().map(|one| one.code).collect();
    assert_eq!(codes, ["unknown-directive"]);
}
