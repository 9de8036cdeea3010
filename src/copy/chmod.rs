//! `--chmod`.
