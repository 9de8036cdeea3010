//! What the host and the helper say to each other over the helper's standard streams.
//!
//! A frame is `u32 length, u8 kind, u32 id, payload`; all integers are little endian, and the
//! length counts what follows it. The host chooses the id of a request, and everything that
//! belongs to it carries that id. Every request ends with exactly one `Done`, `Exit` or `Error`.
//! The same kinds and fields are written down in `extension/host/helper/protocol.ts`.

pub mod frame;
pub mod request;
pub mod response;
pub mod wire;

/// The first bytes of a hello: whoever speaks without them is not the host.
pub const MAGIC: [u8; 4] = *b"LVPH";
/// Both sides must speak the same version: the host carries the helper that fits it.
pub const VERSION: u16 = 3;
