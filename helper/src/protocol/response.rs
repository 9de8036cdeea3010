//! What the helper answers.

use super::frame::Frame;
use super::wire::{DecodeError, Reader, Writer};
use super::{MAGIC, VERSION};

/// What went wrong with one path, or with a whole request (then the path may be empty).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Problem {
    /// The path that it is about.
    pub path: Vec<u8>,
    /// Stable: `ENOENT` and its like, or a word of ours.
    pub code: String,
    /// For a person.
    pub message: String,
}

/// What a path is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[repr(u8)]
pub enum Kind {
    /// A regular file.
    File = 0,
    /// A directory.
    Directory = 1,
    /// A symbolic link.
    Symlink = 2,
    /// A named pipe.
    Fifo = 3,
    /// A socket.
    Socket = 4,
    /// A character device.
    Character = 5,
    /// A block device.
    Block = 6,
}

/// One path of a listing.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entry {
    /// Absolute.
    pub path: Vec<u8>,
    /// What it is.
    pub kind: Kind,
    /// Something is mounted there; nothing below it is listed.
    pub mounted: bool,
    /// The lower twelve bits.
    pub mode: u16,
    /// Owner.
    pub uid: u32,
    /// Group.
    pub gid: u32,
    /// In bytes.
    pub size: u64,
    /// When anything of it was last changed, in seconds and nanoseconds since 1970. With the inode
    /// it tells whether two containers show the same file of the same layer.
    pub changed: (i64, u32),
    /// Inode number; on an overlay that of the layer's own file.
    pub inode: u64,
    /// Major and minor number of a device.
    pub special: (u32, u32),
    /// Target of a symbolic link.
    pub target: Vec<u8>,
    /// SHA-256 of a file, where asked for.
    pub digest: Option<[u8; 32]>,
    /// Extended attributes by name, in order, where asked for.
    pub attributes: Vec<(Vec<u8>, Vec<u8>)>,
}

/// One answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Response {
    /// Version, architecture and process id.
    Hello(u16, String, u32),
    /// What a command printed: 1 is its standard output, 2 its standard error.
    Output(u8, Vec<u8>),
    /// A command ended; 128 + n for a signal n.
    Exit(u8),
    /// A part of a listing.
    Entries(Vec<Entry>),
    /// A part of a tar stream.
    Data(Vec<u8>),
    /// A request is carried out: how many paths, and those that could not be.
    Done(u32, Vec<Problem>),
    /// A request could not be carried out.
    Error(Problem),
}

const HELLO: u8 = 1;
const OUTPUT: u8 = 2;
const EXIT: u8 = 3;
const ENTRIES: u8 = 4;
const DATA: u8 = 5;
const DONE: u8 = 6;
const ERROR: u8 = 7;

impl Response {
    /// The hello of this program.
    pub fn hello() -> Self {
        Self::Hello(VERSION, std::env::consts::ARCH.to_owned(), std::process::id())
    }

    /// The kind and payload that carry this answer.
    pub fn encode(&self) -> (u8, Vec<u8>) {
        let mut writer = Writer::default();
        let kind = match self {
            Self::Hello(version, arch, pid) => {
                writer.raw(&MAGIC).u16(*version).bytes(arch.as_bytes()).u32(*pid);
                HELLO
            }
            Self::Output(stream, data) => {
                writer.u8(*stream).raw(data);
                OUTPUT
            }
            Self::Exit(code) => {
                writer.u8(*code);
                EXIT
            }
            Self::Entries(entries) => {
                for entry in entries {
                    entry.encode(&mut writer);
                }
                ENTRIES
            }
            Self::Data(data) => {
                writer.raw(data);
                DATA
            }
            Self::Done(count, problems) => {
                writer.u32(*count).length(problems.len());
                for problem in problems {
                    problem.encode(&mut writer);
                }
                DONE
            }
            Self::Error(problem) => {
                problem.encode(&mut writer);
                ERROR
            }
        };
        (kind, writer.bytes)
    }

