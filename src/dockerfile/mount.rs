//! `RUN --mount=…`.

use super::span::Span;
use crate::expand::ExpandError;
use crate::suggest::nearest;

/// One mount of a `RUN`. As parsed, its values are unexpanded and those that make no sense yet are left out;
/// [`Mount::resolve`] gives what Docker makes of it.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Mount {
    /// What is mounted.
    pub kind: MountKind,
    /// Where, relative to the working directory.
    pub target: Option<String>,
    /// The path in the context, stage or image.
    pub source: Option<String>,
    /// A stage or an image, never expanded.
    pub from: Option<String>,
    /// Whether the step cannot write to it.
    pub readonly: bool,
    /// The identity of a cache, secret or agent.
    pub id: Option<String>,
    /// How a cache is shared.
    pub sharing: Option<String>,
    /// Permission bits.
    pub mode: Option<u32>,
    /// The owner.
    pub uid: Option<u32>,
    /// The group.
    pub gid: Option<u32>,
    /// Whether a missing secret or agent fails the build.
    pub required: bool,
    /// The variable that holds a secret.
    pub env: Option<String>,
    /// The size of a tmpfs in bytes.
    pub size: Option<u64>,
    /// The flag's value as it is written.
    pub text: String,
    /// Where the flag stands.
    pub span: Span,
}

/// The type of a mount.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum MountKind {
    /// Files of the context, a stage or an image.
    #[default]
    Bind,
    /// A directory kept between builds.
    Cache,
    /// Memory.
    Tmpfs,
    /// A secret of the build.
    Secret,
    /// The agent of the user.
    Ssh,
}

const KEYS: [&str; 19] = [
    "type",
    "from",
    "source",
    "target",
    "readonly",
    "id",
    "sharing",
    "required",
    "size",
    "mode",
    "uid",
    "gid",
    "src",
    "dst",
    "destination",
    "ro",
    "rw",
    "readwrite",
    "env",
];

impl Mount {
    /// Reads the value of the flag as far as it goes without expansion.
    pub(super) fn read(text: &str, span: Span) -> Result<Self, String> {
        let fields = fields(text)?;
        for field in &fields {
            if let Some((key, value)) = field.split_once('=')
                && key.eq_ignore_ascii_case("from")
                && value.find('$').is_some_and(|at| at + 1 != value.len())
            {
                return Err(format!(
                    "'{key}' doesn't support variable expansion, define alias stage instead"
                ));
            }
        }
        let mut mount = Self { text: text.to_owned(), span, ..Self::default() };
        let mut readonly = None;
        for field in &fields {
            // Docker looks at the rest only when it runs the step; so does `resolve`.
            drop(mount.apply(field, &mut readonly, &|value| Ok(value.to_owned())));
        }
        mount.readonly = readonly.unwrap_or_else(|| mount.kind.is_readonly());
        Ok(mount)
    }

    /// The mount with its values expanded, or what Docker says when it runs the step.
    pub fn resolve(
        &self,
        expand: &dyn Fn(&str) -> Result<String, ExpandError>,
    ) -> Result<Self, String> {
        let mut mount = Self { text: self.text.clone(), span: self.span, ..Self::default() };
        let mut readonly = None;
        for field in fields(&self.text)? {
            mount.apply(&field, &mut readonly, expand)?;
        }
        mount.readonly = readonly.unwrap_or_else(|| mount.kind.is_readonly());
        mount.check()?;
        Ok(mount)
    }

    fn apply(
        &mut self,
        field: &str,
        readonly: &mut Option<bool>,
        expand: &dyn Fn(&str) -> Result<String, ExpandError>,
    ) -> Result<(), String> {
        let Some((key, value)) = field.split_once('=') else {
            return self.apply_bare(field, readonly);
        };
        let key = key.to_lowercase();
        let value = expand(value).map_err(|error| error.to_string())?;
        let switch = || boolean(&value).ok_or_else(|| format!("invalid value for {key}: {value}"));
        let number = || value.parse().map_err(|_| format!("invalid value {value} for {key}"));
        match key.as_str() {
            "type" => self.kind = kind(&value)?,
            "from" => self.from = Some(value).filter(|from| !from.is_empty()),
            "source" | "src" => self.source = Some(value),
            "target" | "dst" | "destination" => self.target = Some(value),
            "readonly" | "ro" => *readonly = Some(switch()?),
            "readwrite" | "rw" => *readonly = Some(!switch()?),
            "required" if self.takes_required() => self.required = switch()?,
            "size" if self.kind == MountKind::Tmpfs => {
                self.size =
                    Some(bytes(&value).ok_or_else(|| format!("invalid value for {key}: {value}"))?);
            }
            "required" | "size" => {
                return Err(format!(
                    "unexpected key '{key}' for mount type '{}'",
                    self.kind.name()
                ));
            }
            "id" => self.id = Some(value),
            "sharing" => self.sharing = Some(sharing(&value)?),
            "mode" => {
                let mode = u32::from_str_radix(&value, 8);
                self.mode = Some(mode.map_err(|_| format!("invalid value {value} for mode"))?);
            }
            "uid" => self.uid = Some(number()?),
            "gid" => self.gid = Some(number()?),
            "env" => self.env = Some(value),
            _ => {
                let near = nearest(&key, &KEYS).map(|near| format!(" (did you mean {near}?)"));
                return Err(format!(
                    "unexpected key '{key}' in '{field}'{}",
                    near.unwrap_or_default()
                ));
            }
        }
        Ok(())
    }

