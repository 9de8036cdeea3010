//! The ports of EXPOSE.

use crate::shared_map::SharedMap;

/// Ports such as `8080/tcp`, each once. A copy costs nothing.
#[derive(Clone, Debug, Default)]
pub struct Ports(SharedMap<()>);

impl Ports {
    /// Adds a port, with `/tcp` where it says no protocol.
    pub(super) fn add(&mut self, port: &str) {
        let (number, protocol) = port.split_once('/').unwrap_or((port, "tcp"));
        self.0.insert(&format!("{number}/{}", protocol.to_ascii_lowercase()), ());
    }

    /// All of them, in the order in which they were first exposed.
    pub fn list(&self) -> Vec<String> {
        self.0.entries().into_iter().map(|(port, ())| port.to_owned()).collect()
    }
}
