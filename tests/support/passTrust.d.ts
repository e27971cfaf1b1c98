import { type PassSigner, type Root, type TrustKey, type TrustListContent } from '@delta/pass';
export type TestSigner = PassSigner & {
    readonly publicKey: Uint8Array;
};
export declare const newPassSigner: () => TestSigner;
export declare const kidOf: ({ kid }: PassSigner) => string;
export declare const secondsAt: (at: Date) => number;
/** The four provinces' roots with their keys, and lists that two of them sign. */
export interface TestRoots {
    readonly signers: readonly TestSigner[];
    readonly roots: readonly Root[];
    sign(content: TrustListContent, by?: readonly TestSigner[]): Promise<Uint8Array>;
}
export declare function createTestRoots(): TestRoots;
/** A key as a trust list names it: in use since yesterday, for a year. */
export declare const trustKeyOf: (signer: TestSigner, issuer: string, use: TrustKey["use"], now: number, more?: Partial<TrustKey>) => TrustKey;
/** A list of a week that names nobody. */
export declare const trustContent: (now: number, more?: Partial<TrustListContent>) => TrustListContent;
//# sourceMappingURL=passTrust.d.ts.map