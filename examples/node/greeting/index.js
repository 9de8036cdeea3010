/** A dependency that needs no network to be installed. */
export function greet(whom) {
    return `Hello, ${whom}!`;
}
