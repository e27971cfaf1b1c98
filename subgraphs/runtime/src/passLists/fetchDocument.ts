export interface FetchDocumentOptions {
  readonly send: typeof fetch;
  /** Of what is held. */
  readonly tag: string | undefined;
  readonly maxBytes: number;
  readonly signal: AbortSignal;
}

/** `same` as held, `missing` where the owner has none, or the bytes; nothing of them is verified. */
export type Fetched = { readonly kind: 'same' } | { readonly kind: 'missing' } | { readonly kind: 'new'; readonly bytes: Uint8Array; readonly tag: string | undefined };

/** The other side answers with what cannot be used, before anything of it is read. */
export class AnswerRefused extends Error {
  override readonly name = 'AnswerRefused';
}

/** A conditional GET past caches, of no more than `maxBytes`. @throws AnswerRefused, and what `fetch` throws */
export async function fetchDocument(url: URL, { send, tag, maxBytes, signal }: FetchDocumentOptions): Promise<Fetched> {
  const answer = await send(url, { redirect: 'error', signal, headers: { 'cache-control': 'no-cache', ...(tag === undefined ? {} : { 'if-none-match': tag }) } });
  if (answer.status === 200) return { kind: 'new', bytes: await bodyOf(answer, maxBytes), tag: answer.headers.get('etag') ?? undefined };
  await answer.body?.cancel();
  if (answer.status === 304 && tag !== undefined) return { kind: 'same' };
  if (answer.status === 404) return { kind: 'missing' };
  throw new AnswerRefused(`answered ${answer.status}`);
}

async function bodyOf({ body }: Response, maxBytes: number): Promise<Uint8Array> {
  const parts: Uint8Array[] = [];
  let length = 0;
  // Leaving the loop early cancels the rest.
  for await (const part of body ?? []) {
    length += part.length;
    if (length > maxBytes) throw new AnswerRefused(`answered with more than ${maxBytes} bytes`);
    parts.push(part);
  }
  return new Uint8Array(Buffer.concat(parts));
}
