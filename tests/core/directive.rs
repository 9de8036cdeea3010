//! Which comments are directives.

use livepush_core::directive::{DirectiveKind, directives};
use livepush_core::dockerfile::parse;

/// The directive that a line below a FROM is.
fn directive(line: &str) -> Option<(DirectiveKind, String)> {
    let mut found = directives(&parse(&format!("FROM a\n{line}\nRUN z\n")));
    assert!(found.len() <= 1, "{found:?}");
    found.pop().map(|found| (found.kind, found.value))
}

macro_rules! cases {
    ($($name:ident: $line:expr => $kind:ident $value:expr;)*) => {
        $(#[test] fn $name() {
            assert_eq!(directive($line), Some((DirectiveKind::$kind, $value.to_owned())));
        })*
    };
}

macro_rules! comments {
    ($($name:ident: $line:expr;)*) => {
        $(#[test] fn $name() { assert_eq!(directive($line), None); })*
    };
}

cases! {
    plain: "#dev-run=x" => Run "x";
    with_a_blank: "# dev-run=x" => Run "x";
    indented_with_a_tab: "  #\tdev-run=x" => Run "x";
    several_hashes: "###dev-run=x" => Run "x";
    upper_case: "#DEV-RUN=x" => Run "x";
    equals_in_front: "#=dev-run=x" => Run "x";
    equals_in_the_value: "#dev-env=A=1 B=2" => Env "A=1 B=2";
    blanks_around_the_equals: "#dev-copy \t= a b" => Copy "a b";
    blanks_at_the_end: "#dev-cmd-live=npm start  " => LiveCommand "npm start";
    quotes_stay: "#dev-cmd-live=\"/x.sh && sleep infinity\"" => LiveCommand "\"/x.sh && sleep infinity\"";
    json: "#dev-cmd-live=[\"a\", \"b\"]" => LiveCommand "[\"a\", \"b\"]";
    variables_in_front: "#dev-cmd-live=LIVEPUSH=1 ./entry.sh" => LiveCommand "LIVEPUSH=1 ./entry.sh";
    escape_at_the_end: "#dev-run=x \\" => Run "x";
    carriage_return_at_the_end: "#dev-run=x\r" => Run "x";
    marker: "#livecmd-marker=anything" => Marker "anything";
}

comments! {
    hash_and_blank_in_front: "# # dev-run=x";
    words_in_front: "# please dev-run=x";
    empty: "#dev-run=";
    nothing_but_blanks: "#dev-run=  ";
    no_equals: "#dev-run x";
    misspelt: "#dev-rum=x";
    not_a_comment: "ENV #dev-run=x";
    inside_a_continuation: "RUN a \\\n#dev-run=x\n b";
    inside_a_heredoc: "RUN <<E\n#dev-run=x\nE";
}

#[test]
fn a_directive_knows_its_line_and_place() {
    let text = "FROM a\n\n  # dev-run=é\n";
    let [found] = <[_; 1]>::try_from(directives(&parse(text))).unwrap();
    assert_eq!(found.line, 3);
    assert_eq!(&text[found.span.start..found.span.end], "# dev-run=é");
}
