//! The variables of a stage as of some line: ENV and ARG in one list, as `BuildKit` keeps them.

use std::collections::BTreeMap;
use std::sync::Arc;

use crate::expand::Lookup;
use crate::shared_map::SharedMap;

/// What `BuildKit` sets where a base image has no PATH.
const DEFAULT_PATH: &str = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";

/// Variables in the order in which they were first set; a later value replaces in place. A copy
/// costs nothing.
#[derive(Clone, Debug, Default)]
pub struct Environment {
    variables: SharedMap<Arc<str>>,
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
        self.variables.insert(name, value.into());
    }

    /// The value of a variable.
    pub fn get(&self, name: &str) -> Option<&str> {
        self.variables.get(name).map(|value| &**value)
    }

    /// `NAME=value` each, with the proxies that a build passes to every RUN.
    pub fn for_run(&self, build_args: &BTreeMap<String, String>) -> Vec<String> {
        let variables = self.variables.entries().into_iter();
        let mut list: Vec<String> =
            variables.map(|(name, value)| format!("{name}={value}")).collect();
        for name in ["HTTP_PROXY", "HTTPS_PROXY", "FTP_PROXY", "NO_PROXY", "ALL_PROXY"] {
            let lower = name.to_ascii_lowercase();
            let value = build_args.get(name).or_else(|| build_args.get(&lower));
            for spelling in [name, &lower] {
                if let Some(value) = value.filter(|_| self.get(spelling).is_none()) {
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
