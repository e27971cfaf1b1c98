import pg from 'pg';
import { isConnectionOver } from './failure.js';
import { isTracing, span } from '@delta/service/tracing';
import { StatementFailed, Together, type Statement } from './together.js';

export interface StatementHooks {
  /** Called with the text of every statement sent, BEGIN and COMMIT included, never with its parameters. */
  readonly onStatement?: ((sql: string) => void) | undefined;
  /** Longest wait for any answer, in milliseconds, before the connection counts as dead. 0: no limit. */
  readonly silenceMs: number;
}

/** A pooled client as this package sees it. */
export interface PatientClient extends pg.Client {
  /** Lifts the limit on silence while a statement that is known to take long runs. */
  patient: boolean;
  /** Cuts the connection, so that the pool drops it instead of lending it again. */
  abandon(): void;
  /** Sends statements as one, for what the last one gives. @throws StatementFailed */
  together(statements: readonly Statement[]): Promise<pg.QueryResult>;
}

export const isPatientClient = (client: unknown): client is PatientClient => client instanceof pg.Client && 'patient' in client && 'abandon' in client && 'together' in client;

const textOf = (statement: unknown): string => {
  if (typeof statement === 'string') return statement;
  return typeof statement === 'object' && statement !== null && 'text' in statement && typeof statement.text === 'string' ? statement.text : '';
};

const isPromise = (value: unknown): value is Promise<unknown> => typeof value === 'object' && value !== null && 'then' in value;

/** The name a statement carries as its leading comment, else its first word: `member.byIds`, `COMMIT`. */
export const statementName = (sql: string): string => /^\s*\/\*\s*([\w.-]+)\s*\*\//.exec(sql)?.[1] ?? /^\s*(\w+)/.exec(sql)?.[1]?.toUpperCase() ?? 'SQL';

/** Texts that are prepared by name, with their names: as many as there are in the code. */
const preparedNames = new Map<string, string>();

/**
 * A statement marked `/* prepared *\/` behind its name is parsed and planned once a connection. For those few whose planning
 * costs more than their work; a proxy that lends connections by the transaction must know prepared statements (PgBouncer 1.21).
 */
const nameOf = (sql: string): string | undefined => {
  if (!/^\/\* [\w.-]+ \*\/ \/\* prepared \*\//.test(sql)) return undefined;
  let name = preparedNames.get(sql);
  if (name === undefined) preparedNames.set(sql, name = `${statementName(sql)}.${preparedNames.size}`);
  return name;
};

const prepare = (sql: string, args: readonly unknown[]): readonly unknown[] => {
  const name = typeof args[0] === 'string' ? nameOf(sql) : undefined;
  if (name === undefined) return args;
  const [, values, ...rest] = args;
  return [{ name, text: sql, values }, ...rest];
};

const traced = (sql: string, work: () => Promise<unknown>): Promise<unknown> => {
  if (!isTracing()) return work();
  const name = statementName(sql);
  return span(`sql ${name}`, { 'db.system.name': 'postgresql', 'db.operation.name': name }, work);
};

const withName = ({ text, values }: Statement): Statement => ({ text, values, name: nameOf(text) });

/**
 * A pg client that reports and times its statements, and that neither ends the process nor waits for ever when its server
 * goes away:
 * - a connection that breaks while nobody uses it is an `error` event, which unheard would be fatal;
 * - a server that is frozen or cut off without a word sends nothing, not even its statement timeout. When no statement
 *   finishes for `silenceMs` while one is under way, the connection is cut and the statements fail.
 */
export const tracedClient = ({ onStatement, silenceMs }: StatementHooks): new (config?: string | pg.ClientConfig) => PatientClient =>
  class TracedClient extends pg.Client implements PatientClient {
    patient = false;
    #pending = 0;
    #watch: NodeJS.Timeout | undefined;
    readonly #send: unknown;

    constructor(config?: string | pg.ClientConfig) {
      super(config);
      this.on('error', () => undefined);
      // `query` has seven overloads, of which each hands through what it was given: wrapped whole, not one by one.
      this.#send = this.query.bind(this);
      Object.defineProperty(this, 'query', { value: (...args: readonly unknown[]): unknown => this.#submit(this.#send, args) });
    }

    together(statements: readonly Statement[]): Promise<pg.QueryResult> {
      if (typeof this.#send !== 'function') throw new TypeError('pg.Client has no query');
      const sent = new Together(statements.map(withName));
      for (const { text } of statements) onStatement?.(text);
      Reflect.apply(this.#send, this, [sent]);
      const answer = this.#attend(sent.result);
      // A failure belongs to whoever awaits the result.
      for (const { text } of statements) traced(text, () => answer).catch(() => undefined);
      return sent.result;
    }

    abandon(): void {
      // Marks the client at once, which a destroyed socket does only later: in between the pool would lend it to the next.
      this.end().catch(() => undefined);
    }

    #submit(send: unknown, args: readonly unknown[]): unknown {
      if (typeof send !== 'function') throw new TypeError('pg.Client has no query');
      const sql = textOf(args[0]);
      onStatement?.(sql);
      const answer: unknown = Reflect.apply(send, this, prepare(sql, args));
      if (isPromise(answer)) traced(sql, () => this.#attend(answer)).catch(() => undefined);
      return answer;
    }

    async #attend(answer: Promise<unknown>): Promise<void> {
      this.#pending += 1;
      this.#arm();
      try {
        await answer;
      } catch (error) {
        // The server has said goodbye but its end of the socket is not closed yet.
        if (isConnectionOver(error instanceof StatementFailed ? error.cause : error)) this.abandon();
        throw error;
      } finally {
        this.#pending -= 1;
        this.#arm();
      }
    }

    #arm(): void {
      if (this.#pending === 0 || silenceMs === 0 || this.patient) return;
      // One timer, put off: making one for each statement cost as much as sending it.
      this.#watch ??= setTimeout(() => { if (this.#pending > 0 && !this.patient) this.abandon(); }, silenceMs).unref();
      this.#watch.refresh();
    }
  };
