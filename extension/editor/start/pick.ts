/** One question of several: a list that says which of them it is. */
import * as vscode from 'vscode';

export interface Question {
    readonly title: string;
    readonly placeholder: string;
    readonly step?: number;
    readonly steps?: number;
}

/** What was chosen, or undefined where the list was closed. */
export function pick<T extends vscode.QuickPickItem>(
    items: readonly T[],
    { title, placeholder, step, steps }: Question,
): Promise<T | undefined> {
    const list = vscode.window.createQuickPick<T>();
    list.items = items;
    list.title = title;
    list.placeholder = placeholder;
    list.step = step;
    list.totalSteps = steps;
    list.matchOnDescription = true;
    // A walkthrough whose button was pressed takes the keyboard back, which would close the list.
    list.ignoreFocusOut = true;
    return new Promise((resolve) => {
        list.onDidAccept(() => {
            const [chosen] = list.selectedItems;
            if (chosen === undefined) return;
            resolve(chosen);
            list.hide();
        });
        list.onDidHide(() => {
            resolve(undefined);
            list.dispose();
        });
        list.show();
    });
}
