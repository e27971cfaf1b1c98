import { readFileSync, readdirSync } from 'node:fs';
import { provinceBySlug } from './provinces.js';
import type { PublishedSubgraph } from './compose.js';

const folder = new URL('../published/', import.meta.url);

/** Port that a subgraph answers on unless configured otherwise: 4010 the zone, 4031 Shanghai and so on by province code. */
export const defaultPort = (subgraph: string): number => {
  const province = provinceBySlug(subgraph);
  return province ? 4000 + Number(province.code) : 4010;
};

/** What each subgraph's owner has published (`schema/published/<name>.graphql`): the zone composes what is served, not what is hoped for. */
export const readPublished = (): PublishedSubgraph[] => readdirSync(folder).filter((file) => file.endsWith('.graphql')).sort().map((file) => {
  const name = file.replace(/\.graphql$/, '');
  return { name, url: `http://${name}:${defaultPort(name)}/graphql`, sdl: readFileSync(new URL(file, folder), 'utf8') };
});

/** The supergraph as committed. */
export const supergraphFile = new URL('../supergraph.graphql', import.meta.url);
