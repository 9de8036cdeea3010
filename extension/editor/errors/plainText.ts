/** Text of Docker and of the host without what people need not read. */

/** Without Markdown's backticks, and with ids as short as the docker command line shows them. */
export function plainText(text: string): string {
    return text
        .replace(/`(?<code>[^`\n]+)`/gu, "'$<code>'")
        .replace(/\b(?:sha256:)?(?<short>[\da-f]{12})[\da-f]{52}\b/gu, '$<short>');
}
