//! What holds for every text.

use livepush_core::diagnostic::{AnalyzeOptions, Context, analyze};
use livepush_core::dockerfile::{Dockerfile, Span, parse};
use livepush_core::expand::{Budget, expand, expand_heredoc, expand_words};
use livepush_core::live::generate;

/// Panics if something does not hold.
pub(crate) fn all(text: &str) {
    let file = parse(text);
    spans(&file);
    live(text);
    findings(text);
    let env: &[(&str, &str)] = &[("x", "a/b\nc*"), ("a", ""), ("P", "linux")];
    for escape in ['\\', '`'] {
        let one = expand(text, env, escape);
        let words = expand_words(&Budget::default(), text, env, escape);
        assert_eq!(one.is_ok(), words.is_ok(), "both read the same text");
    }
    let _ = expand_heredoc(&Budget::default(), text, env);
}

fn spans(file: &Dockerfile) {
    let check = |span: Span| {
        assert!(file.text.get(span.start..span.end).is_some(), "{span:?}");
        let range = file.index.range(span);
        assert!(range.start <= range.end, "{range:?}");
    };
    for instruction in &file.instructions {
        check(instruction.span);
        check(instruction.keyword_span);
        instruction.arguments.words().iter().for_each(|word| check(word.span));
        instruction.flags.iter().for_each(|flag| check(flag.span));
        instruction.heredocs.iter().for_each(|one| check(one.span));
        instruction.heredocs.iter().for_each(|one| check(one.word));
        assert!(instruction.lines.0 <= instruction.lines.1, "{:?}", instruction.lines);
    }
    file.comments.iter().for_each(|comment| check(comment.span));
    file.errors.iter().for_each(|error| check(error.span));
    for pair in file.instructions.windows(2) {
        assert!(pair[0].lines.1 < pair[1].lines.0, "instructions share no line");
    }
}

fn live(text: &str) {
    let Ok(live) = generate(text) else { return };
    let lines = u32::try_from(text.split('\n').count()).expect("few lines");
    assert!(live.line_map.is_sorted(), "{:?}", live.line_map);
    assert!(live.line_map.iter().all(|line| (1..=lines).contains(line)), "{:?}", live.line_map);
    if !live.has_directives {
        assert_eq!(live.text, text);
        return;
    }
    // A file that Docker refuses has no live Dockerfile worth the name.
    if parse(text).errors.is_empty() && parse(&live.text).errors.is_empty() {
        let again = generate(&live.text).expect("it was generated");
        assert_eq!(again.text, live.text, "generating again changes nothing");
    }
}

fn findings(text: &str) {
    let options = AnalyzeOptions {
        context: Some(Context {
            paths: ["a", "b/c", "x.md"].map(str::to_owned).to_vec(),
            dockerignore: "b\n!b/c\n".to_owned(),
        }),
        entrypoints: vec![("a".to_owned(), vec!["sh".to_owned()])],
    };
    for found in analyze(text, &options) {
        let edits = found.fixes.iter().flat_map(|fix| &fix.edits).map(|edit| edit.span);
        let related = found.related.iter().map(|related| related.span);
        for span in edits.chain(related).chain([found.span]) {
            assert!(text.get(span.start..span.end).is_some(), "{found:?}");
        }
        for fix in &found.fixes {
            let mut spans: Vec<Span> = fix.edits.iter().map(|edit| edit.span).collect();
            spans.sort();
            assert!(spans.windows(2).all(|pair| pair[0].end <= pair[1].start), "{fix:?}");
        }
    }
}