    /// Reads the answer of a frame: what `serve` reads of `init`, and what tests read.
    pub fn decode(frame: &Frame) -> Result<Self, DecodeError> {
        let mut reader = Reader::new(&frame.payload);
        let response = match frame.kind {
            HELLO => {
                if [reader.u8()?, reader.u8()?, reader.u8()?, reader.u8()?] != MAGIC {
                    return Err(DecodeError::Invalid("not a hello of Livepush"));
                }
                Self::Hello(reader.u16()?, text(reader.bytes()?), reader.u32()?)
            }
            OUTPUT => Self::Output(reader.u8()?, reader.rest().to_vec()),
            EXIT => Self::Exit(reader.u8()?),
            ENTRIES => {
                let mut entries = Vec::new();
                while !reader.is_empty() {
                    entries.push(Entry::decode(&mut reader)?);
                }
                Self::Entries(entries)
            }
            DATA => Self::Data(reader.rest().to_vec()),
            DONE => {
                let (done, count) = (reader.u32()?, reader.u32()?);
                let mut problems = Vec::new();
                for _ in 0..count {
                    problems.push(Problem::decode(&mut reader)?);
                }
                Self::Done(done, problems)
            }
            ERROR => Self::Error(Problem::decode(&mut reader)?),
            kind => return Err(DecodeError::UnknownKind(kind)),
        };
        reader.end()?;
        Ok(response)
    }
}

impl Problem {
    /// A problem in words of ours.
    pub fn new(code: &str, path: &[u8], message: impl Into<String>) -> Self {
        Self { path: path.to_vec(), code: code.to_owned(), message: message.into() }
    }

    fn encode(&self, writer: &mut Writer) {
        writer.bytes(&self.path).bytes(self.code.as_bytes()).bytes(self.message.as_bytes());
    }

    fn decode(reader: &mut Reader<'_>) -> Result<Self, DecodeError> {
        Ok(Self {
            path: reader.bytes()?.to_vec(),
            code: text(reader.bytes()?),
            message: text(reader.bytes()?),
        })
    }
}

impl Entry {
    fn encode(&self, writer: &mut Writer) {
        let flags = u8::from(self.mounted)
            | u8::from(self.digest.is_some()) << 1
            | u8::from(!self.attributes.is_empty()) << 2;
        writer.u8(self.kind as u8).u8(flags).u16(self.mode).u32(self.uid).u32(self.gid);
        writer.u64(self.size).i64(self.changed.0).u32(self.changed.1).u64(self.inode);
        writer.u32(self.special.0).u32(self.special.1);
        writer.bytes(&self.path).bytes(&self.target);
        if let Some(digest) = &self.digest {
            writer.raw(digest);
        }
        if !self.attributes.is_empty() {
            writer.length(self.attributes.len());
            for (name, value) in &self.attributes {
                writer.bytes(name).bytes(value);
            }
        }
    }

    fn decode(reader: &mut Reader<'_>) -> Result<Self, DecodeError> {
        let kind = match reader.u8()? {
            0 => Kind::File,
            1 => Kind::Directory,
            2 => Kind::Symlink,
            3 => Kind::Fifo,
            4 => Kind::Socket,
            5 => Kind::Character,
            6 => Kind::Block,
            _ => return Err(DecodeError::Invalid("an unknown kind of file")),
        };
        let flags = reader.u8()?;
        let mut entry = Self {
            path: Vec::new(),
            kind,
            mounted: flags & 1 != 0,
            mode: reader.u16()?,
            uid: reader.u32()?,
            gid: reader.u32()?,
            size: reader.u64()?,
            changed: (reader.i64()?, reader.u32()?),
            inode: reader.u64()?,
            special: (reader.u32()?, reader.u32()?),
            target: Vec::new(),
            digest: None,
            attributes: Vec::new(),
        };
        entry.path = reader.bytes()?.to_vec();
        entry.target = reader.bytes()?.to_vec();
        if flags & 2 != 0 {
            entry.digest = Some(reader.digest()?);
        }
        if flags & 4 != 0 {
            for _ in 0..reader.u32()? {
                entry.attributes.push((reader.bytes()?.to_vec(), reader.bytes()?.to_vec()));
            }
        }
        Ok(entry)
    }
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}
