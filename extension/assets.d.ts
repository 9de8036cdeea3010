/** Files that webpack carries inside a bundle as text. */
declare module '*.css' {
    const text: string;
    export default text;
}
