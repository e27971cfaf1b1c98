import { PlatformError, type ErrorCode } from '@delta/schema/errors';
import { KeyError, type Signer, type Trust } from '@delta/service/keys';
import { digestOf } from './signedEvent.js';
import type { WireEvent } from './types.js';

/** DELIVER: the next events of the sender's stream, none to ask how far it has come. READ: what the asked one received from the sender, after a place. */
export type Message =
  | { readonly kind: 'DELIVER'; readonly events: readonly WireEvent[] }
  | { readonly kind: 'READ'; readonly after: number; readonly limit: number };

/** RECEIPT, GAP and FORKED say how far the stream has come, GAP and FORKED that nothing was taken; REFUSED names why nothing was looked at. */
export type Reply =
  | { readonly kind: 'RECEIPT' | 'GAP' | 'FORKED'; readonly receipt: string }
  | { readonly kind: 'EVENTS'; readonly events: readonly WireEvent[] }
  | { readonly kind: 'REFUSED'; readonly code: ErrorCode };

/** Bounds of one message; those of a body in bytes are checked before anything is read. */
export const exchangeLimits = { events: 500, bodyBytes: 4 * 1024 * 1024, sendBytes: 2 * 1024 * 1024 } as const;

/** How long a message is valid after it was signed. */
export const messageLifeSeconds = 60;

/** What stands in a message beside its events: names, signature, brackets. */
const frameBytes = 4 * 1024;

/** How many bytes of events one message may hold. @param carried the most bytes of a message that its transport carries */
export const bytesOfEvents = (carried = Infinity): number => Math.min(exchangeLimits.sendBytes, carried - frameBytes);

const [messageType, replyType] = ['delta-exchange+jwt', 'delta-exchange-reply+jwt'];

/** `<sender> <signature>` on a line, then JSON. The signature covers the JSON's digest and, in a reply, that of what it replies to. */
async function write(signer: Signer, audience: string, type: string, content: Message | Reply, of?: Buffer): Promise<Buffer> {
  const body = JSON.stringify(content);
  const signature = await signer.sign({ dig: digestOf(body), ...(of ? { of: digestOf(of) } : {}) }, { type, audience, expiresInSeconds: messageLifeSeconds });
  return Buffer.from(`${signer.name} ${signature}\n${body}`);
}

/** Signature before content. @throws PlatformError SIGNATURE_INVALID, EXCHANGE_MALFORMED */
async function read(trust: Trust, own: string, type: string, bytes: Buffer, of?: Buffer): Promise<{ readonly from: string; readonly content: unknown }> {
  const end = bytes.indexOf(10);
  const [from = '', signature = ''] = bytes.subarray(0, Math.max(end, 0)).toString('latin1').split(' ');
  const body = bytes.subarray(end + 1);
  const claims = await trust.verify(signature, { type, issuer: from, audience: own }).catch((error: unknown) => {
    throw error instanceof KeyError ? new PlatformError('SIGNATURE_INVALID', {}, error) : error;
  });
  if (claims['dig'] !== digestOf(body) || (of && claims['of'] !== digestOf(of))) throw new PlatformError('SIGNATURE_INVALID');
  try {
    return { from, content: JSON.parse(body.toString()) as unknown };
  } catch {
    throw new PlatformError('EXCHANGE_MALFORMED');
  }
}

export const writeMessage = (signer: Signer, to: string, message: Message): Promise<Buffer> => write(signer, to, messageType, message);

export const writeReply = (signer: Signer, to: string, reply: Reply, of: Buffer): Promise<Buffer> => write(signer, to, replyType, reply, of);

/** @throws PlatformError SIGNATURE_INVALID, EXCHANGE_MALFORMED */
export async function readMessage(trust: Trust, own: string, bytes: Buffer): Promise<{ readonly from: string; readonly message: Message }> {
  const { from, content } = await read(trust, own, messageType, bytes);
  const message = content as Partial<Record<'kind' | 'events' | 'after' | 'limit', unknown>> | null;
  const sound = message?.kind === 'DELIVER' ? isEvents(message.events)
    : message?.kind === 'READ' && isCount(message.after, Number.MAX_SAFE_INTEGER) && isCount(message.limit, exchangeLimits.events) && message.limit > 0;
  if (!sound) throw new PlatformError('EXCHANGE_MALFORMED');
  return { from, message: message as Message };
}

/** The reply of whom was asked, to this very message. @throws PlatformError SIGNATURE_INVALID, EXCHANGE_MALFORMED */
export async function readReply(trust: Trust, own: string, peer: string, bytes: Buffer, of: Buffer): Promise<Reply> {
  const { from, content } = await read(trust, own, replyType, bytes, of);
  if (from !== peer) throw new PlatformError('SIGNATURE_INVALID');
  const reply = content as Partial<Record<'kind' | 'receipt' | 'events' | 'code', unknown>> | null;
  const sound = reply?.kind === 'EVENTS' ? isEvents(reply.events)
    : reply?.kind === 'REFUSED' ? typeof reply.code === 'string' : ['RECEIPT', 'GAP', 'FORKED'].includes(String(reply?.kind)) && typeof reply?.receipt === 'string';
  if (!sound) throw new PlatformError('EXCHANGE_MALFORMED');
  return reply as Reply;
}

const isCount = (value: unknown, most: number): value is number => Number.isSafeInteger(value) && (value as number) >= 0 && (value as number) <= most;

const isEvents = (value: unknown): value is WireEvent[] => Array.isArray(value) && value.length <= exchangeLimits.events && value.every((event: unknown) => {
  const { jws, data } = (event ?? {}) as Record<string, unknown>;
  return typeof jws === 'string' && (data === null || typeof data === 'string');
});
