//! Finding and ending processes through `/proc`.

use std::fs;

use rustix::process::{Pid, Signal, WaitOptions, WaitStatus, getpid, kill_process, waitpid};

/// The children of a process, ended ones included.
fn children_of(parent: Pid) -> Vec<Pid> {
    let Ok(entries) = fs::read_dir("/proc") else { return Vec::new() };
    entries
        .filter_map(|entry| entry.ok()?.file_name().to_str()?.parse::<i32>().ok())
        .filter(|pid| parent_of(*pid) == Some(parent.as_raw_pid()))
        .filter_map(Pid::from_raw)
        .collect()
}

/// The fourth field of `/proc/PID/stat`; the second, a name in brackets, may contain anything.
fn parent_of(pid: i32) -> Option<i32> {
    let stat = fs::read(format!("/proc/{pid}/stat")).ok()?;
    let after_name = stat.iter().rposition(|byte| *byte == b')')?;
    let text = std::str::from_utf8(&stat[after_name + 1..]).ok()?;
    text.split_ascii_whitespace().nth(1)?.parse().ok()
}

/// Kills the children of this process, then theirs, which are handed to it, until none is left.
/// False where one of them may not be killed.
pub fn kill_children() -> bool {
    loop {
        let children = children_of(getpid());
        if children.is_empty() {
            return true;
        }
        for child in children {
            if kill_process(child, Signal::KILL).is_err() {
                return false;
            }
            let _ = waitpid(Some(child), WaitOptions::empty());
        }
    }
}

/// Kills the children of another process, which has to reap them itself.
pub fn kill_children_of(parent: Pid) {
    for child in children_of(parent) {
        let _ = kill_process(child, Signal::KILL);
    }
}

/// As shells and Docker tell how a process ended: 128 + n for a signal n.
pub fn exit_code(status: WaitStatus) -> u8 {
    let code = match (status.exit_status(), status.terminating_signal()) {
        (Some(code), _) => code,
        (None, Some(signal)) => 128 + signal,
        (None, None) => i32::from(u8::MAX),
    };
    u8::try_from(code).unwrap_or(u8::MAX)
}