    fn apply_bare(&mut self, field: &str, readonly: &mut Option<bool>) -> Result<(), String> {
        match field.to_lowercase().as_str() {
            "readonly" | "ro" => *readonly = Some(true),
            "readwrite" | "rw" => *readonly = Some(false),
            "required" if self.takes_required() => self.required = true,
            "required" => {
                return Err(format!(
                    "unexpected key 'required' for mount type '{}'",
                    self.kind.name()
                ));
            }
            _ => return Err(format!("invalid field '{field}' must be a key=value pair")),
        }
        Ok(())
    }

    fn takes_required(&self) -> bool {
        matches!(self.kind, MountKind::Secret | MountKind::Ssh)
    }

    fn check(&self) -> Result<(), String> {
        let kind = self.kind.name();
        if matches!(self.kind, MountKind::Bind | MountKind::Tmpfs) {
            let given = [
                ("mode", self.mode.is_some()),
                ("uid", self.uid.is_some()),
                ("gid", self.gid.is_some()),
            ];
            if let Some((name, _)) = given.iter().find(|(_, given)| *given) {
                return Err(format!("{name} not allowed for {kind:?} type mounts"));
            }
        }
        let blank = |value: &Option<String>| value.as_deref().unwrap_or_default().is_empty();
        if self.kind == MountKind::Secret {
            if !blank(&self.from) {
                return Err("secret mount should not have a from".to_owned());
            }
            if !blank(&self.sharing) {
                return Err("secret mount should not define sharing".to_owned());
            }
            if blank(&self.source) && blank(&self.target) && blank(&self.id) {
                return Err("invalid secret mount. one of source, target required".to_owned());
            }
            if !blank(&self.source) && !blank(&self.id) {
                return Err("both source and id can't be set".to_owned());
            }
        }
        if !blank(&self.sharing) && self.kind != MountKind::Cache {
            return Err(format!("invalid cache sharing set for {kind} mount"));
        }
        Ok(())
    }
}

impl MountKind {
    /// The name in a Dockerfile.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Bind => "bind",
            Self::Cache => "cache",
            Self::Tmpfs => "tmpfs",
            Self::Secret => "secret",
            Self::Ssh => "ssh",
        }
    }

    /// Whether a step cannot write to it unless it says so.
    const fn is_readonly(self) -> bool {
        !matches!(self, Self::Cache | Self::Tmpfs)
    }
}

fn kind(value: &str) -> Result<MountKind, String> {
    use MountKind::{Bind, Cache, Secret, Ssh, Tmpfs};
    let lower = value.to_lowercase();
    let found = [Bind, Cache, Tmpfs, Secret, Ssh].into_iter().find(|kind| kind.name() == lower);
    found.ok_or_else(|| format!("unsupported mount type {value:?}"))
}

fn sharing(value: &str) -> Result<String, String> {
    let lower = value.to_lowercase();
    if matches!(lower.as_str(), "shared" | "private" | "locked") {
        return Ok(lower);
    }
    Err(format!("unsupported sharing value {value:?}"))
}

/// Go's `strconv.ParseBool`.
fn boolean(value: &str) -> Option<bool> {
    match value {
        "1" | "t" | "T" | "true" | "TRUE" | "True" => Some(true),
        "0" | "f" | "F" | "false" | "FALSE" | "False" => Some(false),
        _ => None,
    }
}

/// A size such as `64m` or `1.5 GiB`.
#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "the number is checked to be neither negative nor too large"
)]
fn bytes(value: &str) -> Option<u64> {
    let lower = value.to_ascii_lowercase();
    let digits = lower.find(|ch: char| !(ch.is_ascii_digit() || ch == '.')).unwrap_or(lower.len());
    let (number, unit) = lower.split_at(digits);
    let number: f64 = number.parse().ok()?;
    let unit = unit.strip_prefix(' ').unwrap_or(unit);
    let power = match unit.strip_suffix('b').unwrap_or(unit).trim_end_matches('i') {
        "" => 0,
        "k" => 1,
        "m" => 2,
        "g" => 3,
        "t" => 4,
        "p" => 5,
        _ => return None,
    };
    let size = number * 1024_f64.powi(power);
    (size.is_finite() && size < 9.0e18).then_some(size as u64)
}

/// Comma-separated fields, where a field in quotes may hold commas and doubled quotes.
fn fields(text: &str) -> Result<Vec<String>, String> {
    let fail = |reason: &str| Err(format!("failed to parse csv mounts: parse error: {reason}"));
    let mut fields = Vec::new();
    let mut rest = text;
    loop {
        let Some(quoted) = rest.strip_prefix('"') else {
            let (field, behind) = rest.split_once(',').map_or((rest, None), |(f, b)| (f, Some(b)));
            if field.contains('"') {
                return fail("bare \" in non-quoted-field");
            }
            fields.push(field.to_owned());
            let Some(behind) = behind else { return Ok(fields) };
            rest = behind;
            continue;
        };
        let mut field = String::new();
        let mut left = quoted;
        rest = loop {
            let Some((before, behind)) = left.split_once('"') else {
                return fail("extraneous or missing \" in quoted-field");
            };
            field.push_str(before);
            match behind.strip_prefix('"') {
                Some(behind) => {
                    field.push('"');
                    left = behind;
                }
                None => break behind,
            }
        };
        fields.push(field);
        match rest.strip_prefix(',') {
            Some(behind) => rest = behind,
            None if rest.is_empty() => return Ok(fields),
            None => return fail("extraneous or missing \" in quoted-field"),
        }
    }
}
