//! Users are resolved as runc resolves them.

use livepush_helper::user::{Identity, UserError, resolve_in};

const PASSWD: &[u8] = b"root:x:0:0:root:/root:/bin/sh\n\
    # a comment\n\
    node:x:1000:1001:Node:/home/node:/bin/sh\n\
    \n\
    bare:x:7:8::\n\
    1000:x:4242:4242::/home/odd:/bin/sh\n";
const GROUP: &[u8] = b"root:x:0:\n\
    docker:x:999:node,other\n\
    audio:x:29:node\n\
    node:x:1001:\n\
    wheel:x:10:root,node";

fn resolve(text: &str) -> Result<Identity, UserError> {
    resolve_in(text.as_bytes(), PASSWD, GROUP)
}

fn ids(text: &str) -> (u32, u32, Vec<u32>, String) {
    let identity = resolve(text).unwrap_or_else(|error| panic!("{text}: {error}"));
    let home = String::from_utf8(identity.home).unwrap_or_default();
    (identity.uid, identity.gid, identity.groups, home)
}

#[test]
fn nobody_in_particular_is_root() {
    assert_eq!(ids(""), (0, 0, vec![0, 10], "/root".into()));
}

#[test]
fn a_name_brings_its_group_its_further_groups_and_its_home() {
    assert_eq!(ids("node"), (1000, 1001, vec![1001, 999, 29, 10], "/home/node".into()));
}

#[test]
fn a_number_is_an_id_even_where_a_name_looks_the_same() {
    assert_eq!(ids("1000").0, 1000);
    assert_eq!(ids("1000").3, "/home/node");
}

#[test]
fn an_unknown_number_is_an_id_in_the_group_of_root() {
    assert_eq!(ids("31337"), (31337, 0, vec![0], "/".into()));
}

#[test]
fn a_group_after_a_colon_takes_the_place_of_all_others() {
    assert_eq!(ids("node:audio"), (1000, 29, vec![29], "/home/node".into()));
    assert_eq!(ids("node:4"), (1000, 4, vec![4], "/home/node".into()));
    assert_eq!(ids(":audio"), (0, 29, vec![29], "/root".into()));
}

#[test]
fn a_missing_home_is_the_root_directory() {
    assert_eq!(ids("bare"), (7, 8, vec![8], "/".into()));
}

#[test]
fn unknown_names_and_impossible_numbers_are_errors() {
    assert_eq!(resolve("nobody"), Err(UserError::NoSuchUser("nobody".into())));
    assert_eq!(resolve("node:nogroup"), Err(UserError::NoSuchGroup("nogroup".into())));
    assert_eq!(resolve("4294967296"), Err(UserError::OutOfRange("4294967296".into())));
    assert_eq!(resolve("-1"), Err(UserError::OutOfRange("-1".into())));
    assert_eq!(resolve("2147483648"), Err(UserError::OutOfRange("2147483648".into())));
}

#[test]
fn files_that_are_not_there_know_nobody() {
    let identity = resolve_in(b"12:34", b"", b"").unwrap_or_else(|error| panic!("{error}"));
    assert_eq!((identity.uid, identity.gid, identity.groups), (12, 34, vec![34]));
    assert!(resolve_in(b"root", b"", b"").is_err());
}
