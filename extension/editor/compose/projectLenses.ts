/** A lens above the services of a Compose file: start the project, or stop it. */
import * as vscode from 'vscode';
import { commands } from '../contributions.js';
import { settingsFor } from '../settings.js';
import { isComposeFile, servicesLine } from './composeFiles.js';
import type { Projects } from './projects.js';

export class ProjectLenses implements vscode.CodeLensProvider, vscode.Disposable {
    readonly #projects: Projects;
    readonly #registration: vscode.Disposable;
    readonly onDidChangeCodeLenses: vscode.Event<void>;

    constructor(projects: Projects) {
        this.#projects = projects;
        this.onDidChangeCodeLenses = projects.onDidChange;
        this.#registration = vscode.languages.registerCodeLensProvider(
            { scheme: 'file', pattern: '**/{compose,docker-compose}*.{yml,yaml}' },
            this,
        );
    }

    provideCodeLenses(document: vscode.TextDocument): vscode.CodeLens[] {
        const { uri } = document;
        if (!isComposeFile(uri) || !vscode.workspace.isTrusted) return [];
        if (!settingsFor(uri).codeLens) return [];
        const line = servicesLine(document.getText());
        if (line === null) return [];
        const live = this.#projects.isLive(uri);
        const title = live
            ? `$(debug-stop)\u00A0${vscode.l10n.t('Stop Project')}`
            : `$(play)\u00A0${vscode.l10n.t('Start Project with Livepush')}`;
        const command = live ? commands.stopProject : commands.startProject;
        return [
            new vscode.CodeLens(new vscode.Range(line, 0, line, 0), {
                title,
                command,
                arguments: [uri],
            }),
        ];
    }

    dispose(): void {
        this.#registration.dispose();
    }
}
