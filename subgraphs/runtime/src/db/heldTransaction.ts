import type pg from 'pg';
import { QueryFailedError, type EntityManager, type QueryRunner } from 'typeorm';
import { ConnectionLost } from './failure.js';
import { frames, StatementFailed, type Statement } from './together.js';
import { isPatientClient, type PatientClient } from './tracedClient.js';

/**
 * A transaction on a connection of its own, in as few round trips as its statements need: BEGIN goes with the first of them, and
 * what gives nothing back (`later`) with the next one or with the COMMIT. One that says nothing costs nothing.
 */
export class HeldTransaction {
  readonly #runner: QueryRunner;
  readonly #client: PatientClient;
  readonly #unsent: Statement[] = [{ text: frames.begin, values: [] }];
  #state: 'new' | 'begun' | 'over' = 'new';

  private constructor(runner: QueryRunner, client: PatientClient) {
    this.#runner = runner;
    this.#client = client;
  }

  /** Takes the runner's connection, which whoever made the runner gives back. */
  static async on(runner: QueryRunner): Promise<HeldTransaction> {
    const client: unknown = await runner.connect();
    if (!isPatientClient(client)) throw new TypeError('a connection that this pool did not make');
    return new HeldTransaction(runner, client);
  }

  /** Rows as pg gives them; `[rows, count]` for UPDATE and DELETE, as TypeORM has it. */
  async query(text: string, values: readonly unknown[]): Promise<unknown> {
    const { command, rows, rowCount } = await this.#send({ text, values });
    return command === 'UPDATE' || command === 'DELETE' ? [rows, rowCount] : rows;
  }

  /** Goes with the next statement, or with the commit. */
  later(text: string, values: readonly unknown[]): void {
    this.#refuseWhenOver();
    this.#unsent.push({ text, values });
  }

  /** Undoes what `work` did if it throws, and throws that on; the transaction goes on either way. */
  async attempt<T>(work: () => Promise<T>): Promise<T> {
    this.later(frames.mark, []);
    try {
      const result = await work();
      await this.#send({ text: frames.release, values: [] });
      return result;
    } catch (error) {
      const failed: unknown = await this.#undoAttempt().then(() => undefined, (reason: unknown) => reason);
      // Where it cannot be undone the connection is lost: that is why, whatever `work` saw of it.
      throw failed ?? error;
    }
  }

  async #undoAttempt(): Promise<void> {
    const marked = this.#unsent.findIndex(({ text }) => text === frames.mark);
    // Nothing of it has been sent, or something has and the rest never will be.
    if (marked !== -1) this.#unsent.splice(marked);
    else {
      this.#unsent.length = 0;
      await this.#send({ text: frames.undo, values: [] });
    }
  }

  /** TypeORM's, on the same connection, behind everything that was said so far. */
  async manager(): Promise<EntityManager> {
    if (this.#unsent.length > 0) await this.#send();
    return this.#runner.manager;
  }

  async commit(): Promise<void> {
    const nothingSaid = this.#state === 'new' && this.#unsent.length === 1;
    if (!nothingSaid) await this.#send({ text: frames.commit, values: [] });
    this.#end();
  }

  /** A connection of which we do not know whether its transaction is over must not be lent to the next caller. */
  async rollBack(): Promise<void> {
    const begun = this.#state === 'begun';
    this.#end();
    if (begun && !this.#runner.isReleased) await this.#client.query('ROLLBACK').catch(() => { this.#client.abandon(); });
  }

  async #send(...more: Statement[]): Promise<pg.QueryResult> {
    this.#refuseWhenOver();
    // TypeORM gives the connection back by itself when it breaks.
    if (this.#runner.isReleased) throw new ConnectionLost('the connection was lost during a transaction');
    if (this.#state === 'new') {
      this.#state = 'begun';
      Object.assign(this.#runner, { isTransactionActive: true });
    }
    const statements = [...this.#unsent.splice(0), ...more];
    try {
      return await this.#client.together(statements);
    } catch (error) {
      if (!(error instanceof StatementFailed)) throw error;
      const { text, values } = statements[error.at]!;
      throw new QueryFailedError(text, [...values], error.cause);
    }
  }

  #refuseWhenOver(): void {
    if (this.#state === 'over') throw new Error('a statement came after the end of its transaction');
  }

  #end(): void {
    this.#state = 'over';
    Object.assign(this.#runner, { isTransactionActive: false });
  }
}
