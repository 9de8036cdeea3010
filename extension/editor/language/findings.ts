/** From the core's findings to VS Code's diagnostics. Both count lines and UTF-16 units from 0. */
import * as vscode from 'vscode';
import type { Diagnostic as Finding, Range } from '../../host/core/wasm.js';

export type { Finding };

const severities: Readonly<Record<string, vscode.DiagnosticSeverity>> = {
    error: vscode.DiagnosticSeverity.Error,
    warning: vscode.DiagnosticSeverity.Warning,
    information: vscode.DiagnosticSeverity.Information,
    hint: vscode.DiagnosticSeverity.Hint,
};

/** Null where the settings say `ignore`. */
export function diagnosticOf(
    finding: Finding,
    uri: vscode.Uri,
    configured: Readonly<Record<string, string>>,
): vscode.Diagnostic | null {
    const wanted = configured[finding.code] ?? finding.severity;
    if (wanted === 'ignore') return null;
    const diagnostic = new vscode.Diagnostic(
        rangeOf(finding.range),
        finding.message,
        severities[wanted] ?? vscode.DiagnosticSeverity.Warning,
    );
    diagnostic.source = 'livepush';
    diagnostic.code = finding.code;
    diagnostic.relatedInformation = finding.related.map(
        ({ range, message }) =>
            new vscode.DiagnosticRelatedInformation(
                new vscode.Location(uri, rangeOf(range)),
                message,
            ),
    );
    if (finding.unnecessary) {
        diagnostic.tags = [vscode.DiagnosticTag.Unnecessary];
    }
    return diagnostic;
}

export function rangeOf({ start, end }: Range): vscode.Range {
    return new vscode.Range(start.line, start.column, end.line, end.column);
}
