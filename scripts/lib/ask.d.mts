export function ask(address: string, patience?: number): Promise<string>;
export function askUntil(
    address: string,
    accept: (answer: string) => boolean,
    patience?: number,
): Promise<string>;
