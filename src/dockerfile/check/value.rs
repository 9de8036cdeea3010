//! Values that a build refuses.

/// The variables that a word names.
pub(super) fn variables(word: &str) -> impl Iterator<Item = &str> {
    word.split('$').skip(1).map(|rest| {
        let rest = rest.strip_prefix('{').unwrap_or(rest);
        let end = rest.find(|ch: char| !(ch.is_alphanumeric() || ch == '_'));
        &rest[..end.unwrap_or(rest.len())]
    })
}

/// What follows `invalid reference format` where a text is no reference to an image.
pub(super) fn bad_reference(text: &str) -> Option<String> {
    let (rest, digest) = text.split_once('@').map_or((text, None), |(rest, it)| (rest, Some(it)));
    let last = rest.rfind('/').map_or(0, |at| at + 1);
    let (name, tag) = match rest[last..].split_once(':') {
        Some((name, tag)) => (&rest[..last + name.len()], Some(tag)),
        None => (rest, None),
    };
    let (host, path) = match name.split_once('/') {
        Some((host, path)) if host.contains(['.', ':']) || host == "localhost" => (host, path),
        _ => ("", name),
    };
    if path.chars().any(char::is_uppercase) {
        let library = if name.contains('/') { "" } else { "library/" };
        return Some(format!(": repository name ({library}{path}) must be lowercase"));
    }
    let good = (host.is_empty() || is_host(host))
        && path.split('/').all(is_component)
        && tag.is_none_or(is_tag)
        && digest.is_none_or(is_digest);
    (!good).then(String::new)
}

fn is_host(text: &str) -> bool {
    let (name, port) = text.rsplit_once(':').unwrap_or((text, "0"));
    let part = |part: &str| {
        part.starts_with(|ch: char| ch.is_ascii_alphanumeric())
            && part.ends_with(|ch: char| ch.is_ascii_alphanumeric())
            && part.chars().all(|ch| ch.is_ascii_alphanumeric() || ch == '-')
    };
    let digits = !port.is_empty() && port.bytes().all(|digit| digit.is_ascii_digit());
    text.starts_with('[') || (digits && name.split('.').all(part))
}

/// Letters and digits, with `.`, `_`, `__` or dashes between them.
fn is_component(text: &str) -> bool {
    let plain = |ch: char| ch.is_ascii_lowercase() || ch.is_ascii_digit();
    text.starts_with(plain)
        && text.ends_with(plain)
        && text
            .split(plain)
            .all(|gap| matches!(gap, "" | "." | "_" | "__") || gap.chars().all(|ch| ch == '-'))
}

fn is_tag(text: &str) -> bool {
    let word = |ch: char| ch.is_ascii_alphanumeric() || ch == '_';
    text.len() <= 128
        && text.starts_with(word)
        && text.chars().all(|ch| word(ch) || ch == '.' || ch == '-')
}

fn is_digest(text: &str) -> bool {
    text.split_once(':').is_some_and(|(algorithm, hex)| {
        algorithm.starts_with(|ch: char| ch.is_ascii_alphabetic())
            && hex.len() >= 32
            && hex.chars().all(|ch| ch.is_ascii_hexdigit())
    })
}

pub(super) fn is_bad_platform(text: &str) -> bool {
    /// What can stand alone: operating systems and architectures.
    const KNOWN: [&str; 44] = [
        "aix",
        "android",
        "darwin",
        "dragonfly",
        "freebsd",
        "hurd",
        "illumos",
        "ios",
        "js",
        "linux",
        "nacl",
        "netbsd",
        "openbsd",
        "plan9",
        "solaris",
        "windows",
        "zos",
        "386",
        "amd64",
        "arm",
        "armbe",
        "arm64",
        "arm64be",
        "ppc",
        "ppc64",
        "ppc64le",
        "loong64",
        "mips",
        "mipsle",
        "mips64",
        "mips64le",
        "riscv",
        "riscv64",
        "s390",
        "s390x",
        "sparc",
        "sparc64",
        "wasm",
        "x86_64",
        "x86-64",
        "aarch64",
        "armhf",
        "armel",
        "i386",
    ];
    let good = |part: &str| {
        !part.is_empty() && part.chars().all(|ch| ch.is_ascii_alphanumeric() || "_-".contains(ch))
    };
    let parts: Vec<&str> = text.split('/').collect();
    let system = parts[0].split_once('(').map_or(parts[0], |(system, _)| system);
    (parts.len() == 1 && !KNOWN.contains(&&*text.to_ascii_lowercase()))
        || parts.len() > 3
        || !good(system)
        || !parts[1..].iter().all(|part| good(part))
}

/// What a build says of a port of EXPOSE that it refuses.
pub(super) fn bad_port(text: &str) -> Option<String> {
    let (ports, protocol) = text.split_once('/').unwrap_or((text, ""));
    let protocol = protocol.split('/').next().unwrap_or_default();
    let port = ports.rsplit(':').next().unwrap_or_default();
    if port.is_empty() {
        return Some(format!("No port specified: {text}<empty>"));
    }
    let number = |text: &str| text.parse::<u16>().ok().filter(|_| !text.starts_with('+'));
    let (first, last) = port.split_once('-').unwrap_or((port, port));
    match (number(first), number(last)) {
        (Some(first), Some(last)) if first <= last => {}
        _ => return Some(format!("Invalid containerPort: {port}")),
    }
    let known = ["", "tcp", "udp", "sctp"].contains(&&*protocol.to_ascii_lowercase());
    (!known).then(|| format!("Invalid proto: {protocol}"))
}

/// Whether STOPSIGNAL takes it: any number but 0, or a name of Linux.
pub(super) fn is_signal(text: &str) -> bool {
    const NAMES: [&str; 38] = [
        "ABRT", "ALRM", "BUS", "CHLD", "CLD", "CONT", "FPE", "HUP", "ILL", "INT", "IO", "IOT",
        "KILL", "PIPE", "POLL", "PROF", "PWR", "QUIT", "SEGV", "STKFLT", "STOP", "SYS", "TERM",
        "TRAP", "TSTP", "TTIN", "TTOU", "UNUSED", "URG", "USR1", "USR2", "VTALRM", "WINCH", "XCPU",
        "XFSZ", "RTMIN", "RTMAX", "EMT",
    ];
    if let Ok(number) = text.parse::<i64>() {
        return number != 0;
    }
    let name = text.to_ascii_uppercase();
    let name = name.strip_prefix("SIG").unwrap_or(&name);
    let base = name.split(['+', '-']).next().unwrap_or_default();
    NAMES.contains(&base) && (base == name || base.starts_with("RT"))
}

pub(super) fn bad_checksum(text: &str) -> Option<&'static str> {
    let Some((algorithm, hex)) = text.split_once(':') else {
        return Some("invalid checksum digest format");
    };
    if !["sha256", "sha384", "sha512"].contains(&algorithm) {
        return Some("unsupported digest algorithm");
    }
    let length = match algorithm {
        "sha256" => 64,
        "sha384" => 96,
        _ => 128,
    };
    if hex.len() != length {
        return Some("invalid checksum digest length");
    }
    let digits = hex.chars().all(|ch| ch.is_ascii_digit() || ('a'..='f').contains(&ch));
    (!digits).then_some("invalid checksum digest format")
}
