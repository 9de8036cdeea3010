//! What the host asks for. Everything is checked here, so that the rest can trust it.

use super::frame::Frame;
use super::wire::{DecodeError, Reader, Writer};
use super::{MAGIC, VERSION};

/// A command to run.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Run {
    /// Program and arguments; at least the program.
    pub argv: Vec<Vec<u8>>,
    /// Absolute path of the directory in which it starts.
    pub cwd: Vec<u8>,
    /// `NAME=value`, all of the environment.
    pub env: Vec<Vec<u8>>,
    /// As in `USER`: empty, a name or number, with a group after a colon.
    pub user: Vec<u8>,
}

/// Paths to look at or to send.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Select {
    /// Whether what is below the directories belongs to it.
    pub recursive: bool,
    /// Whether the contents of files are hashed, and extended attributes read.
    pub digest: bool,
    /// Whether links on the way to the paths are followed; below them none ever is.
    pub follow: bool,
    /// Absolute paths.
    pub paths: Vec<Vec<u8>>,
    /// Absolute paths that are left out with all below them.
    pub excludes: Vec<Vec<u8>>,
}

/// One request of the host.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Request {
    /// Opens the conversation; carries the host's version.
    Hello(u16),
    /// Runs a command.
    Run(Run),
    /// Removes paths with all below them.
    Remove(Vec<Vec<u8>>),
    /// Lists paths.
    List(Select),
    /// Sends paths as a tar stream.
    Tar(Select),
    /// Ends the application that `init` started, and starts it anew.
    Restart {
        /// What it is asked to stop with.
        signal: u8,
        /// How long it may take before it is killed.
        grace_ms: u32,
    },
    /// Sends a signal to the process group of a running command.
    Signal(u8),
    /// Ends a request early.
    Cancel,
    /// Allows a tar stream to send as many more chunks.
    Credit(u32),
    /// Lays a tar stream out, which follows in pieces.
    Apply {
        /// Whether a directory may be replaced by something else, and something else by a
        /// directory, on the way to a path as well. Otherwise that is refused, as by a build.
        replaces: bool,
    },
    /// A piece of that stream.
    Data(Vec<u8>),
    /// The stream has ended.
    End,
}

const HELLO: u8 = 1;
const RUN: u8 = 2;
const REMOVE: u8 = 3;
const LIST: u8 = 4;
const TAR: u8 = 5;
const RESTART: u8 = 6;
const SIGNAL: u8 = 7;
const CANCEL: u8 = 8;
const CREDIT: u8 = 9;
const APPLY: u8 = 10;
const DATA: u8 = 11;
const END: u8 = 12;

const RECURSIVE: u8 = 1;
const DIGEST: u8 = 2;
const FOLLOW: u8 = 4;

impl Request {
    /// Reads the request of a frame.
    pub fn decode(frame: &Frame) -> Result<Self, DecodeError> {
        let mut reader = Reader::new(&frame.payload);
        let request = match frame.kind {
            HELLO => {
                if [reader.u8()?, reader.u8()?, reader.u8()?, reader.u8()?] != MAGIC {
                    return Err(DecodeError::Invalid("not a hello of Livepush"));
                }
                Self::Hello(reader.u16()?)
            }
            RUN => Self::Run(decode_run(&mut reader)?),
            REMOVE => Self::Remove(paths(&mut reader)?),
            LIST => Self::List(decode_select(&mut reader)?),
            TAR => Self::Tar(decode_select(&mut reader)?),
            RESTART => Self::Restart { signal: signal(reader.u8()?)?, grace_ms: reader.u32()? },
            SIGNAL => Self::Signal(signal(reader.u8()?)?),
            CANCEL => Self::Cancel,
            CREDIT => Self::Credit(reader.u32()?),
            APPLY => Self::Apply { replaces: flag(reader.u8()?)? },
            DATA => Self::Data(reader.rest().to_vec()),
            END => Self::End,
            kind => return Err(DecodeError::UnknownKind(kind)),
        };
        reader.end()?;
        Ok(request)
    }

