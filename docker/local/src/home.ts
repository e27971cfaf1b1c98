import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';

/** The folder of the repository: this file lies in docker/local/src, or in docker/local/dist once built. */
export const repositoryRoot = fileURLToPath(new URL('../../../', import.meta.url));

/** Everything the zone on one machine keeps: keys, databases, logs, locks. `DELTA_HOME`, from the repository's root if it is relative, or `.delta` there. */
export const homeDirectory = (env: NodeJS.ProcessEnv): string => resolve(repositoryRoot, env['DELTA_HOME'] || '.delta');

/** Where provisioning keeps each secret and list. All lie in `<home>/keys`, which nobody but its owner can enter. */
export function keyFiles(home: string) {
  const keys = join(home, 'keys');
  return {
    directory: keys,
    /** Ed25519 signing key of a service: `gateway`, `zone` or a province's slug. */
    signing: (name: string) => join(keys, `${name}.json`),
    /** Public keys by service. */
    trust: join(keys, 'trust.json'),
    /** Whom each owner exchanges events with, signed by the zone. */
    peers: join(keys, 'peers.jwt'),
    /** The token issuers that the zone knows, with what each may give. */
    issuers: join(keys, 'issuers.json'),
    /** The provinces' shared keys of the blind index. The zone must never hold them. */
    blindIndex: join(keys, 'blind-index-keys.json'),
    /** A province's own master key. */
    master: (slug: string) => join(keys, `${slug}-master.key`),
    /** A province's keys for activity passes: what signs them, and what signs their lists. */
    passKeys: (slug: string) => join(keys, `${slug}-pass.json`),
    /** ES256 key with which a development issuer signs tokens. */
    issuer: (slug: string) => join(keys, `issuer-${slug}.json`),
    /** The provinces' roots, public: what zone, provinces and stations pin (`{ roots: [{ issuer, kid, publicKey }] }`). */
    passRoots: join(keys, 'pass-roots.json'),
    /** A province's root, which signs trust lists of the pass and nothing else. Outside of a demonstration it is on no machine that has a network. */
    passRoot: (slug: string) => join(keys, `${slug}-pass-root.pem`),
    /** The secret with which the token command asks the issuers. */
    tokenClient: join(keys, 'token-client.json'),
  };
}

export type KeyFiles = ReturnType<typeof keyFiles>;
