//! The instructions' names.

use super::lines::is_blank;

/// All keywords, in upper case.
pub(crate) const KEYWORDS: [&str; 18] = [
    "ADD",
    "ARG",
    "CMD",
    "COPY",
    "ENTRYPOINT",
    "ENV",
    "EXPOSE",
    "FROM",
    "HEALTHCHECK",
    "LABEL",
    "MAINTAINER",
    "ONBUILD",
    "RUN",
    "SHELL",
    "STOPSIGNAL",
    "USER",
    "VOLUME",
    "WORKDIR",
];

/// Whether a line looks like the beginning of an instruction: a keyword in upper case with something behind it.
pub(super) fn begins_instruction(line: &str) -> bool {
    line.split_once(is_blank).is_some_and(|(keyword, _)| KEYWORDS.contains(&keyword))
}
