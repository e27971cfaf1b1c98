import { Refusal } from './refusal.js';

/**
 * Runs a command's main function. A refusal (or any error that carries a remedy in its extensions) becomes one line on
 * standard error and exit code 2; anything else is a fault of ours and keeps its stack, with exit code 1.
 */
export async function runCommand(main: () => Promise<void>): Promise<void> {
  // Whoever reads through `head` has read enough.
  process.stdout.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code !== 'EPIPE') throw error;
    process.exit();
  });
  try {
    await main();
  } catch (error) {
    const line = refusalLine(error);
    process.stderr.write(`${line ?? (error instanceof Error ? error.stack : String(error))}\n`);
    process.exitCode = line === undefined ? 1 : 2;
  }
}

/** The one line that says what is wrong and what to do, or undefined for an error that nobody foresaw. */
export function refusalLine(error: unknown): string | undefined {
  if (error instanceof Refusal) return `${error.message} ${error.remedy}`;
  if (error instanceof TypeError && 'code' in error && String(error.code).startsWith('ERR_PARSE_ARGS')) return `${firstLine(error.message)} Run the command with --help for its options.`;
  const extensions = error instanceof Error && 'extensions' in error ? error.extensions : undefined;
  if (typeof extensions === 'object' && extensions !== null && 'remedy' in extensions) return `${(error as Error).message} ${String(extensions.remedy)}`;
  if (error instanceof Error && error.name === 'ConfigError') return error.message;
  return undefined;
}

const firstLine = (text: string): string => text.split('\n', 1)[0]!;
