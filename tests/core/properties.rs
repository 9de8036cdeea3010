//! What holds for every text.

use livepush_core::diagnostic::{AnalyzeOptions, analyze};
use livepush_core::dockerfile::{CommentPlace, Dockerfile, Instruction, Span, parse};
use livepush_core::expand::expand;
use livepush_core::live::generate;
use proptest::prelude::*;

/// Pieces of which Dockerfiles are made, so that random texts reach every corner.
fn piece() -> impl Strategy<Value = String> {
    let fixed = prop::sample::select(vec![
        "FROM a\n",
        "FROM a AS b\n",
        "from --platform=x b\n",
        "RUN ",
        "RUN a\n",
        "COPY a /b\n",
        "COPY --from=b ",
        "ADD ",
        "ENV a=1 ",
        "ENV a ",
        "ARG x\n",
        "CMD [\"x\"]\n",
        "CMD x\n",
        "LABEL ",
        "ONBUILD ",
        "HEALTHCHECK ",
        "SHELL [\"s\"]\n",
        "<<EOF",
        "<<-E",
        "<<'E F'",
        "<< X",
        "\nEOF\n",
        "\n\tE\n",
        "\\\n",
        "`\n",
        "\\",
        "`",
        "\n",
        "\r\n",
        "\r",
        " ",
        "\t",
        "\"",
        "'",
        "$x",
        "${x:-",
        "}",
        "[\"",
        "\"]",
        ", ",
        "--",
        "--mount=type=",
        "# c\n",
        "#dev-cmd-live=x\n",
        "#dev-run=y\n",
        "# dev-copy = a b \\\n",
        "#dev-env=A=1\n",
        "#dev-foo=1\n",
        "#livecmd-marker=1\n",
        "# escape=`\n",
        "# syntax=x\n",
        "\u{feff}",
        "é",
        "😀",
        "\u{0}",
        "\u{a0}",
        "\u{85}",
        "EXPOSE 80\n",
        "USER u\n",
        "WORKDIR /w\n",
        "ENTRYPOINT e\n",
        "VOLUME /v\n",
        "STOPSIGNAL 9\n",
    ])
    .prop_map(str::to_owned);
    prop_oneof![8 => fixed, 1 => "\\PC{0,6}"]
}

fn text() -> impl Strategy<Value = String> {
    prop::collection::vec(piece(), 0..40).prop_map(|pieces| pieces.concat())
}

/// A Dockerfile that Docker reads without complaint.
fn valid() -> impl Strategy<Value = String> {
    let line = prop::sample::select(vec![
        "RUN a \\\n  # c\n\n  b\n",
        "RUN <<E\nx\n# y\nE\n",
        "RUN [\"a\", \"b c\"]\n",
        "COPY --chown=1 a b /c\n",
        "COPY <<A <<-B /d/\nx\nA\n\ty\n\tB\n",
        "ENV a=1 b=\"2 3\"\n",
        "ENV a 1  2\n",
        "ARG x=1 y\n",
        "LABEL l=1\n",
        "CMD x\n",
        "CMD [\"x\"]\n",
        "#dev-run=z\n",
        "#dev-env=A=1\n",
        "#dev-copy=a /b\n",
        "# comment\n",
        "\n",
        "FROM b AS c\n",
        "EXPOSE 80\n",
        "HEALTHCHECK --retries=1 CMD x\n",
        "ONBUILD RUN y\n",
        "USER u\n",
        "RUN --mount=type=cache,target=/c z\n",
        "SHELL [\"s\"]\n",
        "WORKDIR /w w\n",
        "ENTRYPOINT [\"e\"]\n",
    ]);
    let lines = prop::collection::vec(line, 0..12).prop_map(|lines| lines.concat());
    let live = prop::sample::select(vec!["", "#dev-cmd-live=npm start\n"]);
    (lines.clone(), live, lines)
        .prop_map(|(before, live, after)| format!("FROM a\n{before}{live}{after}"))
}

fn inside(outer: Span, inner: Span) -> bool {
    outer.start <= inner.start && inner.end <= outer.end
}

fn check_span(file: &Dockerfile, span: Span) {
    assert!(span.start <= span.end, "{span:?}");
    assert!(file.text.get(span.start..span.end).is_some(), "{span:?} in {:?}", file.text);
}

