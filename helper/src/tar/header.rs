//! The blocks that stand before a member of a tar archive: a ustar header, and before it an
//! extended one where something does not fit.

const BLOCK: usize = 512;
const NAME: usize = 100;
/// What seven and eleven octal digits can say.
const MAX_ID: u32 = 0o777_7777;
const MAX_SIZE: u64 = 0o777_7777_7777;

/// What a member is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
#[repr(u8)]
pub(crate) enum TypeFlag {
    #[default]
    File = b'0',
    HardLink = b'1',
    Symlink = b'2',
    Character = b'3',
    Block = b'4',
    Directory = b'5',
    Fifo = b'6',
    Extended = b'x',
}

/// A member of an archive, without its content.
#[derive(Debug, Clone, Default)]
pub(crate) struct Header {
    pub(crate) path: Vec<u8>,
    pub(crate) link: Vec<u8>,
    pub(crate) flag: TypeFlag,
    pub(crate) mode: u32,
    pub(crate) uid: u32,
    pub(crate) gid: u32,
    pub(crate) size: u64,
    pub(crate) modified: i64,
    pub(crate) device: (u32, u32),
    pub(crate) attributes: Vec<(Vec<u8>, Vec<u8>)>,
}

/// How many zeroes make a content of this size whole blocks.
pub(crate) fn padding(size: u64) -> u64 {
    size.next_multiple_of(BLOCK as u64) - size
}

impl Header {
    /// The blocks that announce this member.
    pub(crate) fn encode(&self) -> Vec<u8> {
        let records = self.records();
        let mut blocks = Vec::new();
        if !records.is_empty() {
            let extended = Self {
                path: b"extended".to_vec(),
                flag: TypeFlag::Extended,
                mode: 0o644,
                size: records.len() as u64,
                ..Self::default()
            };
            blocks.extend_from_slice(&extended.block());
            blocks.extend_from_slice(&records);
            blocks.resize(blocks.len().next_multiple_of(BLOCK), 0);
        }
        blocks.extend_from_slice(&self.block());
        blocks
    }

    /// The records of what the header itself cannot say.
    fn records(&self) -> Vec<u8> {
        let mut records = Vec::new();
        let fits = |text: &[u8]| text.len() <= NAME && text.is_ascii();
        if !fits(&self.path) {
            record(&mut records, b"path", &self.path);
        }
        if !fits(&self.link) {
            record(&mut records, b"linkpath", &self.link);
        }
        if self.size > MAX_SIZE {
            record(&mut records, b"size", self.size.to_string().as_bytes());
        }
        for (name, id) in [(b"uid", self.uid), (b"gid", self.gid)] {
            if id > MAX_ID {
                record(&mut records, name, id.to_string().as_bytes());
            }
        }
        for (name, value) in &self.attributes {
            record(&mut records, &[b"SCHILY.xattr.", name.as_slice()].concat(), value);
        }
        records
    }

    fn block(&self) -> [u8; BLOCK] {
        let mut block = [0; BLOCK];
        put(&mut block, 0, &self.path[..self.path.len().min(NAME)]);
        octal(&mut block, 100, 8, u64::from(self.mode));
        octal(&mut block, 108, 8, u64::from(self.uid.min(MAX_ID)));
        octal(&mut block, 116, 8, u64::from(self.gid.min(MAX_ID)));
        octal(&mut block, 124, 12, self.size.min(MAX_SIZE));
        octal(&mut block, 136, 12, u64::try_from(self.modified).unwrap_or(0).min(MAX_SIZE));
        put(&mut block, 148, b"        ");
        block[156] = self.flag as u8;
        put(&mut block, 157, &self.link[..self.link.len().min(NAME)]);
        put(&mut block, 257, b"ustar\x0000");
        octal(&mut block, 329, 8, u64::from(self.device.0));
        octal(&mut block, 337, 8, u64::from(self.device.1));
        let sum: u64 = block.iter().map(|byte| u64::from(*byte)).sum();
        octal(&mut block, 148, 7, sum);
        block
    }
}

fn put(block: &mut [u8; BLOCK], at: usize, text: &[u8]) {
    block[at..at + text.len()].copy_from_slice(text);
}

/// A number in octal digits, ended by a NUL.
fn octal(block: &mut [u8; BLOCK], at: usize, width: usize, value: u64) {
    put(block, at, format!("{value:0digits$o}\0", digits = width - 1).as_bytes());
}

/// `LENGTH name=value\n`, in which the length counts its own digits too.
fn record(records: &mut Vec<u8>, name: &[u8], value: &[u8]) {
    let rest = name.len() + value.len() + 3;
    let mut length = rest + 1;
    while length != rest + length.to_string().len() {
        length = rest + length.to_string().len();
    }
    records.extend_from_slice(length.to_string().as_bytes());
    records.push(b' ');
    records.extend_from_slice(name);
    records.push(b'=');
    records.extend_from_slice(value);
    records.push(b'\n');
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_record_counts_the_digits_of_its_own_length() {
        for length in 0..1200 {
            let mut records = Vec::new();
            record(&mut records, b"path", &vec![b'a'; length]);
            let announced = records.split(|byte| *byte == b' ').next().unwrap_or_default();
            assert_eq!(announced, records.len().to_string().as_bytes());
        }
    }

    #[test]
    fn a_plain_member_needs_one_block_and_a_long_name_three() {
        let mut header = Header { path: b"app/server.js".to_vec(), ..Header::default() };
        assert_eq!(header.encode().len(), BLOCK);
        header.path = vec![b'a'; 101];
        assert_eq!(header.encode().len(), 3 * BLOCK);
    }

    #[test]
    fn padding_completes_a_block() {
        assert_eq!([0, 1, 511, 512, 513].map(padding), [0, 511, 1, 0, 511]);
    }
}
