//! What all checks look at, made once.

use super::AnalyzeOptions;
use crate::directive::{Directive, DirectiveCandidate, DirectiveKind, candidates, directives};
use crate::dockerfile::{CommentPlace, Dockerfile, Instruction, Span, parse};
use crate::live::{self, Live, LiveError};
use crate::stage::{self, Model, Places, Step};
use std::cell::OnceCell;
use std::collections::BTreeMap;

pub(super) struct Subject<'a> {
    pub(super) file: Dockerfile,
    /// All that looks like a directive.
    pub(super) candidates: Vec<DirectiveCandidate>,
    /// The directives that count.
    pub(super) directives: Vec<Directive>,
    pub(super) live: Result<Live, LiveError>,
    pub(super) options: &'a AnalyzeOptions,
    model: OnceCell<Option<Model>>,
}

impl<'a> Subject<'a> {
    pub(super) fn new(text: &str, options: &'a AnalyzeOptions) -> Self {
        let file = parse(text);
        let candidates = candidates(&file);
        let directives = directives(&file);
        let live = live::generate_from(&file);
        Self { file, candidates, directives, live, options, model: OnceCell::new() }
    }

    /// Known directives that stand between instructions.
    pub(super) fn written(&self) -> impl Iterator<Item = (&DirectiveCandidate, DirectiveKind)> {
        self.candidates
            .iter()
            .filter(|candidate| candidate.comment.place == CommentPlace::Own)
            .filter_map(|candidate| Some((candidate, candidate.kind?)))
            .filter(|(_, kind)| *kind != DirectiveKind::Marker)
    }

    pub(super) fn live_command(&self) -> Option<&Directive> {
        self.directives.iter().find(|directive| directive.kind == DirectiveKind::LiveCommand)
    }

    /// The instructions of the stage in which `offset` lies, from its FROM up to the next one.
    pub(super) fn stage_at(&self, offset: usize) -> &[Instruction] {
        let all = &self.file.instructions;
        let behind = all.partition_point(|instruction| instruction.span.start <= offset);
        let is_from = |instruction: &Instruction| instruction.keyword == "FROM";
        let Some(first) = all[..behind].iter().rposition(is_from) else { return &[] };
        let end = all[first + 1..].iter().position(is_from);
        &all[first..end.map_or(all.len(), |end| first + 1 + end)]
    }

    /// The instruction that begins on a line.
    pub(super) fn instruction_on(&self, line: u32) -> Option<&Instruction> {
        let all = &self.file.instructions;
        let at = all.partition_point(|instruction| instruction.lines.0 < line);
        all.get(at).filter(|instruction| instruction.lines.0 == line)
    }

    /// The instruction around an offset.
    pub(super) fn instruction_at(&self, offset: usize) -> Option<&Instruction> {
        let all = &self.file.instructions;
        let behind = all.partition_point(|instruction| instruction.span.start <= offset);
        all[..behind].last().filter(|instruction| instruction.span.contains(offset))
    }

    /// What looks like a directive at just this place.
    pub(super) fn candidate(&self, span: Span) -> Option<&DirectiveCandidate> {
        let at = self.candidates.partition_point(|one| one.comment.span.start < span.start);
        self.candidates.get(at).filter(|candidate| candidate.comment.span == span)
    }

    /// The whole line with its end, for taking it out.
    pub(super) fn whole_line(&self, span: Span) -> Span {
        let line = self.file.index.line(span.start);
        Span::new(self.file.index.start(line), self.file.index.start(line + 1))
    }

    /// The steps of the stages that the live Dockerfile is built from, images unknown.
    pub(super) fn model(&self) -> Option<&Model> {
        let model = self.model.get_or_init(|| {
            let live = self.live.as_ref().ok()?;
            let places = Places { original: live.line_map.clone(), marker: None };
            let options =
                stage::Options { platform: "linux/amd64".to_owned(), ..Default::default() };
            let generated = live.has_directives.then(|| parse(&live.text));
            let file = generated.as_ref().unwrap_or(&self.file);
            Some(stage::build(file, &places, &options, &BTreeMap::new()))
        });
        model.as_ref()
    }

    /// Where a step of the model stands: its instruction's text, or its directive's.
    pub(super) fn place(&self, step: &Step) -> Option<Place<'_>> {
        let line = step.lines.0;
        let at = self.directives.partition_point(|directive| directive.line < line);
        if let Some(directive) = self.directives.get(at).filter(|found| found.line == line) {
            return Some(Place { span: directive.span, instruction: None });
        }
        let instruction = self.instruction_on(line)?;
        Some(Place { span: instruction.span, instruction: Some(instruction) })
    }
}

/// Where something stands.
pub(super) struct Place<'a> {
    pub(super) span: Span,
    pub(super) instruction: Option<&'a Instruction>,
}
