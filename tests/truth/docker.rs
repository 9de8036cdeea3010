//! The real builder.

#![allow(dead_code, reason = "each test takes what it needs")]

use std::collections::BTreeMap;
use std::fs;
use std::io::{Read, Write};
use std::os::unix::fs::{PermissionsExt, chown, symlink};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};

use livepush_core::tree::Kind;

use crate::support::spec::{Node, Nodes};

/// Does something for all cases, two at a time, and collects what it returns in their order.
pub(crate) fn for_all<C: Sync, R: Send>(cases: &[C], work: impl Fn(&C) -> R + Sync) -> Vec<R> {
    let next = AtomicUsize::new(0);
    let results = Mutex::new(BTreeMap::new());
    std::thread::scope(|scope| {
        for _ in 0..2 {
            scope.spawn(|| {
                loop {
                    let at = next.fetch_add(1, Ordering::Relaxed);
                    let Some(case) = cases.get(at) else { break };
                    let result = work(case);
                    results.lock().expect("no panic while held").insert(at, result);
                }
            });
        }
    });
    results.into_inner().expect("no panic while held").into_values().collect()
}

/// One build: a context, and a Dockerfile with its ignore file beside it, not in it.
pub(crate) struct Build {
    directory: PathBuf,
}

impl Build {
    pub(crate) fn new(context: &Nodes) -> Build {
        static COUNT: AtomicUsize = AtomicUsize::new(0);
        let number = COUNT.fetch_add(1, Ordering::Relaxed);
        let name = format!("livepush-truth-{}-{number}", std::process::id());
        let build = Build { directory: std::env::temp_dir().join(name) };
        fs::create_dir_all(build.context()).expect("a directory for the context");
        write(&build.context(), context);
        build
    }

    fn context(&self) -> PathBuf {
        self.directory.join("context")
    }

    /// The files of the last stage, or what the build says against it.
    pub(crate) fn run(&self, dockerfile: &str, ignore: &str) -> Result<Nodes, String> {
        fs::write(self.directory.join("Dockerfile.dockerignore"), ignore).expect("the ignore file");
        self.build(dockerfile, &["--output", "type=tar,dest=-"]).map(|output| untar(&output))
    }

    /// The config of the image, or what the build says against it.
    pub(crate) fn config(&self, dockerfile: &str) -> Result<serde_json::Value, String> {
        // Equal images are one, and could be removed by who is done with it first.
        let label = format!("livepush.truth={}", self.directory.display());
        let output = self.build(dockerfile, &["--label", &label])?;
        let id = String::from_utf8(output).expect("an id").trim().to_owned();
        let mut inspect = docker();
        inspect.args(["image", "inspect", "--format", "{{json .Config}}", &id]);
        let inspected = inspect.output().expect("docker runs").stdout;
        // Without force, an image that someone else uses or has named stays.
        let _ = docker().args(["image", "rm", &id]).output();
        let mut config: serde_json::Value = serde_json::from_slice(&inspected).expect("JSON");
        let labels = config["Labels"].as_object_mut().expect("our label");
        labels.remove("livepush.truth");
        if labels.is_empty() {
            config["Labels"].take();
        }
        Ok(config)
    }

    fn build(&self, dockerfile: &str, options: &[&str]) -> Result<Vec<u8>, String> {
        let file = self.directory.join("Dockerfile");
        fs::write(&file, dockerfile).expect("the Dockerfile");
        let output = docker()
            .args(["build", "--quiet", "--file"])
            .arg(&file)
            .args(options)
            .arg(self.context())
            .output()
            .expect("docker runs");
        if output.status.success() {
            return Ok(output.stdout);
        }
        let stderr = String::from_utf8_lossy(&output.stderr);
        let message = stderr.lines().rfind(|line| line.starts_with("ERROR")).unwrap_or(&stderr);
        Err(without_mounts(message))
    }
}

impl Drop for Build {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.directory);
    }
}

/// An image of these files, for as long as this lives.
pub(crate) struct Image {
    pub(crate) name: String,
}

