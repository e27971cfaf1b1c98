/** What a service tells its supervisor over IPC. */
export type ChildMessage =
  /** It answers requests at `url`. */
  | { readonly type: 'ready'; readonly url: string }
  /** `done` of `total` units of a long task, such as loading synthetic members. */
  | { readonly type: 'progress'; readonly task: string; readonly done: number; readonly total: number }
  /** A province: all of its members (`count`) stand in the zone's directory. */
  | { readonly type: 'registered'; readonly count: number };

/** Reads an IPC message, or gives null for one that is none of ours. */
export function readChildMessage(message: unknown): ChildMessage | null {
  if (typeof message !== 'object' || message === null || !('type' in message)) return null;
  const { type, url, task, done, total, count } = message as Record<string, unknown>;
  if (type === 'ready' && typeof url === 'string') return { type, url };
  if (type === 'progress' && typeof task === 'string' && typeof done === 'number' && typeof total === 'number') return { type, task, done, total };
  if (type === 'registered' && typeof count === 'number') return { type, count };
  return null;
}
