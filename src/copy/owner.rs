//! `--chown` and the owner of a WORKDIR.
