//! Feeds the helper's protocol with broken frames until something gives:
//! `cargo run --profile fuzz -p fuzz --bin helper-protocol -- [seconds] [seed]`.
//!
//! Whatever bytes come, they are requests and answers or an error, and what is read is written the
//! same again.

#![allow(clippy::print_stdout, reason = "it is a program for the terminal")]

#[path = "../random.rs"]
#[allow(dead_code, reason = "the other program makes texts with it")]
mod random;

use std::panic::catch_unwind;
use std::process::ExitCode;
use std::time::{Duration, Instant};

use livepush_helper::protocol::frame::{self, Frame};
use livepush_helper::protocol::request::Request;
use livepush_helper::protocol::response::Response;
use random::Random;

fn main() -> ExitCode {
    let mut arguments = std::env::args().skip(1).map(|text| text.parse::<u64>());
    let seconds = arguments.next().and_then(Result::ok).unwrap_or(60);
    let seed = arguments.next().and_then(Result::ok).unwrap_or_else(random::seed);
    println!("{seconds} s with seed {seed}");
    let mut random = Random::new(seed);
    let end = Instant::now() + Duration::from_secs(seconds);
    let (mut count, mut understood) = (0_u64, 0_u64);
    while Instant::now() < end {
        let bytes = stream(&mut random);
        count += 1;
        let Ok(found) = catch_unwind(|| check(&bytes)) else {
            println!("found after {count} streams: {bytes:?}");
            return ExitCode::FAILURE;
        };
        understood += found;
    }
    println!("{count} streams with {understood} frames that were understood, without a finding");
    ExitCode::SUCCESS
}

/// Frames of all kinds with fields of likely lengths, some of them damaged.
fn stream(random: &mut Random) -> Vec<u8> {
    let mut bytes = Vec::new();
    for _ in 0..=random.below(4) {
        let kind = byte(random.below(14));
        bytes.extend(frame::encode(kind, number(random.below(4)), &payload(random)));
    }
    for _ in 0..random.below(4) {
        let at = random.below(bytes.len());
        bytes[at] = byte(random.below(256));
    }
    bytes.truncate(bytes.len() - random.below(bytes.len().min(3)));
    bytes
}

fn payload(random: &mut Random) -> Vec<u8> {
    let mut payload = Vec::new();
    for _ in 0..random.below(12) {
        match random.below(5) {
            0 => payload.push(byte(random.below(256))),
            1 => payload.extend(number(random.below(5)).to_le_bytes()),
            2 => payload.extend(b"LVPH\x03\x00"),
            3 => {
                let text = [&b"/"[..], b"/a/b", b"/a/../b", b"a", b"", b"/x\0y"][random.below(6)];
                payload.extend(number(text.len()).to_le_bytes());
                payload.extend(text);
            }
            _ => payload.extend(std::iter::repeat_n(0, random.below(40))),
        }
    }
    payload
}

/// Reads all there is; how many frames were understood.
fn check(mut bytes: &[u8]) -> u64 {
    let mut understood = 0;
    while let Ok(Some(frame)) = frame::read(&mut bytes) {
        if let Ok(request) = Request::decode(&frame) {
            understood += 1;
            let (kind, payload) = request.encode();
            assert_eq!((kind, &payload), (frame.kind, &frame.payload));
        }
        if let Ok(response) = Response::decode(&frame) {
            understood += 1;
            let (kind, payload) = response.encode();
            let again = Frame { kind, id: frame.id, payload };
            assert_eq!(Response::decode(&again).as_ref(), Ok(&response));
        }
    }
    understood
}

fn byte(value: usize) -> u8 {
    u8::try_from(value).unwrap_or(u8::MAX)
}

fn number(value: usize) -> u32 {
    u32::try_from(value).unwrap_or(u32::MAX)
}
