//! Random texts that look enough like Dockerfiles to get far.

use std::hash::{BuildHasher, RandomState};

const PIECES: [&str; 66] = [
    "FROM a\n",
    "FROM a AS b\n",
    "FROM --platform=$P x\n",
    "RUN ",
    "RUN a\n",
    "RUN [\"a\"]\n",
    "COPY a /b\n",
    "COPY --from=b ",
    "COPY --parents --exclude=*.md ",
    "ADD ",
    "ADD http://h/x /y\n",
    "ENV a=1 ",
    "ENV a ",
    "ARG x\n",
    "ARG x=${y:-z}\n",
    "CMD [\"x\"]\n",
    "CMD x\n",
    "LABEL ",
    "ONBUILD ",
    "HEALTHCHECK --interval=1s CMD ",
    "SHELL [\"s\"]\n",
    "<<EOF",
    "<<-E",
    "<<'E F'",
    "<< X",
    "3<<Y",
    "\nEOF\n",
    "\n\tE\n",
    "\nX\n",
    "\\\n",
    "`\n",
    "\\",
    "`",
    "\n",
    "\r\n",
    "\r",
    " ",
    "\t",
    "\"",
    "'",
    "$x",
    "${x:-",
    "${x##*",
    "${x//a/",
    "}",
    "[\"",
    "\"]",
    ", ",
    "--",
    "--mount=type=cache,",
    "# c\n",
    "#dev-cmd-live=x\n",
    "#dev-run=y\n",
    "# dev-copy = a b \\\n",
    "#dev-env=A=1\n",
    "#dev-foo=1\n",
    "#livecmd-marker=1\n",
    "# escape=`\n",
    "# syntax=x\n",
    "\u{feff}",
    "é",
    "😀",
    "\u{0}",
    "\u{a0}",
    "\u{85}",
    "\u{2028}",
];

/// A seed of chance.
pub(crate) fn seed() -> u64 {
    RandomState::new().hash_one(0)
}

/// Numbers by xorshift: good enough, and the same for the same seed.
pub(crate) struct Random(u64);

impl Random {
    pub(crate) fn new(seed: u64) -> Self {
        Self(seed | 1)
    }

    pub(crate) fn below(&mut self, end: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        usize::try_from(self.0 >> 33).unwrap_or_default() % end.max(1)
    }

    fn pick<'a, T>(&mut self, all: &'a [T]) -> Option<&'a T> {
        let index = self.below(all.len());
        all.get(index)
    }

    /// Some of the corpus and some pieces, then changed here and there.
    pub(crate) fn text(&mut self, corpus: &[String]) -> String {
        let mut text = String::new();
        for _ in 0..=self.below(12) {
            let from_corpus = self.below(3) == 0;
            let part = if from_corpus {
                self.pick(corpus).map(String::as_str)
            } else {
                self.pick(&PIECES).copied()
            };
            text.push_str(part.unwrap_or_default());
        }
        for _ in 0..self.below(6) {
            self.change(&mut text);
        }
        text
    }

    fn change(&mut self, text: &mut String) {
        let (one, other) = (self.place(text), self.place(text));
        let (start, end) = (one.min(other), one.max(other));
        match self.below(4) {
            0 => text.insert_str(start, self.pick(&PIECES).copied().unwrap_or_default()),
            1 => text.truncate(end),
            2 => text.replace_range(start..end.min(self.near(text, start)), ""),
            _ => {
                let end = end.min(self.near(text, start));
                let again = text[start..end].to_owned();
                text.insert_str(end, &again);
            }
        }
    }

    fn place(&mut self, text: &str) -> usize {
        let mut place = self.below(text.len() + 1);
        while !text.is_char_boundary(place) {
            place -= 1;
        }
        place
    }

    /// A place some bytes behind `start`.
    fn near(&mut self, text: &str, start: usize) -> usize {
        let mut place = (start + self.below(8)).min(text.len());
        while !text.is_char_boundary(place) {
            place += 1;
        }
        place
    }
}
