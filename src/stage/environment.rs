//! The variables of a stage as of some line: ENV and ARG in one list, as `BuildKit` keeps them.

use std::collections::{BTreeMap, BTreeSet};

use crate::expand::Lookup;

/// What `BuildKit` sets where a base image has no PATH.
const DEFAULT_PATH: &str = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";

/// Variables in the order in which they were first set; a later value replaces in place.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Environment {
    variables: Vec<(String, String)>,
}

impl Environment {
    /// The variables of an image, with a PATH in any case.
    pub fn of_image(variables: &[String]) -> Self {
        let mut environment = Self::default();
        for variable in variables {
            let (name, value) = variable.split_once('=').unwrap_or((variable, ""));
            environment.set(name, value);
        }
        if environment.get("PATH").is_none() {
            environment.set("PATH", DEFAULT_PATH);
        }
        environment
    }

    /// Sets a variable.
    pub fn set(&mut self, name: &str, value: &str) {
        match self.variables.iter_mut().find(|(known, _)| known == name) {
            Some((_, old)) => value.clone_into(old),
            None => self.variables.push((name.to_owned(), value.to_owned())),
        }
    }

    /// The value of a variable.
    pub fn get(&self, name: &str) -> Option<&str> {
        self.variables.iter().find(|(known, _)| known == name).map(|(_, value)| value.as_str())
    }

    /// `NAME=value` each, with the proxies that a build passes to every RUN.
    pub fn for_run(&self, build_args: &BTreeMap<String, String>) -> Vec<String> {
        let mut list: Vec<String> =
            self.variables.iter().map(|(name, value)| format!("{name}={value}")).collect();
        let set: BTreeSet<&str> = self.variables.iter().map(|(name, _)| name.as_str()).collect();
        for name in ["HTTP_PROXY", "HTTPS_PROXY", "FTP_PROXY", "NO_PROXY", "ALL_PROXY"] {
            let lower = name.to_ascii_lowercase();
            let value = build_args.get(name).or_else(|| build_args.get(&lower));
            for spelling in [name, &lower] {
                if let Some(value) = value.filter(|_| !set.contains(spelling)) {
                    list.push(format!("{spelling}={value}"));
                }
            }
        }
        list
    }
}

impl Lookup for Environment {
    fn get(&self, name: &str) -> Option<String> {
        Environment::get(self, name).map(str::to_owned)
    }
}
