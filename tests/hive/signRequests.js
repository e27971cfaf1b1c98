import { randomUUID } from 'node:crypto';
import { identifyViewer } from '@delta/gateway/identifyViewer';
import { errorCatalogue } from '@delta/schema/errors';
import { provinceBySlug } from '@delta/schema/provinces';
import { loadBearerVerifier } from '@delta/service/bearer';
import { contextHeader, signContext } from '@delta/service/context';
import { loadSigner } from '@delta/service/keys';
import { GraphQLError } from 'graphql';

/**
 * All that the zone asks of a gateway beyond the supergraph, as a plugin: who asks, by the bearer token; a context signed for
 * each subgraph over the very body that goes there; the raw token for the province that issued it and for nobody else; the
 * catalogue's code for a subgraph that cannot be reached.
 * @param {{ subgraphUrls: ReadonlyMap<string, string>, signingKeyFile: string, issuersFile: string }} settings
 */
export async function signRequests({ subgraphUrls, signingKeyFile, issuersFile }) {
  const signer = await loadSigner(signingKeyFile);
  const bearers = await loadBearerVerifier(issuersFile);
  const names = new Map([...subgraphUrls].map(([name, url]) => [url, name]));

  return {
    async onContextBuilding({ context: { headers }, extendContext }) {
      const identity = await identifyViewer(headers.authorization, bearers).catch((error) => { throw refusal(error); });
      // Grants and capabilities are bound to this id: all requests to subgraphs for one request carry the same.
      extendContext({ identity, act: randomUUID() });
    },

    async onFetch({ url, options, setOptions, fetchFn, setFetchFn, context: { identity: { viewer, bearer }, act } }) {
      const audience = names.get(url);
      if (audience === undefined) throw new Error('not a subgraph of the zone');
      const issuedHere = viewer?.province != null && provinceBySlug(audience)?.code === viewer.province;
      setOptions({
        ...options,
        headers: {
          ...options.headers,
          [contextHeader]: await signContext(signer, { audience, viewer, requestId: act, body: options.body }),
          ...(issuedHere ? { authorization: `Bearer ${bearer}` } : {}),
        },
      });
      // Left to Hive, the error would name the subgraph's address and carry the body: with it a capability.
      setFetchFn((...request) => fetchFn(...request).catch(() => unavailable(audience)));
    },
  };
}

/** Our errors extend the GraphQLError of our own copy of graphql, which Hive's copy does not know. */
function refusal({ message, extensions }) {
  const status = errorCatalogue[extensions?.code]?.http ?? 500;
  return new GraphQLError(message, { extensions: { ...extensions, http: { status } } });
}

function unavailable(subgraph) {
  const code = provinceBySlug(subgraph) ? 'PROVINCE_UNAVAILABLE' : 'ZONE_UNAVAILABLE';
  const { message, remedy } = errorCatalogue[code];
  return Response.json({ errors: [{ message, extensions: { code, remedy } }] });
}
