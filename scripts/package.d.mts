/** Where `npm run package` puts the packed extension. */
export const vsix: string;
export function packExtension(): Promise<void>;
