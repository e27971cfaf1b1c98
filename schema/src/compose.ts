import { composeServices } from '@apollo/composition';
import { Supergraph } from '@apollo/federation-internals';
import { parse, type GraphQLSchema } from 'graphql';
import { PlatformError } from './errors.js';

/** A subgraph as published: its name in the supergraph, where it answers by default, and its SDL. */
export interface PublishedSubgraph { readonly name: string; readonly url: string; readonly sdl: string }

/**
 * The one place that knows the composer (Apollo's, Elastic License 2.0), so that another can replace it.
 * @throws PlatformError SUPERGRAPH_INVALID naming what does not compose
 */
export function compose(subgraphs: readonly PublishedSubgraph[]): string {
  const { supergraphSdl, errors } = composeServices(subgraphs.map(({ name, url, sdl }) => ({ name, url, typeDefs: parse(sdl) })));
  if (errors) throw new PlatformError('SUPERGRAPH_INVALID', { message: errors.map((error) => error.message).join('\n') });
  return `${supergraphSdl}\n`;
}

/** The schema that clients see: without federation's machinery and internal keys. */
export const clientSchema = (supergraphSdl: string): GraphQLSchema =>
  Supergraph.build(supergraphSdl).apiSchema().toGraphQLJSSchema();