    /// The kind and payload that carry this request.
    pub fn encode(&self) -> (u8, Vec<u8>) {
        let mut writer = Writer::default();
        let kind = match self {
            Self::Hello(version) => {
                writer.raw(&MAGIC).u16(*version);
                HELLO
            }
            Self::Run(run) => {
                writer.list(&run.argv).bytes(&run.cwd).list(&run.env).bytes(&run.user);
                RUN
            }
            Self::Remove(paths) => {
                writer.list(paths);
                REMOVE
            }
            Self::List(select) => {
                encode_select(&mut writer, select);
                LIST
            }
            Self::Tar(select) => {
                encode_select(&mut writer, select);
                TAR
            }
            Self::Restart { signal, grace_ms } => {
                writer.u8(*signal).u32(*grace_ms);
                RESTART
            }
            Self::Signal(signal) => {
                writer.u8(*signal);
                SIGNAL
            }
            Self::Cancel => CANCEL,
            Self::Credit(chunks) => {
                writer.u32(*chunks);
                CREDIT
            }
            Self::Apply { replaces } => {
                writer.u8(u8::from(*replaces));
                APPLY
            }
            Self::Data(data) => {
                writer.raw(data);
                DATA
            }
            Self::End => END,
        };
        (kind, writer.bytes)
    }

    /// The hello that this version expects.
    pub fn hello() -> Self {
        Self::Hello(VERSION)
    }
}

fn decode_run(reader: &mut Reader<'_>) -> Result<Run, DecodeError> {
    let run = Run {
        argv: reader.list()?,
        cwd: path(reader.bytes()?)?,
        env: reader.list()?,
        user: reader.bytes()?.to_vec(),
    };
    if run.argv.first().is_none_or(Vec::is_empty) {
        return Err(DecodeError::Invalid("a command without a program"));
    }
    if run.argv.iter().chain(&run.env).any(|text| text.contains(&0)) {
        return Err(DecodeError::Invalid("a NUL in a command"));
    }
    Ok(run)
}

fn decode_select(reader: &mut Reader<'_>) -> Result<Select, DecodeError> {
    let flags = reader.u8()?;
    if flags & !(RECURSIVE | DIGEST | FOLLOW) != 0 {
        return Err(DecodeError::Invalid("unknown flags"));
    }
    Ok(Select {
        recursive: flags & RECURSIVE != 0,
        digest: flags & DIGEST != 0,
        follow: flags & FOLLOW != 0,
        paths: paths(reader)?,
        excludes: paths(reader)?,
    })
}

fn encode_select(writer: &mut Writer, select: &Select) {
    let flag = |is_set: bool, flag: u8| if is_set { flag } else { 0 };
    let flags = flag(select.recursive, RECURSIVE)
        | flag(select.digest, DIGEST)
        | flag(select.follow, FOLLOW);
    writer.u8(flags).list(&select.paths).list(&select.excludes);
}

fn paths(reader: &mut Reader<'_>) -> Result<Vec<Vec<u8>>, DecodeError> {
    let paths = reader.list()?;
    paths.iter().try_for_each(|text| path(text).map(drop))?;
    Ok(paths)
}

/// An absolute path without `.`, `..`, empty components or a slash at its end.
fn path(text: &[u8]) -> Result<Vec<u8>, DecodeError> {
    let Some(rest) = text.strip_prefix(b"/") else {
        return Err(DecodeError::Invalid("a path that is not absolute"));
    };
    let plain = |part: &[u8]| !matches!(part, b"" | b"." | b"..") && !part.contains(&0);
    if rest.is_empty() || rest.split(|byte| *byte == b'/').all(plain) {
        Ok(text.to_vec())
    } else {
        Err(DecodeError::Invalid("a path that is not clean"))
    }
}

fn flag(value: u8) -> Result<bool, DecodeError> {
    match value {
        0 => Ok(false),
        1 => Ok(true),
        _ => Err(DecodeError::Invalid("unknown flags")),
    }
}

fn signal(number: u8) -> Result<u8, DecodeError> {
    if (1..=64).contains(&number) {
        Ok(number)
    } else {
        Err(DecodeError::Invalid("a signal that does not exist"))
    }
}
