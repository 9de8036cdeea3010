//! Cases as the real builder has them.

use crate::docker::{Build, Image};
use crate::support::copying::{CopyCase, Outcome};
use crate::support::spec::{Nodes, listing, nodes};

/// A word that expands to this text.
pub(crate) fn word(text: &str) -> String {
    let text = text.replace('\\', "\\\\").replace('$', "\\$");
    serde_json::to_string(&text).expect("text")
}

/// Fails where something differs.
pub(crate) fn complain(wrong: Vec<Option<String>>) {
    let wrong: Vec<String> = wrong.into_iter().flatten().collect();
    assert!(wrong.is_empty(), "{} differ from Docker:\n{}", wrong.len(), wrong.join("\n"));
}

/// What Docker makes of a case.
pub(crate) fn build(case: &CopyCase) -> Outcome {
    let image = |files: &Nodes| (!files.is_empty()).then(|| Image::new(files));
    let base = image(&case.base());
    let stage = case.stage.as_ref().and_then(|stage| image(&nodes(stage)));
    let name = base.as_ref().map_or("scratch", |image| image.name.as_str());
    let cwd = Some(case.cwd.as_str()).filter(|cwd| !cwd.is_empty());
    let user = case.workdir_as.as_deref().filter(|user| !user.is_empty());
    let lines = [
        Some(format!("FROM {name}")),
        cwd.map(|cwd| format!("WORKDIR {cwd}")),
        user.map(|user| format!("USER {user}")),
        Some(match case.workdir_as {
            Some(_) => format!("WORKDIR {}", case.dest),
            None => instruction(case, stage.as_ref()),
        }),
    ];
    let dockerfile: Vec<String> = lines.into_iter().flatten().collect();
    let dockerfile = dockerfile.join("\n") + "\n";
    match Build::new(&nodes(&case.context)).run(&dockerfile, &case.ignore) {
        Ok(files) => Outcome::Made(listing(&files)),
        Err(message) => Outcome::Error(message),
    }
}

fn instruction(case: &CopyCase, stage: Option<&Image>) -> String {
    let flags = [
        stage.map(|stage| format!("--from={}", stage.name)),
        case.chown.as_ref().map(|value| format!("--chown={value}")),
        case.chmod.as_ref().map(|value| format!("--chmod={value}")),
        case.link.then(|| "--link".into()),
    ];
    let mut words = vec![String::from(if case.add { "ADD" } else { "COPY" })];
    words.extend(flags.into_iter().flatten());
    if case.heredocs.is_empty() {
        let paths: Vec<_> =
            case.sources.iter().chain([&case.dest]).map(|text| word(text)).collect();
        words.push(format!("[{}]", paths.join(", ")));
        return words.join(" ");
    }
    words.extend(case.sources.iter().cloned());
    words.extend(case.heredocs.iter().map(|(name, _)| format!("<<{name}")));
    words.push(case.dest.clone());
    let bodies = case.heredocs.iter().map(|(name, contents)| format!("\n{contents}{name}"));
    words.join(" ") + &bodies.collect::<String>()
}
