//! Sends paths as a tar stream, which Docker's archive API takes as it is.

use std::collections::HashMap;

use rustix::fd::{AsFd, OwnedFd};
use rustix::fs::{FileType, readlinkat};
use rustix::io::Errno;

use super::attributes::attributes;
use super::job::Job;
use super::output::Output;
use super::select::{Found, visit};
use super::walk;
use crate::protocol::request::Select;
use crate::protocol::response::{Problem, Response};
use crate::tar::header::{Header, TypeFlag, padding};

/// Bytes in one frame.
const CHUNK: usize = 64 << 10;
/// What ends an archive.
const END: [u8; 1024] = [0; 1024];

/// Sends the selected paths; sockets and what is mounted over files are left out, as Docker does.
pub(super) fn tar(select: &Select, id: u32, job: &Job, output: &Output) -> Response {
    let mut archive = Archive {
        stream: Stream { id, job, output, chunk: Vec::with_capacity(CHUNK) },
        first_names: HashMap::new(),
    };
    let mut outcome = visit(select, job, &mut |found| archive.add(found));
    archive.stream.write(&END);
    archive.stream.flush();
    if job.is_cancelled() {
        return Response::Error(Problem::new("cancelled", b"", "the archive was cancelled"));
    }
    outcome.problems.dedup();
    Response::Done(outcome.count, outcome.problems)
}

struct Archive<'a> {
    stream: Stream<'a>,
    /// Files with several names: the name under which each was sent.
    first_names: HashMap<(u64, u64), Vec<u8>>,
}

impl Archive<'_> {
    fn add(&mut self, found: &Found<'_>) -> Result<(), Problem> {
        let Some(flag) = type_flag(found) else { return Ok(()) };
        let stat = found.stat;
        let mut header = Header {
            path: member_name(found.path, flag),
            flag,
            mode: u32::from(stat.stx_mode & 0o7777),
            uid: stat.stx_uid,
            gid: stat.stx_gid,
            modified: stat.stx_mtime.tv_sec,
            device: (stat.stx_rdev_major, stat.stx_rdev_minor),
            ..Header::default()
        };
        match flag {
            TypeFlag::File => return self.add_file(found, header),
            TypeFlag::Symlink => {
                header.link = readlinkat(found.directory, found.name, Vec::new())
                    .map_err(|error| found.problem(error))?
                    .into_bytes();
            }
            TypeFlag::Directory => {
                let directory = found.open().map_err(|error| found.problem(error))?;
                header.attributes = attributes(&directory);
            }
            _ => {}
        }
        self.stream.write(&header.encode());
        Ok(())
    }

    fn add_file(&mut self, found: &Found<'_>, mut header: Header) -> Result<(), Problem> {
        let file = found.open().map_err(|error| found.problem(error))?;
        // The size of what was opened, which may not be what was looked at.
        let stat = walk::look_at(file.as_fd()).map_err(|error| found.problem(error))?;
        if stat.stx_nlink > 1 {
            let identity = (walk::device(&stat), stat.stx_ino);
            if let Some(first) = self.first_names.get(&identity) {
                header.flag = TypeFlag::HardLink;
                header.link.clone_from(first);
                self.stream.write(&header.encode());
                return Ok(());
            }
            self.first_names.insert(identity, header.path.clone());
        }
        header.size = stat.stx_size;
        header.attributes = attributes(&file);
        self.stream.write(&header.encode());
        let missing = self.stream.copy(&file, header.size).map_err(|error| found.problem(error));
        // The header has announced the size: what cannot be read becomes zeroes.
        let lost = *missing.as_ref().unwrap_or(&header.size);
        self.stream.zeroes(lost + padding(header.size));
        match missing? {
            0 => Ok(()),
            _ => Err(Problem::new("changed", found.path, "the file shrank while it was read")),
        }
    }
}

fn type_flag(found: &Found<'_>) -> Option<TypeFlag> {
    match found.file_type() {
        FileType::Directory => Some(TypeFlag::Directory),
        _ if found.mounted => None,
        FileType::RegularFile => Some(TypeFlag::File),
        FileType::Symlink => Some(TypeFlag::Symlink),
        FileType::Fifo => Some(TypeFlag::Fifo),
        FileType::CharacterDevice => Some(TypeFlag::Character),
        FileType::BlockDevice => Some(TypeFlag::Block),
        _ => None,
    }
}

fn member_name(path: &[u8], flag: TypeFlag) -> Vec<u8> {
    let mut name = path.strip_prefix(b"/").unwrap_or(path).to_vec();
    if name.is_empty() {
        name.push(b'.');
    }
    if flag == TypeFlag::Directory {
        name.push(b'/');
    }
    name
}

/// Bytes on their way to the host, in frames of an even size, no more than it asked for.
struct Stream<'a> {
    id: u32,
    job: &'a Job,
    output: &'a Output,
    chunk: Vec<u8>,
}

impl Stream<'_> {
    fn write(&mut self, mut data: &[u8]) {
        while !data.is_empty() {
            let (now, later) = data.split_at(data.len().min(CHUNK - self.chunk.len()));
            self.chunk.extend_from_slice(now);
            data = later;
            self.flush_full();
        }
    }

    fn zeroes(&mut self, mut count: u64) {
        while count > 0 && !self.job.is_cancelled() {
            let now = usize::try_from(count).unwrap_or(END.len()).min(END.len());
            self.write(&END[..now]);
            count -= now as u64;
        }
    }

    /// Reads so many bytes of a file into the stream; how many were missing.
    fn copy(&mut self, file: &OwnedFd, size: u64) -> Result<u64, Errno> {
        let mut left = size;
        while left > 0 && !self.job.is_cancelled() {
            let start = self.chunk.len();
            let room = (CHUNK - start).min(usize::try_from(left).unwrap_or(CHUNK));
            self.chunk.resize(start + room, 0);
            let read =
                rustix::io::retry_on_intr(|| rustix::io::read(file, &mut self.chunk[start..]));
            self.chunk.truncate(start + read.unwrap_or(0));
            match read? {
                0 => break,
                count => left -= count as u64,
            }
            self.flush_full();
        }
        Ok(left)
    }

    fn flush_full(&mut self) {
        if self.chunk.len() == CHUNK {
            self.flush();
        }
    }

    fn flush(&mut self) {
        if self.job.take_credit() {
            let chunk = std::mem::replace(&mut self.chunk, Vec::with_capacity(CHUNK));
            self.output.send(self.id, &Response::Data(chunk));
        } else {
            self.chunk.clear();
        }
    }
}
