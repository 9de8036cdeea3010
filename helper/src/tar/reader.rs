//! Reads a tar stream, as the host writes it: ustar headers, and extended ones before them.

use std::io::{self, ErrorKind, Read};

use super::header::{TypeFlag, padding};

const BLOCK: usize = 512;
/// Names and attributes of one member; nothing real comes near it.
const MAX_EXTENDED: u64 = 1 << 20;

/// A member of an archive, before its content.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Member {
    /// Clean, without a slash at either end; empty for the root.
    pub(crate) path: Vec<u8>,
    /// The target of a symbolic link as it is written, or the clean path of a hard link's other name.
    pub(crate) link: Vec<u8>,
    pub(crate) flag: TypeFlag,
    pub(crate) mode: u32,
    pub(crate) uid: u32,
    pub(crate) gid: u32,
    pub(crate) size: u64,
    pub(crate) modified: i64,
    pub(crate) device: (u32, u32),
    pub(crate) attributes: Vec<(Vec<u8>, Vec<u8>)>,
}

/// The members of an archive one after the other.
pub(crate) struct Members<R> {
    stream: R,
    /// What is still to be read of the present member's content, and of what fills its block.
    left: u64,
    filling: u64,
}

impl<R: Read> Members<R> {
    pub(crate) fn new(stream: R) -> Self {
        Self { stream, left: 0, filling: 0 }
    }

    /// The next member; `None` at the end of the archive.
    pub(crate) fn next(&mut self) -> io::Result<Option<Member>> {
        self.skip()?;
        let mut records = Vec::new();
        loop {
            let mut block = [0; BLOCK];
            self.stream.read_exact(&mut block)?;
            if block.iter().all(|byte| *byte == 0) {
                io::copy(&mut self.stream, &mut io::sink())?;
                return Ok(None);
            }
            let mut member = parse(&block)?;
            self.left = member.size;
            self.filling = padding(member.size);
            if member.flag == TypeFlag::Extended {
                if member.size > MAX_EXTENDED {
                    return Err(invalid("an extended header that is too long"));
                }
                let mut text = Vec::new();
                self.read_to_end(&mut text)?;
                self.skip()?;
                records = text;
                continue;
            }
            extend(&mut member, &records)?;
            self.left = if member.flag == TypeFlag::File { member.size } else { 0 };
            self.filling = padding(self.left);
            member.path = clean(&member.path)?;
            if member.flag == TypeFlag::HardLink {
                member.link = clean(&member.link)?;
            }
            return Ok(Some(member));
        }
    }

    /// Passes over what was not read of the present member.
    fn skip(&mut self) -> io::Result<()> {
        let rest = self.left + self.filling;
        (self.left, self.filling) = (0, 0);
        if io::copy(&mut self.stream.by_ref().take(rest), &mut io::sink())? == rest {
            Ok(())
        } else {
            Err(ErrorKind::UnexpectedEof.into())
        }
    }
}

/// Reads the content of the present member.
impl<R: Read> Read for Members<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let room = buffer.len().min(usize::try_from(self.left).unwrap_or(usize::MAX));
        if room == 0 {
            return Ok(0);
        }
        match self.stream.read(&mut buffer[..room])? {
            0 => Err(ErrorKind::UnexpectedEof.into()),
            count => {
                self.left -= count as u64;
                Ok(count)
            }
        }
    }
}

fn parse(block: &[u8; BLOCK]) -> io::Result<Member> {
    let sum = |at: usize| if (148..156).contains(&at) { u64::from(b' ') } else { block[at].into() };
    if octal(&block[148..156])? != (0..BLOCK).map(sum).sum::<u64>() {
        return Err(invalid("a header whose checksum is wrong"));
    }
    let flag = match block[156] {
        b'0' | 0 => TypeFlag::File,
        b'1' => TypeFlag::HardLink,
        b'2' => TypeFlag::Symlink,
        b'3' => TypeFlag::Character,
        b'4' => TypeFlag::Block,
        b'5' => TypeFlag::Directory,
        b'6' => TypeFlag::Fifo,
        b'x' => TypeFlag::Extended,
        _ => return Err(invalid("a member of an unknown type")),
    };
    let mut path = text(&block[345..500]);
    if !path.is_empty() {
        path.push(b'/');
    }
    path.extend_from_slice(&text(&block[..100]));
    Ok(Member {
        path,
        link: text(&block[157..257]),
        flag,
        mode: small(&block[100..108])? & 0o7777,
        uid: small(&block[108..116])?,
        gid: small(&block[116..124])?,
        size: octal(&block[124..136])?,
        modified: i64::try_from(octal(&block[136..148])?).unwrap_or(0),
        device: (small(&block[329..337])?, small(&block[337..345])?),
        attributes: Vec::new(),
    })
}

/// Lets the records of an extended header win over the header's own fields.
fn extend(member: &mut Member, mut records: &[u8]) -> io::Result<()> {
    while !records.is_empty() {
        let (name, value, rest) = record(records).ok_or_else(|| invalid("a broken record"))?;
        records = rest;
        match name {
            b"path" => member.path = value.to_vec(),
            b"linkpath" => member.link = value.to_vec(),
            b"size" => member.size = decimal(value)?,
            b"uid" => member.uid = decimal(value)?,
            b"gid" => member.gid = decimal(value)?,
            _ => {
                if let Some(name) = name.strip_prefix(b"SCHILY.xattr.") {
                    member.attributes.push((name.to_vec(), value.to_vec()));
                }
            }
        }
    }
    Ok(())
}

