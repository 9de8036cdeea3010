//! Who a command runs as: a `USER` text resolved in the container's own files, as runc does it.

use std::fs;

/// The ids of a process, and the home directory that goes with them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Identity {
    /// User.
    pub uid: u32,
    /// Group.
    pub gid: u32,
    /// All groups, the first being the group itself.
    pub groups: Vec<u32>,
    /// The home directory of the user, `/` where none is known.
    pub home: Vec<u8>,
}

/// Why a user text means nobody.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum UserError {
    /// Neither a number nor a name in `/etc/passwd`.
    NoSuchUser(String),
    /// Neither a number nor a name in `/etc/group`.
    NoSuchGroup(String),
    /// A number that is no id.
    OutOfRange(String),
}

impl std::fmt::Display for UserError {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::NoSuchUser(name) => write!(formatter, "no user {name} in /etc/passwd"),
            Self::NoSuchGroup(name) => write!(formatter, "no group {name} in /etc/group"),
            Self::OutOfRange(id) => write!(formatter, "{id} is no user or group id"),
        }
    }
}

/// Resolves a user text with the files of this container; a missing file is an empty one.
pub fn resolve(text: &[u8]) -> Result<Identity, UserError> {
    let passwd = fs::read("/etc/passwd").unwrap_or_default();
    let group = fs::read("/etc/group").unwrap_or_default();
    resolve_in(text, &passwd, &group)
}

/// Resolves a user text with the given texts of `/etc/passwd` and `/etc/group`.
pub fn resolve_in(text: &[u8], passwd: &[u8], group: &[u8]) -> Result<Identity, UserError> {
    let mut parts = text.splitn(2, |byte| *byte == b':');
    let user = parts.next().unwrap_or_default();
    let wanted_group = parts.next().unwrap_or_default();

    let mut identity = Identity { uid: 0, gid: 0, groups: Vec::new(), home: b"/".to_vec() };
    let mut name: Option<&[u8]> = None;
    let uid = if user.is_empty() { Some(0) } else { number(user)? };
    let entry = lines(passwd, 7).find(|fields| match uid {
        Some(uid) => id(fields[2]) == Some(uid),
        None => fields[0] == user,
    });
    match (entry, uid) {
        (Some(fields), _) => {
            identity.uid = id(fields[2]).unwrap_or(0);
            identity.gid = id(fields[3]).unwrap_or(0);
            identity.home = fields[5].to_vec();
            name = Some(fields[0]);
        }
        (None, Some(uid)) => identity.uid = uid,
        (None, None) => return Err(UserError::NoSuchUser(lossy(user))),
    }
    if identity.home.is_empty() {
        identity.home = b"/".to_vec();
    }

    let mut further = Vec::new();
    if wanted_group.is_empty() {
        let listed = |fields: &Vec<&[u8]>| {
            name.is_some_and(|name| {
                fields[3].split(|byte| *byte == b',').any(|member| member == name)
            })
        };
        further = lines(group, 4).filter(listed).filter_map(|fields| id(fields[2])).collect();
    } else {
        identity.gid = resolve_group(wanted_group, group)?;
    }
    identity.groups.push(identity.gid);
    for gid in further {
        if !identity.groups.contains(&gid) {
            identity.groups.push(gid);
        }
    }
    Ok(identity)
}

fn resolve_group(wanted: &[u8], group: &[u8]) -> Result<u32, UserError> {
    if let Some(gid) = number(wanted)? {
        return Ok(gid);
    }
    lines(group, 4)
        .find(|fields| fields[0] == wanted)
        .and_then(|fields| id(fields[2]))
        .ok_or_else(|| UserError::NoSuchGroup(lossy(wanted)))
}

/// The lines of a passwd-like file as exactly `count` fields each, missing ones empty.
fn lines(text: &[u8], count: usize) -> impl Iterator<Item = Vec<&[u8]>> {
    text.split(|byte| *byte == b'\n').filter_map(move |line| {
        let line = line.trim_ascii();
        if line.is_empty() || line.starts_with(b"#") {
            return None;
        }
        let mut fields: Vec<&[u8]> = line.splitn(count, |byte| *byte == b':').collect();
        fields.resize(count, b"");
        Some(fields)
    })
}

/// The number that a text is, if it is one; one that no id can have is an error.
fn number(text: &[u8]) -> Result<Option<u32>, UserError> {
    let digits = text.strip_prefix(b"-").unwrap_or(text);
    if digits.is_empty() || !digits.iter().all(u8::is_ascii_digit) {
        return Ok(None);
    }
    id(text).map(Some).ok_or_else(|| UserError::OutOfRange(lossy(text)))
}

fn id(text: &[u8]) -> Option<u32> {
    let value: u32 = std::str::from_utf8(text).ok()?.parse().ok()?;
    (value <= i32::MAX.cast_unsigned()).then_some(value)
}

fn lossy(text: &[u8]) -> String {
    String::from_utf8_lossy(text).into_owned()
}
