export interface Patch { readonly file: string; readonly find: string; readonly replace: string }

export function patchSource(path: string, source: string, patches: readonly Patch[]): string;