impl Image {
    pub(crate) fn new(nodes: &Nodes) -> Image {
        static COUNT: AtomicUsize = AtomicUsize::new(0);
        let number = COUNT.fetch_add(1, Ordering::Relaxed);
        let name = format!("livepush-truth:{}-{number}", std::process::id());
        let mut child = docker()
            .args(["import", "--change", "LABEL livepush.truth=1", "-", &name])
            .stdin(Stdio::piped())
            .stdout(Stdio::null())
            .spawn()
            .expect("docker runs");
        child.stdin.take().expect("it is piped").write_all(&tar(nodes)).expect("docker reads");
        assert!(child.wait().expect("docker ends").success(), "docker import");
        Image { name }
    }
}

impl Drop for Image {
    fn drop(&mut self) {
        let _ = docker().args(["image", "rm", &self.name]).output();
    }
}

/// Debian's client where it is, since another one may have no builder.
fn docker() -> Command {
    let debian = Path::new("/usr/bin/docker");
    Command::new(if debian.exists() { debian } else { Path::new("docker") })
}

/// Where the builder had mounted a tree, and how it calls it, is different every time.
fn without_mounts(message: &str) -> String {
    let word = |word: &str| {
        if word.contains("::") {
            return "…:".to_owned();
        }
        let start = ["/merged/", "/diff/", "/buildkit-mount"].into_iter().find_map(|mark| {
            let at = word.find(mark)? + mark.len() - 1;
            Some(at + word[at..].find('/')?)
        });
        start.map_or(word, |start| &word[start..]).to_owned()
    };
    message.split(' ').map(word).collect::<Vec<_>>().join(" ")
}

fn write(directory: &Path, nodes: &Nodes) {
    for (path, node) in nodes {
        let path = directory.join(path);
        match node.kind {
            Kind::Directory => fs::create_dir_all(&path).expect("a directory"),
            Kind::Symlink => {
                symlink(&node.text, &path).expect("a link");
                continue;
            }
            _ => fs::write(&path, &node.text).expect("a file"),
        }
        if (node.uid, node.gid) != (0, 0) {
            // Only root can; the case then says less, and nothing wrong.
            let _ = chown(&path, Some(node.uid), Some(node.gid));
        }
        fs::set_permissions(&path, fs::Permissions::from_mode(node.mode)).expect("a mode");
    }
}

fn tar(nodes: &Nodes) -> Vec<u8> {
    let mut archive = tar::Builder::new(Vec::new());
    for (path, node) in nodes {
        let mut header = tar::Header::new_gnu();
        header.set_mode(node.mode);
        header.set_uid(node.uid.into());
        header.set_gid(node.gid.into());
        match node.kind {
            Kind::Symlink => {
                header.set_entry_type(tar::EntryType::Symlink);
                header.set_size(0);
                archive.append_link(&mut header, path, &node.text).expect("a link");
                continue;
            }
            Kind::Directory => header.set_entry_type(tar::EntryType::Directory),
            _ => header.set_entry_type(tar::EntryType::Regular),
        }
        header.set_size(node.text.len() as u64);
        archive.append_data(&mut header, path, node.text.as_bytes()).expect("an entry");
    }
    archive.into_inner().expect("an archive")
}

fn untar(bytes: &[u8]) -> Nodes {
    let mut nodes = Nodes::new();
    for entry in tar::Archive::new(bytes).entries().expect("an archive") {
        let mut entry = entry.expect("an entry");
        let header = entry.header();
        let kind = match header.entry_type() {
            tar::EntryType::Regular | tar::EntryType::Link => Kind::File,
            tar::EntryType::Directory => Kind::Directory,
            tar::EntryType::Symlink => Kind::Symlink,
            _ => Kind::Other,
        };
        let mode = header.mode().expect("a mode") & 0o7777;
        let uid = u32::try_from(header.uid().expect("a uid")).expect("32 bits");
        let gid = u32::try_from(header.gid().expect("a gid")).expect("32 bits");
        let path = entry.path().expect("a path").to_string_lossy().trim_matches('/').to_owned();
        let mut text = String::new();
        match entry.link_name().expect("a link name") {
            Some(target) => text = target.to_string_lossy().into_owned(),
            None => {
                entry.read_to_string(&mut text).expect("text");
            }
        }
        if !path.is_empty() && path != "." {
            nodes.insert(path, Node { kind, mode, uid, gid, text });
        }
    }
    nodes
}
