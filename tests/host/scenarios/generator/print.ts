/** A scenario as a person reads it. */
import type { Edit, Entry } from '../harness/context.js';
import type { Scenario } from '../harness/scenario.js';

export function print(scenario: Scenario): string {
    const files = Object.entries(scenario.files).map(
        ([path, entry]) => `    ${path}: ${what(entry)}`,
    );
    const steps = scenario.steps.map(({ edits, report, absolute, down }) => {
        const how = [report ?? 'files', absolute ? 'absolute' : '', down ? 'down' : ''];
        return `    push (${how.filter((word) => word !== '').join(', ')}): ${edits.map(edit).join('; ')}`;
    });
    const linked = scenario.linkedContext === true ? ['  the context by way of a link'] : [];
    const text = scenario.dockerfile.trimEnd();
    return [text, ...linked, '  files', ...files, '  pushes', ...steps].join('\n');
}

function edit(edit: Edit): string {
    switch (edit.op) {
        case 'put':
            return `put ${edit.path} ${what(edit.entry)}`;
        case 'rename':
            return `rename ${edit.path} to ${edit.to}`;
        case 'chmod':
            return `chmod ${edit.mode.toString(8)} ${edit.path}`;
        case 'remove':
        case 'touch':
            return `${edit.op} ${edit.path}`;
    }
}

function what(entry: Entry): string {
    if (typeof entry === 'string') return JSON.stringify(entry);
    switch (entry.kind) {
        case 'file':
            return `${JSON.stringify(entry.content.toString())} ${entry.mode?.toString(8) ?? ''}`;
        case 'directory':
            return `a directory ${entry.mode.toString(8)}`;
        case 'symlink':
            return `→ ${entry.target}`;
        case 'hardlink':
            return `= ${entry.to}`;
        case 'archive':
            return JSON.stringify(entry);
        case 'fifo':
        case 'socket':
            return `a ${entry.kind}`;
    }
}
