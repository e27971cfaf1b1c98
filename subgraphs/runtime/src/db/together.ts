import pg from 'pg';

/** A statement and its values; named ones are parsed and planned once a connection. */
export interface Statement { readonly text: string; readonly values: readonly unknown[]; readonly name?: string | undefined }

/** Which of the statements failed, and how. */
export class StatementFailed extends Error {
  constructor(readonly at: number, override readonly cause: Error) { super(cause.message); }
}

/** What pg's own query does on a connection, as far as it is used here. */
interface OneQuery {
  readonly name?: string | undefined;
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
 * is not. What the last one gives is the outcome.
 */
export class Together implements pg.Submittable {
  /** @throws StatementFailed */
  readonly result: Promise<pg.QueryResult>;
  readonly #queries: readonly OneQuery[];
  readonly #named: { readonly name: string; readonly at: number }[] = [];
  #fail: (error: Error) => void = () => undefined;
  #done = 0;
  #parsed = 0;
  #stopCounting: (() => void) | undefined;

  constructor(statements: readonly Statement[]) {
    const last = statements.length - 1;
    let succeed: (result: pg.QueryResult) => void;
    this.result = new Promise((resolve, reject) => {
      succeed = resolve;
      this.#fail = (error) => { reject(new StatementFailed(this.#done, error)); };
    });
    this.#queries = statements.map(({ text, values, name }, at) => new pg.Query({ text, values: values as unknown[], ...(name === undefined ? {} : { name }) }, (error, result) => {
      if (error) this.#fail(error);
      else if (at === last) succeed(result as unknown as pg.QueryResult);
    }) as unknown as OneQuery);
  }

  submit(connection: pg.Connection): void {
    const real = connection as OneConnection;
    const chunks: Buffer[] = [];
    let refused = false;
    const fail = this.#fail;
    this.#fail = (error) => { refused = true; fail(error); };
    // The same connection, but that it collects what is said, and that pg's Sync behind each is left out.
    const collecting = Object.create(real, { _send: { value: (bytes: Buffer) => chunks.push(bytes) }, sync: { value: () => undefined } }) as OneConnection;
    let parses = 0;
    for (const query of this.#queries) {
      const { name } = query;
      if (name === undefined || (real.parsedStatements[name] ?? real.submittedNamedStatements[name]) === undefined) {
        if (name !== undefined) this.#named.push({ name, at: parses });
        parses += 1;
      }
      query.prepare(collecting);
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
  handleDataRow(message: unknown): void { this.#queries[this.#done]?.handleDataRow(message); }
  handleCommandComplete(message: unknown, connection: pg.Connection): void { this.#queries[this.#done++]?.handleCommandComplete(message, connection as OneConnection); }
  handleEmptyQuery(): void { this.#done += 1; }
  handlePortalSuspended(): void { /* no portal is bounded */ }
  handleCopyInResponse(connection: pg.Connection): void { connection.stream.destroy(new Error('COPY does not go together with others')); }

  handleReadyForQuery(connection: pg.Connection): void {
    this.#stopCounting?.();
    this.#queries.at(-1)?.handleReadyForQuery(connection as OneConnection);
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

const sync = Buffer.from([0x53, 0, 0, 0, 4]);
