/** The terminal component, set up for reading: output with colours, found in, copied from. */
import { FitAddon } from '@xterm/addon-fit';
import { SearchAddon } from '@xterm/addon-search';
import { Terminal, type ITheme } from '@xterm/xterm';
import terminalStyle from '@xterm/xterm/css/xterm.css';

export { terminalStyle };

/** Lines kept for scrolling. */
const scrollback = 100_000;

const colours = [
    'black',
    'red',
    'green',
    'yellow',
    'blue',
    'magenta',
    'cyan',
    'white',
    'brightBlack',
    'brightRed',
    'brightGreen',
    'brightYellow',
    'brightBlue',
    'brightMagenta',
    'brightCyan',
    'brightWhite',
] as const;

export class OutputTerminal {
    readonly element = document.createElement('div');
    readonly #terminal: Terminal;
    readonly #fit = new FitAddon();
    readonly #search = new SearchAddon();
    #opened = false;

    constructor(label: string, onFound: (found: boolean) => void) {
        this.element.className = 'screen';
        this.element.setAttribute('role', 'tabpanel');
        this.element.setAttribute('aria-label', label);
        this.#terminal = new Terminal({
            allowProposedApi: true,
            convertEol: true,
            cursorInactiveStyle: 'none',
            cursorStyle: 'bar',
            disableStdin: true,
            scrollback,
            screenReaderMode: document.body.classList.contains('vscode-using-screen-reader'),
            ...themed(),
        });
        this.#terminal.loadAddon(this.#fit);
        this.#terminal.loadAddon(this.#search);
        this.#search.onDidChangeResults(({ resultCount }) => {
            onFound(resultCount > 0);
        });
        // Nothing is typed here: all keys but those that scroll are the editor's and the page's.
        this.#terminal.attachCustomKeyEventHandler(isScrolling);
        new ResizeObserver(() => {
            this.#resize();
        }).observe(this.element);
    }

    write(data: Uint8Array | string): void {
        this.#terminal.write(data);
    }

    reset(): void {
        this.#terminal.reset();
    }

    /** Follows the theme: VS Code changes variables on the root and classes on the body. */
    follow(): void {
        Object.assign(this.#terminal.options, themed());
    }

    find(text: string, direction: 'next' | 'previous', incremental = false): void {
        if (text === '') {
            this.#search.clearDecorations();
            return;
        }
        const highlight = variable('--vscode-editor-findMatchHighlightBackground');
        const decorations = {
            matchOverviewRuler: opaque(highlight),
            activeMatchColorOverviewRuler: opaque(highlight),
            matchBorder: variable('--vscode-focusBorder', '#888888'),
        };
        if (direction === 'next') this.#search.findNext(text, { decorations, incremental });
        else this.#search.findPrevious(text, { decorations });
    }

    /** What is selected, or everything. */
    text(): string {
        if (this.#terminal.hasSelection()) return this.#terminal.getSelection();
        const buffer = this.#terminal.buffer.active;
        const lines: string[] = [];
        for (let row = 0; row < buffer.length; row += 1) {
            const line = buffer.getLine(row);
            const text = line?.translateToString(true) ?? '';
            if (line?.isWrapped === true) lines.push((lines.pop() ?? '') + text);
            else lines.push(text);
        }
        return `${lines.join('\n').trimEnd()}\n`;
    }

    /** A terminal measures its font, so it is opened once it can be seen. */
    #resize(): void {
        if (this.element.clientWidth === 0 || this.element.clientHeight === 0) return;
        if (!this.#opened) {
            this.#terminal.open(this.element);
            this.#opened = true;
        }
        this.#fit.fit();
    }
}

function isScrolling({ key, ctrlKey, altKey, metaKey }: KeyboardEvent): boolean {
    return (
        /^(?:Page|Arrow)(?:Up|Down)$|^(?:Home|End)$/u.test(key) && !ctrlKey && !altKey && !metaKey
    );
}

interface Looks {
    readonly theme: ITheme;
    readonly fontFamily: string;
    readonly fontSize: number;
    readonly minimumContrastRatio: number;
}

function themed(): Looks {
    const theme: Record<string, string> = {
        background: variable('--vscode-panel-background', variable('--vscode-editor-background')),
        foreground: variable('--vscode-terminal-foreground', variable('--vscode-foreground')),
        selectionBackground: variable('--vscode-terminal-selectionBackground', '#264f78'),
        cursor: 'transparent',
    };
    for (const name of colours) {
        const value = variable(
            `--vscode-terminal-ansi${name.charAt(0).toUpperCase()}${name.slice(1)}`,
        );
        if (value !== '') theme[name] = value;
    }
    return {
        theme,
        fontFamily: variable('--vscode-editor-font-family', 'monospace'),
        fontSize: Number.parseInt(variable('--vscode-editor-font-size', '13'), 10) - 1,
        // What WCAG asks for: at level AA, as VS Code's own terminal does, and at level AAA.
        minimumContrastRatio: isHighContrast() ? 7 : 4.5,
    };
}

function isHighContrast(): boolean {
    return /\bvscode-high-contrast\b/u.test(document.body.className);
}

function variable(name: string, otherwise = ''): string {
    const value = getComputedStyle(document.documentElement).getPropertyValue(name).trim();
    return value === '' ? otherwise : value;
}

/** The search addon takes `#rrggbb` only. */
function opaque(colour: string): string {
    return /^#[\da-f]{6}/iu.test(colour) ? colour.slice(0, 7) : '#888888';
}
