//! The few shapes that frames are made of: integers, byte strings and lists, little endian.

use std::fmt;

/// Why a payload cannot be read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum DecodeError {
    /// It ends before what it announces.
    Truncated,
    /// Bytes are left over after the last field.
    Trailing,
    /// The kind of frame is unknown.
    UnknownKind(u8),
    /// A field has a value that it must not have.
    Invalid(&'static str),
    /// The frame is shorter or longer than a frame may be.
    Length(u32),
}

impl fmt::Display for DecodeError {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Truncated => write!(formatter, "the frame ends before what it announces"),
            Self::Trailing => write!(formatter, "bytes are left over at the frame's end"),
            Self::UnknownKind(kind) => write!(formatter, "unknown kind of frame {kind}"),
            Self::Invalid(what) => write!(formatter, "{what}"),
            Self::Length(length) => write!(formatter, "a frame of {length} bytes"),
        }
    }
}

impl std::error::Error for DecodeError {}

/// Reads fields off the front of a payload.
#[derive(Debug)]
pub struct Reader<'a> {
    rest: &'a [u8],
}

impl<'a> Reader<'a> {
    /// Starts at the first byte of a payload.
    pub fn new(payload: &'a [u8]) -> Self {
        Self { rest: payload }
    }

    fn take(&mut self, count: usize) -> Result<&'a [u8], DecodeError> {
        let (head, rest) = self.rest.split_at_checked(count).ok_or(DecodeError::Truncated)?;
        self.rest = rest;
        Ok(head)
    }

    fn array<const N: usize>(&mut self) -> Result<[u8; N], DecodeError> {
        let (head, rest) = self.rest.split_first_chunk().ok_or(DecodeError::Truncated)?;
        self.rest = rest;
        Ok(*head)
    }

    /// One byte.
    pub fn u8(&mut self) -> Result<u8, DecodeError> {
        self.array().map(|[byte]| byte)
    }

    /// Two bytes.
    pub fn u16(&mut self) -> Result<u16, DecodeError> {
        self.array().map(u16::from_le_bytes)
    }

    /// Four bytes.
    pub fn u32(&mut self) -> Result<u32, DecodeError> {
        self.array().map(u32::from_le_bytes)
    }

    /// Eight bytes.
    pub fn u64(&mut self) -> Result<u64, DecodeError> {
        self.array().map(u64::from_le_bytes)
    }

    /// Eight bytes, signed.
    pub fn i64(&mut self) -> Result<i64, DecodeError> {
        self.array().map(i64::from_le_bytes)
    }

    /// A SHA-256 digest.
    pub fn digest(&mut self) -> Result<[u8; 32], DecodeError> {
        self.array()
    }

    /// A length and as many bytes.
    pub fn bytes(&mut self) -> Result<&'a [u8], DecodeError> {
        let length = self.u32()?;
        self.take(usize::try_from(length).map_err(|_| DecodeError::Truncated)?)
    }

    /// A count and as many byte strings.
    pub fn list(&mut self) -> Result<Vec<Vec<u8>>, DecodeError> {
        let count = self.u32()?;
        // Each needs four bytes of length at least: a count beyond that is a lie, and must not
        // make us reserve memory.
        if u64::from(count) * 4 > self.rest.len() as u64 {
            return Err(DecodeError::Truncated);
        }
        (0..count).map(|_| self.bytes().map(<[u8]>::to_vec)).collect()
    }

    /// All that is left.
    pub fn rest(&mut self) -> &'a [u8] {
        std::mem::take(&mut self.rest)
    }

    /// Whether nothing is left.
    pub fn is_empty(&self) -> bool {
        self.rest.is_empty()
    }

    /// Says that the payload ends here.
    pub fn end(&self) -> Result<(), DecodeError> {
        if self.rest.is_empty() { Ok(()) } else { Err(DecodeError::Trailing) }
    }
}

/// Appends fields to a payload.
#[derive(Debug, Default)]
pub struct Writer {
    /// The payload so far.
    pub bytes: Vec<u8>,
}

impl Writer {
    /// One byte.
    pub fn u8(&mut self, value: u8) -> &mut Self {
        self.bytes.push(value);
        self
    }

    /// Two bytes.
    pub fn u16(&mut self, value: u16) -> &mut Self {
        self.raw(&value.to_le_bytes())
    }

    /// Four bytes.
    pub fn u32(&mut self, value: u32) -> &mut Self {
        self.raw(&value.to_le_bytes())
    }

    /// Eight bytes.
    pub fn u64(&mut self, value: u64) -> &mut Self {
        self.raw(&value.to_le_bytes())
    }

    /// Eight bytes, signed.
    pub fn i64(&mut self, value: i64) -> &mut Self {
        self.raw(&value.to_le_bytes())
    }

    /// A length and the bytes.
    pub fn bytes(&mut self, value: &[u8]) -> &mut Self {
        self.length(value.len()).raw(value)
    }

    /// A count and the byte strings.
    pub fn list<T: AsRef<[u8]>>(&mut self, values: &[T]) -> &mut Self {
        self.length(values.len());
        for value in values {
            self.bytes(value.as_ref());
        }
        self
    }

    /// A length or count; nothing in a frame comes near the limit of 32 bits.
    pub fn length(&mut self, value: usize) -> &mut Self {
        self.u32(u32::try_from(value).unwrap_or(u32::MAX))
    }

    /// The bytes as they are.
    pub fn raw(&mut self, value: &[u8]) -> &mut Self {
        self.bytes.extend_from_slice(value);
        self
    }
}
