//! Which stages a build of the last one carries out.

use std::collections::{BTreeSet, HashMap};

use crate::dockerfile::{Dockerfile, InstructionKind};

/// Their numbers. A stage that only a variable names is left out.
pub(super) fn stages(file: &Dockerfile) -> BTreeSet<usize> {
    let mut names: HashMap<&str, usize> = HashMap::new();
    let mut sources: Vec<Vec<usize>> = Vec::new();
    for instruction in &file.instructions {
        let named = |name: &str| names.get(&*name.to_lowercase()).copied();
        match &instruction.kind {
            InstructionKind::From(from) => {
                let base = names.get(from.image.text.as_str()).copied();
                sources.push(base.into_iter().collect());
                if let Some(name) = &from.name {
                    names.insert(&name.text, sources.len() - 1);
                }
            }
            InstructionKind::Copy(copy) => {
                let from = copy.from.as_ref();
                let from =
                    from.and_then(|from| from.text.parse().ok().or_else(|| named(&from.text)));
                if let Some(last) = sources.last_mut() {
                    last.extend(from);
                }
            }
            InstructionKind::Run(run) => {
                let from: Vec<usize> =
                    run.mounts.iter().filter_map(|mount| named(mount.from.as_deref()?)).collect();
                if let Some(last) = sources.last_mut() {
                    last.extend(from);
                }
            }
            _ => {}
        }
    }
    let mut needed = BTreeSet::new();
    let mut open: Vec<usize> = sources.len().checked_sub(1).into_iter().collect();
    while let Some(stage) = open.pop() {
        if let Some(sources) = sources.get(stage)
            && needed.insert(stage)
        {
            open.extend(sources);
        }
    }
    needed
}
