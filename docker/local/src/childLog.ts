import { createWriteStream, existsSync, renameSync, statSync, type WriteStream } from 'node:fs';
import { createInterface } from 'node:readline';
import type { Readable } from 'node:stream';

/** A log past this size at start is put aside as `<name>.log.1`, one generation deep. */
const longestLogBytes = 20 * 1024 * 1024;
const warning = 40;
/** The same notice is shown once in this time (five minutes): a dead province makes the gateway say so at every request. */
const quietMs = 300_000;

/** What a runtime prints around the one line that says what went wrong. */
const trace = /^(\s|\}|Node\.js v|node:internal|file:\/\/)/;

export interface ChildLog {
  /** Takes over an output stream of the child: every line goes to the file, warnings and errors to `onNotice` too. */
  attach(stream: Readable): void;
  /** The last line that told of something wrong: the likeliest reason when the process dies. */
  lastComplaint(): string | null;
  forgetComplaint(): void;
  close(): Promise<void>;
}

/** Opens the log file of one child. `onNotice` gets one plain line, cut to 300 characters. */
export function openChildLog(file: string, onNotice: (line: string) => void): ChildLog {
  if (existsSync(file) && statSync(file).size > longestLogBytes) renameSync(file, `${file}.1`);
  const out: WriteStream = createWriteStream(file, { flags: 'a', mode: 0o600 });
  out.on('error', (error) => onNotice(`its log cannot be written (${error.message})`));
  const shown = new Map<string, number>();
  let complaint: string | null = null;

  const take = (line: string): void => {
    if (line.trim() === '') return;
    out.write(`${line}\n`);
    const entry = parse(line);
    if (entry && entry.level < warning) return;
    const text = (entry?.text ?? line).slice(0, 300);
    if (entry || !trace.test(line)) complaint = text;
    // Lines that are no log entry (a runtime's deprecation notes, a last word before exit) stay in the file; if the process
    // dies, the last of them is given as the reason.
    if (!entry || (shown.get(text) ?? 0) > Date.now() - quietMs) return;
    if (shown.size > 500) shown.clear();
    shown.set(text, Date.now());
    onNotice(text);
  };

  return {
    attach: (stream) => void createInterface({ input: stream }).on('line', take),
    lastComplaint: () => complaint,
    forgetComplaint: () => { complaint = null; },
    close: () => new Promise((resolve) => { out.end(resolve); }),
  };
}

/** A pino entry in words: `warn: message (error's message)`. Null when the line is not one. */
function parse(line: string): { level: number; text: string } | null {
  if (!line.startsWith('{')) return null;
  try {
    const entry = JSON.parse(line) as { level?: unknown; msg?: unknown; err?: { message?: unknown } };
    if (typeof entry.level !== 'number') return null;
    const cause = typeof entry.err?.message === 'string' && entry.err.message !== entry.msg ? ` (${entry.err.message})` : '';
    return { level: entry.level, text: `${entry.level >= 50 ? 'error' : 'warning'}: ${String(entry.msg ?? '')}${cause}` };
  } catch {
    return null;
  }
}
