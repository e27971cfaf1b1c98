import type { GraphQLSchema } from 'graphql';
import type { ApolloGatewayInterface, LoadedSupergraph } from './loadSupergraph.js';

type Listener = Parameters<ApolloGatewayInterface['onSchemaLoadOrUpdate']>[0];

/**
 * Gives Apollo Server one gateway over all supergraphs that follow each other. A request is executed by the supergraph that it
 * was validated against, also when another one takes over in between.
 */
export class SupergraphGateway implements ApolloGatewayInterface {
  readonly #listeners = new Set<Listener>();
  readonly #bySchema = new WeakMap<GraphQLSchema, LoadedSupergraph>();
  #current: LoadedSupergraph;

  constructor(first: LoadedSupergraph) {
    this.#current = first;
    this.#bySchema.set(first.schema, first);
  }

  get current(): LoadedSupergraph { return this.#current; }

  /** Takes over at once for requests from now on. */
  switchTo(next: LoadedSupergraph): void {
    this.#bySchema.set(next.schema, next);
    this.#current = next;
    for (const listener of this.#listeners) this.#tell(listener);
  }

  onSchemaLoadOrUpdate(listener: Listener): () => void {
    this.#listeners.add(listener);
    return () => { this.#listeners.delete(listener); };
  }

  load(): ReturnType<ApolloGatewayInterface['load']> {
    for (const listener of this.#listeners) this.#tell(listener);
    return Promise.resolve({ executor: (request) => (this.#bySchema.get(request.schema) ?? this.#current).execute(request) });
  }

  async stop(): Promise<void> {
    this.#listeners.clear();
  }

  #tell(listener: Listener): void {
    listener({ apiSchema: this.#current.schema, coreSupergraphSdl: this.#current.sdl });
  }
}
