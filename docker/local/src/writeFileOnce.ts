import { randomUUID } from 'node:crypto';
import { chmod, link, rename, rm, writeFile } from 'node:fs/promises';

/**
 * Creates a file whole or not at all, readable by its owner only, and leaves one that exists as it is. `link` refuses an
 * existing name, so of two that provision at once exactly one key stays; where the file system has no links, the last wins.
 */
export async function writeFileOnce(file: string, text: string): Promise<void> {
  const draft = await writeDraft(file, text);
  try {
    await link(draft, file);
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code;
    if (code === 'EEXIST') return;
    if (code !== 'EPERM' && code !== 'ENOTSUP' && code !== 'ENOSYS') throw error;
    await rename(draft, file);
  } finally {
    await rm(draft, { force: true });
  }
}

/** Replaces a file in one step: a reader sees the old text or the new one, never a half. */
export async function replaceFile(file: string, text: string | Uint8Array, mode = 0o600): Promise<void> {
  await rename(await writeDraft(file, text, mode), file);
}

async function writeDraft(file: string, text: string | Uint8Array, mode = 0o600): Promise<string> {
  const draft = `${file}.${randomUUID()}.draft`;
  await writeFile(draft, text, { mode: 0o600, flag: 'wx', flush: true });
  if (mode !== 0o600) await chmod(draft, mode);
  return draft;
}
