//! Finding and ending processes through `/proc`.

use std::fs;

use rustix::process::{Pid, Signal, WaitOptions, getpid, kill_process, waitpid};

/// The children of this process, ended ones included.
pub fn children() -> Vec<Pid> {
    let parent = getpid().as_raw_pid();
    let Ok(entries) = fs::read_dir("/proc") else { return Vec::new() };
    entries
        .filter_map(|entry| entry.ok()?.file_name().to_str()?.parse::<i32>().ok())
        .filter(|pid| parent_of(*pid) == Some(parent))
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
        let children = children();
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
