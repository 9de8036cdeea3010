//! Frames: a length, a kind, the id of the request they belong to, a payload.

use std::io::{self, ErrorKind, Read};

use super::wire::DecodeError;

/// No frame to the helper is longer; a list of more paths is sent in several requests.
pub const MAX_LENGTH: u32 = 16 << 20;
/// Kind and id.
const HEAD: u32 = 5;

/// One frame as it came.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Frame {
    /// What it is.
    pub kind: u8,
    /// The request that it belongs to.
    pub id: u32,
    /// The fields.
    pub payload: Vec<u8>,
}

/// Why there is no next frame.
#[derive(Debug)]
pub enum ReadError {
    /// The stream failed, or ended inside a frame.
    Io(io::Error),
    /// The length cannot be.
    Malformed(DecodeError),
}

impl From<io::Error> for ReadError {
    fn from(error: io::Error) -> Self {
        Self::Io(error)
    }
}

/// The next frame, or `None` where the stream ends between two frames.
pub fn read(stream: &mut impl Read) -> Result<Option<Frame>, ReadError> {
    let mut length = [0; 4];
    if !fill_or_end(stream, &mut length)? {
        return Ok(None);
    }
    let length = u32::from_le_bytes(length);
    if !(HEAD..=MAX_LENGTH).contains(&length) {
        return Err(ReadError::Malformed(DecodeError::Length(length)));
    }
    let mut head = [0; HEAD as usize];
    stream.read_exact(&mut head)?;
    let [kind, id @ ..] = head;
    // Grows with what really arrives: an announced length alone reserves nothing.
    let mut payload = Vec::new();
    let expected = u64::from(length - HEAD);
    if stream.take(expected).read_to_end(&mut payload)? as u64 != expected {
        return Err(ReadError::Io(ErrorKind::UnexpectedEof.into()));
    }
    Ok(Some(Frame { kind, id: u32::from_le_bytes(id), payload }))
}

/// Fills the buffer; false where the stream ends before its first byte.
fn fill_or_end(stream: &mut impl Read, buffer: &mut [u8]) -> io::Result<bool> {
    let mut filled = 0;
    while filled < buffer.len() {
        match stream.read(&mut buffer[filled..]) {
            Ok(0) if filled == 0 => return Ok(false),
            Ok(0) => return Err(ErrorKind::UnexpectedEof.into()),
            Ok(count) => filled += count,
            Err(error) if error.kind() == ErrorKind::Interrupted => {}
            Err(error) => return Err(error),
        }
    }
    Ok(true)
}

/// A frame as it is sent.
pub fn encode(kind: u8, id: u32, payload: &[u8]) -> Vec<u8> {
    let length = u32::try_from(payload.len()).unwrap_or(u32::MAX).saturating_add(HEAD);
    let mut bytes = Vec::with_capacity(payload.len() + 9);
    bytes.extend_from_slice(&length.to_le_bytes());
    bytes.push(kind);
    bytes.extend_from_slice(&id.to_le_bytes());
    bytes.extend_from_slice(payload);
    bytes
}
