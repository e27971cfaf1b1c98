/** `aes`: AES-256-GCM with SHA-256. `sm`: the national algorithms (国密), SM4 and SM3. */
export const suiteNames = ['aes', 'sm'] as const;

export type SuiteName = (typeof suiteNames)[number];

/** A member's data key as it is stored: wrapped under one version of the master key, by the suite that its secrets are sealed by too. */
export interface WrappedKey {
  readonly suite: SuiteName;
  readonly version: string;
  readonly bytes: Buffer;
}

/** A member's secrets by name; null where there is none. */
export type Sealed = Readonly<Record<string, Buffer | null>>;
