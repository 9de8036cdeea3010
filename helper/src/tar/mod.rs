//! Tar archives as the host and Docker write and read them.

pub(crate) mod header;
pub(crate) mod reader;