/// The first of some records, `LENGTH name=value\n`, and the rest.
fn record(records: &[u8]) -> Option<(&[u8], &[u8], &[u8])> {
    let space = records.iter().position(|byte| *byte == b' ')?;
    let length: usize = std::str::from_utf8(&records[..space]).ok()?.parse().ok()?;
    let (whole, rest) = records.split_at_checked(length)?;
    let content = whole.get(space + 1..)?.strip_suffix(b"\n")?;
    let equals = content.iter().position(|byte| *byte == b'=')?;
    Some((&content[..equals], &content[equals + 1..], rest))
}

/// A path that stays below the root whatever is in the archive.
fn clean(path: &[u8]) -> io::Result<Vec<u8>> {
    let mut parts = Vec::new();
    for part in path.split(|byte| *byte == b'/') {
        match part {
            b"" | b"." => {}
            b".." => return Err(invalid("a path with a component ..")),
            part if part.contains(&0) => return Err(invalid("a path with a NUL")),
            part => parts.push(part),
        }
    }
    Ok(parts.join(&b'/'))
}

/// A field up to its first NUL.
fn text(field: &[u8]) -> Vec<u8> {
    field.split(|byte| *byte == 0).next().unwrap_or_default().to_vec()
}

fn octal(field: &[u8]) -> io::Result<u64> {
    let digits = text(field);
    let digits = digits.trim_ascii();
    if digits.is_empty() {
        return Ok(0);
    }
    std::str::from_utf8(digits)
        .ok()
        .and_then(|digits| u64::from_str_radix(digits, 8).ok())
        .ok_or_else(|| invalid("a number that is not octal"))
}

fn small(field: &[u8]) -> io::Result<u32> {
    u32::try_from(octal(field)?).map_err(|_| invalid("a number that is too large"))
}

fn decimal<T: std::str::FromStr>(value: &[u8]) -> io::Result<T> {
    std::str::from_utf8(value)
        .ok()
        .and_then(|text| text.parse().ok())
        .ok_or_else(|| invalid("a record that is no number"))
}

fn invalid(what: &str) -> io::Error {
    io::Error::new(ErrorKind::InvalidData, format!("the archive has {what}"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tar::header::Header;

    fn archive(headers: &[Header]) -> Vec<u8> {
        let mut bytes: Vec<u8> = headers.iter().flat_map(Header::encode).collect();
        bytes.extend_from_slice(&[0; 1024]);
        bytes
    }

    fn members(bytes: &[u8]) -> io::Result<Vec<Member>> {
        let mut members = Members::new(bytes);
        let mut found = Vec::new();
        while let Some(member) = members.next()? {
            found.push(member);
        }
        Ok(found)
    }

    #[test]
    fn a_member_is_read_as_it_was_written() {
        let header = Header {
            path: "längerer/".repeat(20).into_bytes(),
            flag: TypeFlag::Directory,
            mode: 0o2755,
            uid: 0x7fff_ffff,
            gid: 3,
            modified: 1_700_000_000,
            attributes: vec![(b"user.a".to_vec(), b"=\n\0=".to_vec())],
            ..Header::default()
        };
        let found = members(&archive(std::slice::from_ref(&header))).unwrap_or_default();
        assert_eq!(found.len(), 1);
        assert_eq!(found[0].path, header.path[..header.path.len() - 1]);
        assert_eq!((found[0].mode, found[0].uid, found[0].gid), (0o2755, 0x7fff_ffff, 3));
        assert_eq!((found[0].modified, &found[0].attributes), (1_700_000_000, &header.attributes));
    }

    #[test]
    fn a_path_that_leads_upwards_is_refused() {
        let header = Header { path: b"a/../../etc/passwd".to_vec(), ..Header::default() };
        assert!(members(&archive(&[header])).is_err());
    }

    #[test]
    fn an_archive_that_ends_early_is_an_error() {
        let whole = archive(&[Header { path: b"a".to_vec(), size: 5, ..Header::default() }]);
        assert!(members(&whole[..512]).is_err());
        assert!(members(&whole[..100]).is_err());
    }

    #[test]
    fn damaged_bytes_are_members_or_an_error() {
        let header = Header {
            path: vec![b'p'; 150],
            link: vec![b'l'; 150],
            attributes: vec![(b"user.a".to_vec(), b"value".to_vec())],
            ..Header::default()
        };
        let whole = archive(&[header.clone(), header]);
        for at in 0..whole.len() {
            for byte in [0, b' ', b'9', b'x', 0xff] {
                let mut damaged = whole.clone();
                damaged[at] = byte;
                let _ = members(&damaged);
                // With its checksum put right, so that the field itself is looked at.
                let start = at - at % BLOCK;
                let block: &mut [u8] = &mut damaged[start..start + BLOCK];
                block[148..156].fill(b' ');
                let sum: u64 = block.iter().map(|byte| u64::from(*byte)).sum();
                block[148..155].copy_from_slice(format!("{sum:06o}\0").as_bytes());
                let _ = members(&damaged);
            }
        }
    }
}
