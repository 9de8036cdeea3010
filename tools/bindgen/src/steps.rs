//! Makes a module count its own steps: turns of loops, calls, and bytes that are copied or filled.
//!
//! Unlike time, the count is the same on every machine, so a test can hold it against the size of
//! the input.

use walrus::ir::{self, BinaryOp, Instr, InstrLocId, InstrSeqId, UnaryOp, Value, Visitor};
use walrus::{ConstExpr, FunctionId, GlobalId, LocalFunction, LocalId, Module, ValType};

/// Adds the exported global `steps`.
pub(crate) fn count(module: &mut Module) {
    let start = ConstExpr::Value(Value::I64(0));
    let counter = module.globals.add_local(ValType::I64, true, false, start);
    module.exports.add("steps", counter);
    let length = module.locals.add(ValType::I32);
    let functions: Vec<FunctionId> = module.funcs.iter_local().map(|(id, _)| id).collect();
    for id in functions {
        let function = module.funcs.get_mut(id).kind.unwrap_local_mut();
        let mut sequences = Sequences::default();
        ir::dfs_in_order(&mut sequences, function, function.entry_block());
        for sequence in sequences.all {
            count_bytes(function, sequence, counter, length);
        }
        for sequence in sequences.loops.into_iter().chain([function.entry_block()]) {
            let one = Instr::Const(ir::Const { value: Value::I64(1) });
            let turn = placed(add(counter, [one]));
            function.block_mut(sequence).instrs.splice(0..0, turn);
        }
    }
}

#[derive(Default)]
struct Sequences {
    all: Vec<InstrSeqId>,
    loops: Vec<InstrSeqId>,
}

impl<'a> Visitor<'a> for Sequences {
    fn start_instr_seq(&mut self, sequence: &'a ir::InstrSeq) {
        self.all.push(sequence.id());
    }

    fn visit_loop(&mut self, found: &ir::Loop) {
        self.loops.push(found.seq);
    }
}

fn count_bytes(
    function: &mut LocalFunction,
    sequence: InstrSeqId,
    counter: GlobalId,
    length: LocalId,
) {
    let instructions = &mut function.block_mut(sequence).instrs;
    for (instruction, location) in std::mem::take(instructions) {
        if matches!(instruction, Instr::MemoryCopy(_) | Instr::MemoryFill(_)) {
            instructions.extend(placed([Instr::LocalTee(ir::LocalTee { local: length })]));
            let bytes = [
                Instr::LocalGet(ir::LocalGet { local: length }),
                Instr::Unop(ir::Unop { op: UnaryOp::I64ExtendUI32 }),
            ];
            instructions.extend(placed(add(counter, bytes)));
        }
        instructions.push((instruction, location));
    }
}

fn add(counter: GlobalId, number: impl IntoIterator<Item = Instr>) -> Vec<Instr> {
    let mut instructions = vec![Instr::GlobalGet(ir::GlobalGet { global: counter })];
    instructions.extend(number);
    instructions.push(Instr::Binop(ir::Binop { op: BinaryOp::I64Add }));
    instructions.push(Instr::GlobalSet(ir::GlobalSet { global: counter }));
    instructions
}

fn placed(instructions: impl IntoIterator<Item = Instr>) -> Vec<(Instr, InstrLocId)> {
    instructions.into_iter().map(|instruction| (instruction, InstrLocId::default())).collect()
}
