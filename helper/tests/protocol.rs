//! Whatever bytes come, the protocol answers with a request or with an error.

use std::io::Cursor;

use livepush_helper::protocol::frame::{self, Frame, MAX_LENGTH, ReadError};
use livepush_helper::protocol::request::{Request, Run, Select};
use livepush_helper::protocol::response::{Entry, Kind, Problem, Response};
use proptest::collection::vec;
use proptest::prelude::*;

fn path() -> impl Strategy<Value = Vec<u8>> {
    let name = vec(any::<u8>().prop_filter("a name", |byte| !b"/.\0".contains(byte)), 1..12);
    vec(name, 1..5)
        .prop_map(|names| names.iter().flat_map(|name| [b"/", &name[..]].concat()).collect())
}

fn text() -> impl Strategy<Value = Vec<u8>> {
    vec(1_u8.., 1..20)
}

fn select() -> impl Strategy<Value = Select> {
    (any::<[bool; 3]>(), vec(path(), 0..9), vec(path(), 0..9)).prop_map(
        |([recursive, digest, follow], paths, excludes)| Select {
            recursive,
            digest,
            follow,
            paths,
            excludes,
        },
    )
}

fn request() -> impl Strategy<Value = Request> {
    let run = (vec(text(), 1..9), path(), vec(text(), 0..9), text())
        .prop_map(|(argv, cwd, env, user)| Request::Run(Run { argv, cwd, env, user }));
    prop_oneof![
        any::<u16>().prop_map(Request::Hello),
        run,
        vec(path(), 0..20).prop_map(Request::Remove),
        select().prop_map(Request::List),
        select().prop_map(Request::Tar),
        (1_u8..65, any::<u32>())
            .prop_map(|(signal, grace_ms)| Request::Restart { signal, grace_ms }),
        (1_u8..65).prop_map(Request::Signal),
        Just(Request::Cancel),
        any::<u32>().prop_map(Request::Credit),
        any::<bool>().prop_map(|replaces| Request::Apply { replaces }),
        vec(any::<u8>(), 0..99).prop_map(Request::Data),
        Just(Request::End),
    ]
}

fn entry() -> impl Strategy<Value = Entry> {
    let kind = prop_oneof![Just(Kind::File), Just(Kind::Symlink), Just(Kind::Block)];
    (path(), kind, any::<(bool, u16, u32, u32, u64)>(), any::<(i64, u32, u64)>(), text()).prop_map(
        |(path, kind, (mounted, mode, uid, gid, size), rest, target)| Entry {
            path,
            kind,
            mounted,
            mode,
            uid,
            gid,
            size,
            changed: (rest.0, rest.1),
            inode: rest.2,
            special: (uid, gid),
            target,
            digest: mounted.then_some([7; 32]),
            attributes: vec![(b"user.a".to_vec(), vec![0; usize::from(mode % 4)])],
        },
    )
}

fn response() -> impl Strategy<Value = Response> {
    let problem = (path(), "[A-Z]{1,9}", ".{0,30}")
        .prop_map(|(path, code, message)| Problem::new(&code, &path, message))
        .boxed();
    prop_oneof![
        (any::<u16>(), "[a-z0-9_]{1,9}", any::<u32>())
            .prop_map(|(version, arch, pid)| Response::Hello(version, arch, pid)),
        (any::<u8>(), vec(any::<u8>(), 0..99)).prop_map(|(s, data)| Response::Output(s, data)),
        any::<u8>().prop_map(Response::Exit),
        vec(entry(), 0..9).prop_map(Response::Entries),
        vec(any::<u8>(), 0..99).prop_map(Response::Data),
        (any::<u32>(), vec(problem.clone(), 0..9)).prop_map(|(n, all)| Response::Done(n, all)),
        problem.prop_map(Response::Error),
    ]
}

fn frames(bytes: &[u8]) -> Vec<Frame> {
    let mut stream = Cursor::new(bytes);
    std::iter::from_fn(|| frame::read(&mut stream).ok().flatten()).collect()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(500))]

    #[test]
    fn a_request_is_read_as_it_was_written(request in request(), id in any::<u32>()) {
        let (kind, payload) = request.encode();
        let read = frames(&frame::encode(kind, id, &payload));
        prop_assert_eq!(read.len(), 1);
        prop_assert_eq!(read[0].id, id);
        prop_assert_eq!(Request::decode(&read[0]), Ok(request));
    }

    #[test]
    fn an_answer_is_read_as_it_was_written(response in response()) {
        let (kind, payload) = response.encode();
        let read = frames(&frame::encode(kind, 1, &payload));
        prop_assert_eq!(Response::decode(&read[0]), Ok(response));
    }

    #[test]
    fn any_bytes_are_frames_or_an_error(bytes in vec(any::<u8>(), 0..600)) {
        for frame in frames(&bytes) {
            let _ = (Request::decode(&frame), Response::decode(&frame));
        }
    }

    #[test]
    fn any_payload_is_a_request_or_an_error(kind in 0_u8..14, payload in vec(any::<u8>(), 0..200)) {
        let frame = Frame { kind, id: 1, payload };
        let _ = (Request::decode(&frame), Response::decode(&frame));
    }

    #[test]
    fn a_damaged_request_is_a_request_or_an_error(
        request in request(),
        at in any::<prop::sample::Index>(),
        byte in any::<u8>(),
        cut in any::<prop::sample::Index>(),
    ) {
        let (kind, mut payload) = request.encode();
        if !payload.is_empty() {
            let place = at.index(payload.len());
            payload[place] = byte;
            payload.truncate(cut.index(payload.len() + 1));
        }
        let _ = Request::decode(&Frame { kind, id: 1, payload });
    }

    #[test]
    fn a_request_names_only_clean_absolute_paths(text in vec(prop_oneof![
        Just(b'/'), Just(b'.'), Just(b'a'), Just(0),
    ], 0..8)) {
        let (kind, payload) = Request::Remove(vec![text.clone()]).encode();
        let accepted = Request::decode(&Frame { kind, id: 1, payload }).is_ok();
        let parts: Vec<&[u8]> = text.split(|byte| *byte == b'/').collect();
        let clean = text == b"/"
            || (parts.len() > 1
                && parts[0].is_empty()
                && parts[1..].iter().all(|part| !matches!(*part, b"" | b"." | b".."))
                && !text.contains(&0));
        prop_assert_eq!(accepted, clean);
    }
}

#[test]
fn a_length_beyond_the_limit_is_refused_before_anything_is_read() {
    let mut bytes = (MAX_LENGTH + 1).to_le_bytes().to_vec();
    bytes.extend_from_slice(&[0; 64]);
    let read = frame::read(&mut Cursor::new(bytes));
    assert!(matches!(read, Err(ReadError::Malformed(_))));
}

#[test]
fn a_stream_that_ends_inside_a_frame_is_an_error_and_between_two_is_the_end() {
    let bytes = frame::encode(8, 1, b"payload");
    assert!(matches!(frame::read(&mut Cursor::new(&bytes[..7])), Err(ReadError::Io(_))));
    assert!(matches!(frame::read(&mut Cursor::new(&bytes[..12])), Err(ReadError::Io(_))));
    assert!(matches!(frame::read(&mut Cursor::new(&[][..])), Ok(None)));
}

#[test]
fn a_count_that_the_frame_cannot_hold_reserves_no_memory() {
    let frame = Frame { kind: 3, id: 1, payload: u32::MAX.to_le_bytes().to_vec() };
    assert!(Request::decode(&frame).is_err());
}
