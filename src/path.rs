//! Paths as text, with `/` between components.
//!
//! Paths of a tree are relative to its root, which is the empty path; paths in a container are
//! absolute.

/// The last component; empty for the root.
pub(crate) fn base_name(path: &str) -> &str {
    path.rsplit('/').next().unwrap_or_default()
}

/// The directory that a path is in; empty for the root.
pub(crate) fn parent(path: &str) -> &str {
    path.rsplit_once('/').map_or("", |(parent, _)| parent)
}

/// The directories on the way to a relative path, topmost first and without the root.
pub(crate) fn ancestors(path: &str) -> impl Iterator<Item = &str> {
    path.match_indices('/').map(|(end, _)| &path[..end])
}

/// A path relative to the root: no `.`, no `..`, no doubled, leading or trailing slash; `..` cannot
/// leave the root.
pub(crate) fn clean(path: &str) -> String {
    let mut parts: Vec<&str> = Vec::new();
    for part in path.split('/') {
        match part {
            "" | "." => {}
            ".." => drop(parts.pop()),
            _ => parts.push(part),
        }
    }
    parts.join("/")
}

/// Go's `filepath.Clean`: unlike [`clean`], it keeps a leading slash and a leading `..`.
pub(crate) fn clean_as_go(path: &str) -> String {
    if path.starts_with('/') {
        return absolute(&clean(path));
    }
    let mut parts: Vec<&str> = Vec::new();
    for part in path.split('/') {
        match part {
            "" | "." => {}
            ".." if parts.last().is_some_and(|&last| last != "..") => drop(parts.pop()),
            _ => parts.push(part),
        }
    }
    if parts.is_empty() { ".".to_owned() } else { parts.join("/") }
}

/// `directory/name`, or `name` in the root.
pub(crate) fn join(directory: &str, name: &str) -> String {
    match (directory, name) {
        ("", _) => name.to_owned(),
        (_, "") => directory.to_owned(),
        _ => format!("{directory}/{name}"),
    }
}

/// The absolute path of a path relative to the root.
pub(crate) fn absolute(path: &str) -> String {
    format!("/{path}")
}

/// The absolute, clean path that `path` means in the absolute directory `directory`.
pub(crate) fn resolve_in(directory: &str, path: &str) -> String {
    if path.starts_with('/') {
        return absolute(&clean(path));
    }
    absolute(&clean(&format!("{directory}/{path}")))
}

/// The path as seen from a directory that it is below; `None` elsewhere.
pub(crate) fn below<'a>(path: &'a str, directory: &str) -> Option<&'a str> {
    if directory.is_empty() { Some(path) } else { path.strip_prefix(directory)?.strip_prefix('/') }
}

/// Whether a path is below a directory, at any depth.
pub(crate) fn is_below(path: &str, directory: &str) -> bool {
    below(path, directory).is_some_and(|rest| !rest.is_empty())
}

/// Whether a path is a directory or below it.
pub(crate) fn is_at_or_below(path: &str, directory: &str) -> bool {
    path == directory || below(path, directory).is_some()
}

#[cfg(test)]
mod tests {
    use super::{ancestors, clean, clean_as_go, is_at_or_below, is_below, resolve_in};

    #[test]
    fn dots_and_slashes_go_and_nothing_leaves_the_root() {
        assert_eq!(clean("/a//b/./../c/"), "a/c");
        assert_eq!(clean("../../x"), "x");
        assert_eq!(clean("/"), "");
        assert_eq!(resolve_in("/x/y", "../z"), "/x/z");
        assert_eq!(resolve_in("/x", "/a/../.."), "/");
    }

    #[test]
    fn go_keeps_what_it_cannot_know() {
        assert_eq!(clean_as_go("../a/../.."), "../..");
        assert_eq!(clean_as_go("/../a/"), "/a");
        assert_eq!(clean_as_go(""), ".");
    }

    #[test]
    fn a_name_that_begins_alike_is_not_below() {
        assert!(is_below("a/b", "a") && is_at_or_below("a", "a") && is_below("a", ""));
        assert!(!is_below("ab", "a") && !is_below("a", "a") && !is_at_or_below("ab", "a"));
        assert_eq!(ancestors("a/b/c").collect::<Vec<_>>(), ["a", "a/b"]);
    }
}