fn check_instruction(file: &Dockerfile, instruction: &Instruction) {
    check_span(file, instruction.span);
    let words = instruction.arguments.words().iter().map(|word| word.span);
    let heredocs = instruction.heredocs.iter().flat_map(|one| [one.word, one.span]);
    let flags = instruction.flags.iter().map(|flag| flag.span);
    for span in words.chain(flags).chain(heredocs).chain([instruction.keyword_span]) {
        check_span(file, span);
        // A body without an end has the end of the last line, too; one that nothing follows begins behind it.
        let text = file.text[span.start..span.end].trim_end_matches(['\r', '\n']);
        let inner = Span::new(span.start, span.start + text.len());
        assert!(
            inside(instruction.span, inner) || inner.is_empty(),
            "{span:?} outside of {instruction:#?}"
        );
    }
}

/// Every line is blank, a comment, a parser directive or part of one instruction.
fn check_cover(file: &Dockerfile) {
    let mut covered = vec![0_u32; file.index.count()];
    let lines = |span: Span| file.index.line(span.start)..=file.index.line(span.end);
    let own = file.comments.iter().filter(|one| one.place == CommentPlace::Own);
    let spans = own
        .map(|one| one.span)
        .chain(file.directives.iter().map(|one| one.span))
        .chain(file.instructions.iter().map(|one| one.span));
    for span in spans {
        lines(span).for_each(|line| covered[line] += 1);
    }
    for (line, times) in covered.iter().enumerate() {
        let span = file.index.span(line);
        let text = file.text[span.start..span.end].trim_start_matches('\u{feff}').trim();
        let refused = file.errors.iter().any(|one| file.index.line(one.span.start) == line);
        assert!(*times <= 1, "line {line} twice in {:?}", file.text);
        assert!(
            *times == 1 || text.is_empty() || refused,
            "line {line} is nobody's in {:?}",
            file.text
        );
    }
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn spans_lie_in_the_text_and_cover_it(text in text()) {
        let file = parse(&text);
        file.instructions.iter().for_each(|one| check_instruction(&file, one));
        file.errors.iter().for_each(|one| check_span(&file, one.span));
        file.comments.iter().for_each(|one| check_span(&file, one.span));
        check_cover(&file);
    }

    #[test]
    fn any_text_is_read(text in any::<String>()) {
        let file = parse(&text);
        file.instructions.iter().for_each(|one| check_instruction(&file, one));
        let _ = generate(&text);
        let _ = analyze(&text, &AnalyzeOptions::default());
        let env: &[(&str, &str)] = &[("x", "value")];
        let _ = expand(&text, env, '\\');
    }

    #[test]
    fn findings_and_their_edits_lie_in_the_text(text in text()) {
        for found in analyze(&text, &AnalyzeOptions::default()) {
            prop_assert!(text.get(found.span.start..found.span.end).is_some(), "{found:?}");
            for edit in found.fixes.iter().flat_map(|fix| &fix.edits) {
                prop_assert!(text.get(edit.span.start..edit.span.end).is_some(), "{found:?}");
            }
        }
    }

    #[test]
    fn generating_again_changes_nothing(text in valid()) {
        if let Ok(live) = generate(&text) {
            let again = generate(&live.text).expect("it was generated");
            prop_assert_eq!(&again.text, &live.text);
            prop_assert_eq!(live.line_map.len(), live.text.lines().count());
            // What a line that was kept says is what its original says.
            let original: Vec<&str> = text.lines().collect();
            for (line, number) in live.text.lines().zip(&live.line_map) {
                let written = original[*number as usize - 1];
                prop_assert!(line == written || written.contains("dev-"), "{line:?} from {written:?}");
            }
        }
    }

    #[test]
    fn what_was_read_can_be_written_and_read_again(text in valid()) {
        let file = parse(&text);
        prop_assert_eq!(&file.errors, &[]);
        let printed: String = file.instructions.iter().map(print).collect();
        let again = parse(&printed);
        prop_assert_eq!(&again.errors, &[], "{}", printed);
        prop_assert_eq!(file.instructions.len(), again.instructions.len());
        for (one, other) in file.instructions.iter().zip(&again.instructions) {
            prop_assert_eq!(meaning(one), meaning(other));
        }
    }
}

/// An instruction on one line with its heredocs below.
fn print(instruction: &Instruction) -> String {
    let mut text = format!("{}\n", instruction.original);
    for heredoc in &instruction.heredocs {
        text.extend([heredoc.body.as_str(), heredoc.name.as_str(), "\n"]);
    }
    text
}

/// All of it but places.
fn meaning(instruction: &Instruction) -> (String, Vec<String>, Vec<String>, Vec<String>) {
    (
        instruction.keyword.clone(),
        instruction.flags.iter().map(|flag| format!("{}={:?}", flag.name, flag.value)).collect(),
        instruction.arguments.words().iter().map(|word| word.text.clone()).collect(),
        instruction.heredocs.iter().map(|one| format!("{}:{}", one.name, one.body)).collect(),
    )
}
