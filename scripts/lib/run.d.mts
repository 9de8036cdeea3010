/** Where what takes long to make is kept: `LIVEPUSH_CACHE`, or `.cache/`. */
export const cache: string;
