//! Lists paths with all that a comparison of two trees needs.

use rustix::fd::OwnedFd;
use rustix::fs::{FileType, readlinkat};
use rustix::io::Errno;
use sha2::{Digest, Sha256};

use super::attributes::attributes;
use super::job::Job;
use super::output::Output;
use super::select::{Found, visit};
use crate::protocol::request::Select;
use crate::protocol::response::{Entry, Kind, Problem, Response};

/// Entries in one frame.
const BATCH: usize = 256;
/// Bytes of attributes after which a frame is not made larger.
const MANY_ATTRIBUTES: usize = 1 << 20;
const BUFFER: usize = 128 << 10;

/// Sends the entries of the selected paths.
pub(super) fn list(select: &Select, id: u32, job: &Job, output: &Output) -> Response {
    let mut batch = Vec::new();
    let mut attributes = 0;
    let mut buffer = if select.digest { vec![0; BUFFER] } else { Vec::new() };
    let outcome = visit(select, job, &mut |found| {
        let mut entry = entry(found)?;
        if select.digest {
            read(found, job, &mut buffer, &mut entry)?;
        }
        attributes += entry.attributes.iter().map(|(_, value)| value.len()).sum::<usize>();
        batch.push(entry);
        if batch.len() == BATCH || attributes > MANY_ATTRIBUTES {
            attributes = 0;
            output.send(id, &Response::Entries(std::mem::take(&mut batch)));
        }
        Ok(())
    });
    if job.is_cancelled() {
        return Response::Error(Problem::new("cancelled", b"", "the listing was cancelled"));
    }
    if !batch.is_empty() {
        output.send(id, &Response::Entries(batch));
    }
    Response::Done(outcome.count, outcome.problems)
}

fn entry(found: &Found<'_>) -> Result<Entry, Problem> {
    let stat = found.stat;
    let kind = match found.file_type() {
        FileType::Directory => Kind::Directory,
        FileType::Symlink => Kind::Symlink,
        FileType::Fifo => Kind::Fifo,
        FileType::Socket => Kind::Socket,
        FileType::CharacterDevice => Kind::Character,
        FileType::BlockDevice => Kind::Block,
        _ => Kind::File,
    };
    let target = match kind {
        Kind::Symlink => readlinkat(found.directory, found.name, Vec::new())
            .map_err(|error| found.problem(error))?
            .into_bytes(),
        _ => Vec::new(),
    };
    Ok(Entry {
        path: found.path.to_vec(),
        kind,
        mounted: found.mounted,
        mode: stat.stx_mode & 0o7777,
        uid: stat.stx_uid,
        gid: stat.stx_gid,
        size: stat.stx_size,
        changed: (stat.stx_ctime.tv_sec, stat.stx_ctime.tv_nsec),
        inode: stat.stx_ino,
        special: (stat.stx_rdev_major, stat.stx_rdev_minor),
        target,
        digest: None,
        attributes: Vec::new(),
    })
}

/// Reads what a file holds, and the attributes of a file or directory.
fn read(found: &Found<'_>, job: &Job, buffer: &mut [u8], entry: &mut Entry) -> Result<(), Problem> {
    let is_read = match found.file_type() {
        FileType::RegularFile => true,
        FileType::Directory => !found.mounted,
        _ => false,
    };
    if !is_read {
        return Ok(());
    }
    let file = found.open().map_err(|error| found.problem(error))?;
    entry.attributes = attributes(&file);
    if found.file_type() == FileType::RegularFile {
        entry.digest = hash(&file, job, buffer).map_err(|error| found.problem(error))?;
    }
    Ok(())
}

/// `None` where the request was cancelled meanwhile.
fn hash(file: &OwnedFd, job: &Job, buffer: &mut [u8]) -> Result<Option<[u8; 32]>, Errno> {
    let mut digest = Sha256::new();
    loop {
        if job.is_cancelled() {
            return Ok(None);
        }
        match rustix::io::retry_on_intr(|| rustix::io::read(file, &mut *buffer))? {
            0 => return Ok(Some(digest.finalize().into())),
            count => digest.update(&buffer[..count]),
        }
    }
}
