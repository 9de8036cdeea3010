/** The page of the panel view: shows one session, as the editor tells it. */
import { fromEditor, keep, keptChoices, toEditor, type ToPanel } from './editor.js';
import type { OutputChunk, PanelTab, RecordView, SessionView } from '../protocol/messages.js';
import { element } from './dom.js';
import { Header } from './header.js';
import { OutputPane } from './outputPane.js';
import { StepList } from './stepList.js';
import { adoptStyles } from './styles.js';
import { TabBar } from './tabBar.js';
import { readStrings } from './words.js';

adoptStyles();
const strings = readStrings();

let trusted = false;
let sessions: readonly SessionView[] = [];
let selected: string | null = null;
let records: RecordView[] = [];
let output: OutputChunk[] = [];
/** In a side bar, or a small panel, one thing is seen at a time. */
const narrow = window.matchMedia('(width < 560px)');
let tab: PanelTab = keptChoices().tab ?? (narrow.matches ? 'steps' : 'output');

const header = new Header(strings, {
    onSession: (key) => {
        keep({ record: null, step: null });
        toEditor({ type: 'select', key });
    },
    onRecord: (number) => {
        const chosen = records.find((record) => record.number === number);
        const newest = chosen === records.at(-1);
        keep({ record: newest ? null : (chosen?.startedAt ?? null), step: null });
        showRecord();
    },
    onCommand: (command) => {
        toEditor({ type: 'run', command });
    },
});
const steps = new StepList(strings, {
    onChoose: (step) => {
        keep({ step });
        if (!narrow.matches || step !== null) chooseTab('output');
        showRecord();
    },
    onOpen: (line) => {
        toEditor({ type: 'open', line });
    },
    onFilter: (filter) => {
        keep({ filter });
    },
    onRemedy: (record, at) => {
        toEditor({ type: 'remedy', record, at });
    },
});
const pane = new OutputPane(strings);
const tabs = new TabBar(strings, {
    onTab: (chosen) => {
        chooseTab(chosen);
    },
    onCopy: () => {
        toEditor({ type: 'copy', text: pane.text() });
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
const body = element('main', {}, steps.element, tabs.element, pane.element);
document.body.append(header.element, body, welcome);

function shownRecord(): RecordView | null {
    const { record } = keptChoices();
    return records.find(({ startedAt }) => startedAt === record) ?? records.at(-1) ?? null;
}

/** A step of the record that is shown. */
function shownStep(): string | null {
    const { step } = keptChoices();
    return shownRecord()?.steps.some(({ id }) => id === step) === true ? step : null;
}

function chooseTab(chosen: PanelTab): void {
    keep({ tab: chosen });
    showTab(chosen);
}

function showTab(shown: PanelTab): void {
    // Beside the output, the steps need no tab.
    tab = shown === 'steps' && !narrow.matches ? 'output' : shown;
    body.dataset['tab'] = tab;
    tabs.show(tab);
    pane.show(tab);
}

function showSessions(): void {
    const none = selected === null;
    header.element.hidden = none;
    body.hidden = none;
    welcome.hidden = !none;
    header.showSessions(sessions, selected);
    showSteps();
}

function showSteps(): void {
    const problem = sessions.find(({ key }) => key === selected)?.problem ?? null;
    steps.show(shownRecord(), shownStep(), problem);
}

/** Shows a record from its beginning, or one step of it. */
function showRecord(): void {
    const record = shownRecord();
    header.showRecords(records, record?.number ?? null);
    showSteps();
    pane.restart();
    for (const chunk of output) writeIfShown(chunk, record, shownStep());
}

function writeIfShown(chunk: OutputChunk, record: RecordView | null, step: string | null): void {
    if (chunk.record !== record?.number) return;
    if (step !== null && chunk.step !== step) return;
    pane.write(chunk, record, step === null);
}

function takeRecord(record: RecordView): void {
    steps.announce(record);
    const known = records.findIndex(({ number }) => number === record.number);
    if (known >= 0) {
        records[known] = record;
        header.showRecords(records, shownRecord()?.number ?? null);
        if (shownRecord() === record) showSteps();
        return;
    }
    records.push(record);
    if (keptChoices().record === null) keep({ step: null });
    showRecord();
}

function takeSnapshot(message: Extract<ToPanel, { readonly type: 'snapshot' }>): void {
    ({ trusted, sessions, selected } = message);
    records = [...message.records];
    output = [...message.output];
    if (selected !== null) keep({ selected });
    welcomeText.textContent = trusted ? strings.welcome : strings.untrusted;
    start.textContent = trusted ? strings.start : strings.trust;
    showSessions();
    showRecord();
    pane.restartLog();
    pane.writeLog(message.log);
}

function receive(message: ToPanel): void {
    switch (message.type) {
        case 'snapshot':
            takeSnapshot(message);
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
            for (const chunk of message.chunks) writeIfShown(chunk, shownRecord(), shownStep());
            return;
        case 'log':
            pane.writeLog(message.data);
            if (tab !== 'log') tabs.mark('log', true);
            return;
        case 'show':
            if (!message.gently || keptChoices().tab === null) showTab(message.tab);
            return;
        case 'find':
            if (tab === 'steps') showTab('output');
            pane.find();
    }
}

window.addEventListener('keydown', (event) => {
    if ((event.ctrlKey || event.metaKey) && event.key === 'f') {
        pane.find();
        event.preventDefault();
    }
});
narrow.addEventListener('change', () => {
    showTab(keptChoices().tab ?? tab);
});
new MutationObserver(() => {
    pane.follow();
}).observe(document.documentElement, { attributes: true, attributeFilter: ['style', 'class'] });
steps.filter(keptChoices().filter);
showTab(tab);
fromEditor(receive);
toEditor({ type: 'ready', selected: keptChoices().selected });
