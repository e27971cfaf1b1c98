import { randomUUID } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { keyFiles } from '@delta/local/home';
import { anchorsOf } from '@delta/runtime/synthetic/index';
import type { Viewer } from '@delta/schema/viewer';
import { contextHeader, signContext } from '@delta/service/context';
import { loadSigner, type Signer } from '@delta/service/keys';
import { importJWK, SignJWT, type JWK } from 'jose';
import { definitions } from '../../support/definitions.js';
import type { DrillZone } from '../exchange/zone.js';

/** What is asked of a province; with the same key it is the same act. */
export interface Asked { readonly memberId: string; readonly organizationId: string; readonly clientKey: string }

/** IN_DOUBT: no answer came, or one that says that the database is away; the act may be there or not. */
export type Outcome = { readonly transferId: string } | { readonly refused: string } | 'IN_DOUBT';

/** Refusals after which nothing was done, and the act may be tried again once the record is there and free. */
const definite = new Set(['NOT_DISCLOSED', 'MEMBER_MOVED', 'TRANSFER_UNDER_WAY']);
/** Answers of a province that cannot say whether it did it. */
const doubtful = new Set(['PROVINCE_UNAVAILABLE', 'AUDIT_UNAVAILABLE', 'INTERNAL']);

interface Secretary { readonly viewer: Viewer; readonly token: string }

/** One administrator of each province, who asks its subgraph as the gateway would. */
export class Secretaries {
  private constructor(readonly zone: DrillZone, readonly gateway: Signer, readonly byProvince: ReadonlyMap<string, Secretary>) {}

  static async of(zone: DrillZone): Promise<Secretaries> {
    const files = keyFiles(zone.home);
    const issuers = JSON.parse(await readFile(files.issuers, 'utf8')) as { issuer: string; province: string | null }[];
    const all = await Promise.all([...zone.owners.keys()].filter((name) => name in definitions).map(async (name): Promise<[string, Secretary]> => {
      const { entry: { code }, synthetic } = definitions[name]!;
      const issuer = issuers.find(({ province }) => province === code)!.issuer;
      const viewer: Viewer = { issuer, subject: `administrator-of-${name}`, role: 'organization_administrator', province: code, organization: anchorsOf(synthetic).rootOrganizationId, member: null };
      return [name, { viewer, token: await tokenOf(viewer, JSON.parse(await readFile(files.issuer(name), 'utf8')) as JWK) }];
    }));
    return new Secretaries(zone, await loadSigner(files.signing('gateway')), new Map(all));
  }

  /** @throws Error for an answer that no transfer of the drill should get */
  async transfer(province: string, input: Asked): Promise<Outcome> {
    const url = this.zone.owners.get(province)?.url;
    if (url === undefined) return 'IN_DOUBT';
    const { viewer, token } = this.byProvince.get(province)!;
    const body = JSON.stringify({ query: `mutation($input: TransferOwnershipInput!) { ${province} { transferOwnership(input: $input) { transfer { id } } } }`, variables: { input } });
    const headers = {
      'content-type': 'application/json', authorization: `Bearer ${token}`,
      [contextHeader]: await signContext(this.gateway, { audience: province, viewer, requestId: randomUUID(), body }),
    };
    const answer = await fetch(url, { method: 'POST', body, headers, signal: AbortSignal.timeout(10_000) }).then((response) => response.json()).catch(() => undefined) as GraphqlAnswer | undefined;
    const transferId = answer?.data?.[province]?.transferOwnership?.transfer.id;
    if (transferId !== undefined) return { transferId };
    const code = answer?.errors?.[0]?.extensions?.code;
    if (code !== undefined && definite.has(code)) return { refused: code };
    if (answer === undefined || (code !== undefined && doubtful.has(code))) return 'IN_DOUBT';
    throw new Error(`${province} answered a transfer by ${JSON.stringify(answer)}`);
  }
}

interface GraphqlAnswer {
  readonly data?: Readonly<Record<string, { readonly transferOwnership: { readonly transfer: { readonly id: string } } | null } | null>> | null;
  readonly errors?: readonly { readonly extensions?: { readonly code?: string } }[];
}

const tokenOf = async ({ issuer, subject, role, province, organization }: Viewer, jwk: JWK): Promise<string> =>
  new SignJWT({ role, province, organization }).setProtectedHeader({ alg: jwk.alg ?? 'ES256', kid: jwk.kid ?? '', typ: 'at+jwt' })
    .setIssuer(issuer).setAudience('delta').setSubject(subject).setIssuedAt().setExpirationTime('6h').sign(await importJWK(jwk, jwk.alg ?? 'ES256'));
