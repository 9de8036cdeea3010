//! Errors of the operating system as the host reads them.

use rustix::io::Errno;

use crate::protocol::response::Problem;

/// A problem of the operating system with a path.
pub fn of(error: Errno, path: &[u8]) -> Problem {
    if error == Errno::XDEV {
        let message = "it is on a file system that is mounted into the container";
        return Problem::new("mounted", path, message);
    }
    let message = std::io::Error::from(error).to_string();
    Problem::new(&code(error), path, message)
}

/// A problem of the standard library with a path.
pub fn of_io(error: &std::io::Error, path: &[u8]) -> Problem {
    match Errno::from_io_error(error) {
        Some(errno) => of(errno, path),
        None => Problem::new("EIO", path, error.to_string()),
    }
}

/// The name that every Unix programmer knows, for those that the host tells apart.
fn code(error: Errno) -> String {
    let name = match error {
        Errno::PERM => "EPERM",
        Errno::NOENT => "ENOENT",
        Errno::ACCESS => "EACCES",
        Errno::BUSY => "EBUSY",
        Errno::EXIST => "EEXIST",
        Errno::NOTDIR => "ENOTDIR",
        Errno::ISDIR => "EISDIR",
        Errno::NOSPC => "ENOSPC",
        Errno::DQUOT => "EDQUOT",
        Errno::ROFS => "EROFS",
        Errno::LOOP => "ELOOP",
        Errno::NAMETOOLONG => "ENAMETOOLONG",
        Errno::NOTEMPTY => "ENOTEMPTY",
        Errno::NOEXEC => "ENOEXEC",
        Errno::NOMEM => "ENOMEM",
        Errno::AGAIN => "EAGAIN",
        Errno::INVAL => "EINVAL",
        _ => return format!("errno {}", error.raw_os_error()),
    };
    name.to_owned()
}
