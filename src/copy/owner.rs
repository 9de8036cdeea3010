//! `--chown` and the owner of a WORKDIR.

use super::Names;

/// `user[:group]`, as far as it can be read without the container's files.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Owner {
    user: Id,
    group: Option<Id>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
enum Id {
    Number(u32),
    Name(String),
}

impl Owner {
    pub(super) fn parse(value: &str) -> Owner {
        let (user, group) = value.split_once(':').map_or((value, None), |(u, g)| (u, Some(g)));
        Owner { user: Id::parse(user), group: group.map(Id::parse) }
    }

    /// Whether the container's user and group files are needed.
    pub(super) fn needs_names(&self) -> bool {
        matches!(self.user, Id::Name(_)) || matches!(self.group, Some(Id::Name(_)))
    }

    /// The ids. Names that are not there count as 0, or as the user's group: a build does not mind.
    pub(super) fn resolve(&self, names: &Names) -> (u32, u32) {
        let (uid, primary) = match &self.user {
            Id::Number(id) => (*id, *id),
            Id::Name(name) => lookup(names.passwd.as_deref(), name)
                .map_or((0, 0), |fields| (number(fields.get(2)), number(fields.get(3)))),
        };
        let gid = match &self.group {
            None => primary,
            Some(Id::Number(id)) => *id,
            Some(Id::Name(name)) => {
                lookup(names.group.as_deref(), name).map_or(primary, |fields| number(fields.get(2)))
            }
        };
        (uid, gid)
    }
}

impl Id {
    fn parse(text: &str) -> Id {
        match text {
            "" | "root" => Id::Number(0),
            // A negative id leaves the owner as it is, which in a context is 0.
            _ => text.parse::<i32>().map_or_else(
                |_| Id::Name(text.to_owned()),
                |id| Id::Number(id.max(0).cast_unsigned()),
            ),
        }
    }
}

/// The fields of the first line for this name.
fn lookup<'a>(file: Option<&'a str>, name: &str) -> Option<Vec<&'a str>> {
    file?
        .lines()
        .map(|line| line.trim().split(':').collect::<Vec<_>>())
        .find(|fields| fields[0] == name)
}

fn number(field: Option<&&str>) -> u32 {
    field.and_then(|field| field.parse().ok()).unwrap_or(0)
}
