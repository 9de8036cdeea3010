//! A map with text as keys of which a copy costs nothing: copies share what they have in common.
//!
//! Every step of a stage sees the variables as of its line, and a stage may be the base of any
//! number of others, so real copies would cost the square of a Dockerfile's length.

use std::hash::Hasher as _;
use std::sync::Arc;

use siphasher::sip::SipHasher13;

/// Bits of the hash that choose among the children of one node.
const BITS: u32 = 4;

/// Keys in the order in which they were first set; a later value replaces in place.
#[derive(Clone, Debug)]
pub(crate) struct SharedMap<V> {
    root: Option<Arc<Node<V>>>,
    len: usize,
}

#[derive(Clone, Debug)]
enum Node<V> {
    Branch([Option<Arc<Node<V>>>; 1 << BITS]),
    /// More than one entry only where whole hashes are the same.
    Leaf(u64, Vec<Entry<V>>),
}

#[derive(Clone, Debug)]
struct Entry<V> {
    key: Arc<str>,
    value: V,
    order: usize,
}

impl<V> Default for SharedMap<V> {
    fn default() -> Self {
        Self { root: None, len: 0 }
    }
}

impl<V: Clone> SharedMap<V> {
    pub(crate) fn get(&self, key: &str) -> Option<&V> {
        let hash = hash(key);
        let mut node = self.root.as_deref()?;
        let mut shift = 0;
        loop {
            match node {
                Node::Branch(children) => node = children[digit(hash, shift)].as_deref()?,
                Node::Leaf(_, entries) => {
                    let found = entries.iter().find(|entry| *entry.key == *key);
                    return found.map(|entry| &entry.value);
                }
            }
            shift += BITS;
        }
    }

    pub(crate) fn insert(&mut self, key: &str, value: V) {
        let order = self.len;
        let root = self.root.take();
        let entry = Entry { key: key.into(), value, order };
        let (root, added) = inserted(root, hash(key), 0, entry);
        self.root = Some(root);
        self.len += usize::from(added);
    }

    /// All of it, in the order in which the keys were first set.
    pub(crate) fn entries(&self) -> Vec<(&str, &V)> {
        let mut entries = Vec::with_capacity(self.len);
        let mut open: Vec<&Node<V>> = self.root.as_deref().into_iter().collect();
        while let Some(node) = open.pop() {
            match node {
                Node::Branch(children) => open.extend(children.iter().flatten().map(Arc::as_ref)),
                Node::Leaf(_, found) => entries.extend(found),
            }
        }
        entries.sort_unstable_by_key(|entry| entry.order);
        entries.into_iter().map(|entry| (&*entry.key, &entry.value)).collect()
    }
}

/// The node with one more entry, and whether its key is new.
fn inserted<V: Clone>(
    node: Option<Arc<Node<V>>>,
    hash: u64,
    shift: u32,
    mut entry: Entry<V>,
) -> (Arc<Node<V>>, bool) {
    let Some(mut node) = node else { return (Arc::new(Node::Leaf(hash, vec![entry])), true) };
    if let Node::Leaf(other, _) = *node
        && other != hash
    {
        let mut children = std::array::from_fn(|_| None);
        children[digit(other, shift)] = Some(node);
        node = Arc::new(Node::Branch(children));
    }
    let added = match Arc::make_mut(&mut node) {
        Node::Branch(children) => {
            let child = &mut children[digit(hash, shift)];
            let (made, added) = inserted(child.take(), hash, shift + BITS, entry);
            *child = Some(made);
            added
        }
        Node::Leaf(_, entries) => {
            let known = entries.iter_mut().find(|known| known.key == entry.key);
            let added = known.is_none();
            if let Some(known) = known {
                entry.order = known.order;
                *known = entry;
            } else {
                entries.push(entry);
            }
            added
        }
    };
    (node, added)
}

fn digit(hash: u64, shift: u32) -> usize {
    #[expect(clippy::cast_possible_truncation, reason = "four bits")]
    let digit = (hash >> shift) as usize;
    digit & ((1 << BITS) - 1)
}

fn hash(key: &str) -> u64 {
    let mut hasher = SipHasher13::new();
    hasher.write(key.as_bytes());
    hasher.finish()
}

#[cfg(test)]
mod tests {
    use super::SharedMap;

    #[test]
    fn a_later_value_replaces_and_keeps_the_place() {
        let mut map = SharedMap::default();
        for number in 0..1000 {
            map.insert(&format!("k{number}"), number);
        }
        map.insert("k3", 33);
        assert_eq!(map.get("k3"), Some(&33));
        assert_eq!(map.get("k1000"), None);
        let entries = map.entries();
        assert_eq!((entries.len(), entries[3], entries[999]), (1000, ("k3", &33), ("k999", &999)));
    }

    #[test]
    fn a_copy_does_not_follow_the_original() {
        let mut map = SharedMap::default();
        map.insert("a", 1);
        let copy = map.clone();
        map.insert("a", 2);
        map.insert("b", 3);
        assert_eq!((copy.get("a"), copy.get("b")), (Some(&1), None));
        assert_eq!((map.get("a"), map.get("b")), (Some(&2), Some(&3)));
    }
}
