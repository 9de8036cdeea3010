/** The page of the panel view: shows one session, as the editor tells it. */
import { fromEditor, toEditor, type ToPanel } from './editor.js';
import type { OutputChunk, RecordView, SessionView } from '../protocol/messages.js';
import { element } from './dom.js';
import { Header } from './header.js';
import { OutputPane } from './outputPane.js';
import { StepList } from './stepList.js';
import { adoptStyles } from './styles.js';
import { readStrings } from './words.js';

adoptStyles();
const strings = readStrings();

let trusted = false;
let sessions: readonly SessionView[] = [];
let selected: string | null = null;
let records: RecordView[] = [];
let output: OutputChunk[] = [];
/** A record that a person chose; null follows the newest. */
let pinned: number | null = null;
let chosenStep: string | null = null;

const header = new Header(strings, {
    onSession: (key) => {
        toEditor({ type: 'select', key });
    },
    onRecord: (number) => {
        pinned = number === records.at(-1)?.number ? null : number;
        chosenStep = null;
        showRecord();
    },
    onCommand: (command) => {
        toEditor({ type: 'run', command });
    },
});
const steps = new StepList(strings, {
    onChoose: (step) => {
        chosenStep = step;
        pane.show('output');
        showRecord();
    },
    onOpen: (line) => {
        toEditor({ type: 'open', line });
    },
});
const pane = new OutputPane(strings, {
    onCopy: (text) => {
        toEditor({ type: 'copy', text });
    },
    onClear: () => {
        toEditor({ type: 'clear' });
    },
});
const start = element('button', {
    class: 'primary',
    onClick: () => {
        toEditor({ type: 'run', command: trusted ? 'start' : 'trust' });
    },
});
const welcomeText = element('p');
const welcome = element('div', { class: 'welcome' }, welcomeText, start);
const body = element('main', {}, steps.element, pane.element);
document.body.append(header.element, body, welcome);

function shownRecord(): RecordView | null {
    return records.find(({ number }) => number === pinned) ?? records.at(-1) ?? null;
}

function showSessions(): void {
    const none = selected === null;
    header.element.hidden = none;
    body.hidden = none;
    welcome.hidden = !none;
    header.showSessions(sessions, selected);
}

/** Shows a record from its beginning, or one step of it. */
function showRecord(): void {
    const record = shownRecord();
    header.showRecords(records, record?.number ?? null);
    steps.show(record, chosenStep);
    pane.restart();
    for (const chunk of output) writeIfShown(chunk, record);
}

function writeIfShown(chunk: OutputChunk, record: RecordView | null): void {
    if (chunk.record !== record?.number) return;
    if (chosenStep !== null && chunk.step !== chosenStep) return;
    pane.write(chunk, record, chosenStep === null);
}

function takeRecord(record: RecordView): void {
    steps.announce(record);
    const known = records.findIndex(({ number }) => number === record.number);
    if (known >= 0) {
        records[known] = record;
        header.showRecords(records, shownRecord()?.number ?? null);
        if (shownRecord() === record) steps.show(record, chosenStep);
        return;
    }
    records.push(record);
    chosenStep = pinned === null ? null : chosenStep;
    showRecord();
}

function receive(message: ToPanel): void {
    switch (message.type) {
        case 'snapshot':
            ({ trusted, sessions, selected } = message);
            records = [...message.records];
            output = [...message.output];
            pinned = null;
            chosenStep = null;
            welcomeText.textContent = trusted ? strings.welcome : strings.untrusted;
            start.textContent = trusted ? strings.start : strings.trust;
            showSessions();
            showRecord();
            pane.restartLog();
            pane.writeLog(message.log);
            return;
        case 'sessions':
            ({ sessions } = message);
            showSessions();
            return;
        case 'record':
            takeRecord(message.record);
            return;
        case 'output':
            output.push(...message.chunks);
            for (const chunk of message.chunks) writeIfShown(chunk, shownRecord());
            return;
        case 'log':
            pane.writeLog(message.data);
            return;
        case 'show':
            pane.show(message.tab);
            return;
        case 'find':
            pane.find();
            return;
        case 'clear':
            pane.restart();
            pane.restartLog();
    }
}

window.addEventListener('keydown', (event) => {
    if ((event.ctrlKey || event.metaKey) && event.key === 'f') {
        pane.find();
        event.preventDefault();
    }
});
new MutationObserver(() => {
    pane.follow();
}).observe(document.documentElement, { attributes: true, attributeFilter: ['style', 'class'] });
fromEditor(receive);
toEditor({ type: 'ready' });
