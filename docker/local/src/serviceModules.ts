import { fileURLToPath } from 'node:url';
import { provinces } from '@delta/schema/provinces';

/** Where the build puts what `npm start` runs: one file a service, and what they share. */
export const bundleFolder = fileURLToPath(new URL('../dist/bundles/', import.meta.url));

/** Whether this runs from sources, as tests do. */
export const isFromSources = import.meta.url.endsWith('.ts');

const own = (name: string) => (): string => fileURLToPath(new URL(`./${name}.${isFromSources ? 'ts' : 'js'}`, import.meta.url));
const installed = (specifier: string) => (): string => fileURLToPath(import.meta.resolve(specifier));

/** The module that each service begins with, found when asked: a bundle is not beside any of them. */
export const serviceModules: Readonly<Record<string, () => string>> = {
  issuer: own('issuerProcess'), ceremony: own('ceremonyProcess'), gateway: installed('@delta/gateway'), zone: installed('@delta/zone'),
  ...Object.fromEntries(provinces.map(({ slug }) => [slug, installed(`@delta/${slug}/server`)])),
};
