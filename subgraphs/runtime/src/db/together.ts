import pg from 'pg';

/** A statement and its values; named ones are parsed and planned once a connection. */
export interface Statement { readonly text: string; readonly values: readonly unknown[]; readonly name?: string | undefined }

/** Which of the statements failed, and how. */
export class StatementFailed extends Error {
  constructor(readonly at: number, override readonly cause: Error) { super(cause.message); }
}

/** What pg's own query does on a connection, as far as it is used here. */
interface OneQuery {
  name?: string | undefined;
  prepare(connection: OneConnection): void;
  handleRowDescription(message: unknown): void;
  handleDataRow(message: unknown): void;
  handleCommandComplete(message: unknown, connection: OneConnection): void;
  handleReadyForQuery(connection: OneConnection): void;
}
type OneConnection = pg.Connection & {
  readonly submittedNamedStatements: Record<string, string>; readonly parsedStatements: Record<string, string>;
  parse(query: { readonly text: string }): void; bind(config: object): void; execute(config: object): void; sync(): void;
};

/**
 * Several statements that travel as one: one write, one answer, one wake-up of either process instead of one each. They end in one
 * Sync, so when one of them fails the server passes over those behind it: what stands before a COMMIT is carried out, or the COMMIT
 * is not. What the last one gives is the outcome; nobody asks the server what the others do.
 */
export class Together implements pg.Submittable {
  /** @throws StatementFailed */
  readonly result: Promise<pg.QueryResult>;
  readonly #statements: readonly Statement[];
  readonly #queries: (OneQuery | undefined)[];
  readonly #last: number;
  readonly #named: { readonly name: string; readonly at: number }[] = [];
  #succeed: (result: pg.QueryResult) => void = () => undefined;
  #fail: (error: Error) => void = () => undefined;
  #done = 0;
  #parsed = 0;
  #stopCounting: (() => void) | undefined;

  constructor(statements: readonly Statement[]) {
    this.#statements = statements;
    this.#last = statements.length - 1;
    this.result = new Promise((resolve, reject) => {
      this.#succeed = resolve;
      this.#fail = (error) => { reject(new StatementFailed(this.#done, error)); };
    });
    this.#queries = statements.map((statement, at) => (isFixed(statement) ? undefined : this.#queryOf(statement, at)));
  }

  #queryOf({ text, values, name }: Statement, at: number): OneQuery {
    // Not as one object, which pg would copy property by property.
    const query = new pg.Query(text, values as unknown[], ((error: Error | null, result: pg.QueryResult) => {
      if (error) this.#fail(error);
      else if (at === this.#last) this.#succeed(result);
    }) as never) as unknown as OneQuery;
    if (name !== undefined) query.name = name;
    return query;
  }

  submit(connection: pg.Connection): void {
    const real = connection as OneConnection;
    const { chunks, asking, silent } = collectorsOf(real);
    chunks.length = 0;
    let refused = false;
    const fail = this.#fail;
    this.#fail = (error) => { refused = true; fail(error); };
    let parses = 0;
    for (const [at, query] of this.#queries.entries()) {
      const name = query?.name;
      if (name === undefined || (real.parsedStatements[name] ?? real.submittedNamedStatements[name]) === undefined) {
        if (name !== undefined) this.#named.push({ name, at: parses });
        parses += 1;
      }
      if (query) query.prepare(at === this.#last ? asking : silent);
      else chunks.push(fixedBytes.get(this.#statements[at]!.text)!);
      // A value that cannot be sent: nothing is.
      if (refused) { chunks.length = 0; break; }
    }
    if (refused) for (const { name } of this.#named) delete real.submittedNamedStatements[name];
    else if (this.#named.length > 0) this.#countParsed(real);
    this.#fail = fail;
    chunks.push(sync);
    real.stream.write(Buffer.concat(chunks));
  }

  handleRowDescription(message: unknown): void { this.#queries[this.#done]?.handleRowDescription(message); }
  handleDataRow(message: unknown): void { if (this.#done === this.#last) this.#queries[this.#done]?.handleDataRow(message); }
  handleEmptyQuery(): void { this.#done += 1; }
  handlePortalSuspended(): void { /* no portal is bounded */ }
  handleCopyInResponse(connection: pg.Connection): void { connection.stream.destroy(new Error('COPY does not go together with others')); }

  handleCommandComplete(message: unknown, connection: pg.Connection): void {
    // What the server says of a COMMIT when something before it had failed and nobody minded.
    if (this.#statements[this.#done]?.text === frames.commit && (message as { readonly text: string }).text === 'ROLLBACK') {
      this.#fail(new Error('the transaction had failed, and was undone in the place of committed'));
    }
    this.#queries[this.#done++]?.handleCommandComplete(message, connection as OneConnection);
  }

  handleReadyForQuery(connection: pg.Connection): void {
    this.#stopCounting?.();
    const query = this.#queries[this.#last];
    if (query) query.handleReadyForQuery(connection as OneConnection);
    else this.#succeed(nothing);
  }

  handleError(error: Error, connection: pg.Connection): void {
    this.#stopCounting?.();
    // Names that the server never came to parse are free again.
    for (const { name, at } of this.#named) if (at >= this.#parsed) delete (connection as OneConnection).submittedNamedStatements[name];
    this.#fail(error);
  }

  #countParsed(connection: OneConnection): void {
    const count = (): void => { this.#parsed += 1; };
    connection.on('parseComplete', count);
    this.#stopCounting = () => { connection.off('parseComplete', count); };
  }
}

interface Collectors { readonly chunks: Buffer[]; readonly asking: OneConnection; readonly silent: OneConnection }
const collectors = new WeakMap<OneConnection, Collectors>();

/** The same connection, but that it collects what is said and leaves out pg's Sync behind each; `silent` does not ask what comes either. */
function collectorsOf(real: OneConnection): Collectors {
  const known = collectors.get(real);
  if (known) return known;
  const chunks: Buffer[] = [];
  const collected = { _send: { value: (bytes: Buffer) => chunks.push(bytes) }, sync: { value: () => undefined } };
  const made = {
    chunks, asking: Object.create(real, collected) as OneConnection,
    silent: Object.create(real, { ...collected, describe: { value: () => undefined } }) as OneConnection,
  };
  collectors.set(real, made);
  return made;
}

const nothing: pg.QueryResult = { command: '', rowCount: null, oid: 0, fields: [], rows: [] };
const sync = Buffer.from([0x53, 0, 0, 0, 4]);

/** Statements that frame a transaction and a part of it. */
export const frames = {
  begin: 'START TRANSACTION', commit: 'COMMIT', mark: 'SAVEPOINT attempt', release: 'RELEASE SAVEPOINT attempt', undo: 'ROLLBACK TO SAVEPOINT attempt',
} as const;

/** What they are on the wire: Parse, Bind and Execute, all without a name. */
const fixedBytes = new Map<string, Buffer>(Object.values(frames).map((text) => {
  const parse = Buffer.from(`P\0\0\0\0\0${text}\0\0\0`);
  parse.writeInt32BE(parse.length - 1, 1);
  return [text, Buffer.concat([parse, Buffer.from('B\0\0\0\x0c\0\0\0\0\0\0\0\0'), Buffer.from('E\0\0\0\x09\0\0\0\0\0')])];
}));

const isFixed = ({ text, values, name }: Statement): boolean => values.length === 0 && name === undefined && fixedBytes.has(text);
