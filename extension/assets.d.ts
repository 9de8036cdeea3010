/** Files that webpack carries inside a bundle as text. */
declare module '*.css' {
    const text: string;
    export default text;
}

/** The compiled core, which webpack carries inside a bundle. */
declare module '*.wasm' {
    const bytes: Uint8Array<ArrayBuffer>;
    export default bytes;
}
