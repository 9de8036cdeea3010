//! `COPY` and `ADD`.

use super::error::Mistake;
use super::flags::{self, Takes};
use super::heredoc;
use super::instruction::{Copy, Word};
use super::request::Request;

const BOTH: [(&str, Takes); 4] = [
    ("chown", Takes::Text),
    ("chmod", Takes::Text),
    ("link", Takes::Switch),
    ("exclude", Takes::Texts),
];
const OF_COPY: [(&str, Takes); 2] = [("from", Takes::Text), ("parents", Takes::Switch)];
const OF_ADD: [(&str, Takes); 3] =
    [("keep-git-dir", Takes::Switch), ("checksum", Takes::Text), ("unpack", Takes::Switch)];

pub(super) fn read(request: &Request) -> Result<Copy, Mistake> {
    let [sources @ .., dest] = request.words() else { return Err(too_few(request)) };
    if sources.is_empty() {
        return Err(too_few(request));
    }
    let mut known = BOTH.to_vec();
    known.extend(if request.keyword == "ADD" { &OF_ADD[..] } else { &OF_COPY });
    let flags = flags::check(request.flags, &known)?;
    if heredoc::mark(&dest.text).is_some() {
        return Err(Mistake::at(
            dest.span,
            format!("{} cannot accept a heredoc as a destination", request.keyword),
            "Write the path to copy to behind the heredoc.".to_owned(),
        ));
    }
    let (sources, heredocs) = split(request, sources);
    Ok(Copy {
        sources,
        heredocs,
        dest: dest.clone(),
        from: flags.text("from"),
        chown: flags.text("chown"),
        chmod: flags.text("chmod"),
        link: flags.switch("link") == Some(true),
        parents: flags.switch("parents") == Some(true),
        exclude: flags.texts("exclude"),
        checksum: flags.text("checksum"),
        keep_git_dir: flags.switch("keep-git-dir"),
        unpack: flags.switch("unpack"),
    })
}

/// Paths, and which heredocs the others are; of several with one name the last.
fn split(request: &Request, sources: &[Word]) -> (Vec<Word>, Vec<usize>) {
    let mut paths = Vec::new();
    let mut heredocs = Vec::new();
    for source in sources {
        match heredoc::mark(&source.text) {
            Some(mark) => heredocs
                .extend(request.heredocs.iter().rposition(|heredoc| heredoc.name == mark.name)),
            None => paths.push(source.clone()),
        }
    }
    (paths, heredocs)
}

fn too_few(request: &Request) -> Mistake {
    let keyword = request.keyword;
    Mistake::new(
        format!(
            "{keyword} requires at least two arguments, but only one was provided. Destination could not be determined"
        ),
        format!("Write `{keyword} source destination`."),
    )
}
