import { PlatformError } from '@delta/schema/errors';
import type { Cursors } from './cursor.js';

export interface PageArguments { readonly first: number; readonly after?: string | null }

/** A page asked for: how many, and the position after which it begins (null: the start). */
export interface PageRequest { readonly first: number; readonly position: string | null; readonly list: string }

/** A Relay connection. */
export interface Connection<Node> {
  readonly edges: readonly { readonly cursor: string; readonly node: Node }[];
  readonly pageInfo: { readonly hasNextPage: boolean; readonly endCursor: string | null };
}

/** @throws PlatformError PAGE_SIZE and those of the cursor */
export function readPage(cursors: Cursors, list: string, { first, after }: PageArguments): PageRequest {
  if (!Number.isInteger(first) || first < 1 || first > 100) throw new PlatformError('PAGE_SIZE');
  return { first, list, position: after === null || after === undefined ? null : cursors.decode(list, after) };
}

/**
 * Makes a page of up to `first` nodes from one more row than that.
 * @param position a node's place in the order of the list; its id unless said otherwise
 */
export function toConnection<Node extends { readonly id: string }>(
  cursors: Cursors, { first, list }: PageRequest, rows: readonly Node[], position: (node: Node) => string = ({ id }) => id,
): Connection<Node> {
  const edges = rows.slice(0, first).map((node) => ({ cursor: cursors.encode(list, position(node)), node }));
  return { edges, pageInfo: { hasNextPage: rows.length > first, endCursor: edges.at(-1)?.cursor ?? null } };
}
