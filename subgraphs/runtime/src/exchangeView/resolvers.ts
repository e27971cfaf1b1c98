import { requireOwnViewer } from '../access/index.js';
import type { PageArguments } from '../page/index.js';
import type { ProvinceContext } from '../server/context.js';
import { parkedPage } from './parkedPage.js';
import { peerSeen, peersSeen } from './peersSeen.js';
import { refusalsSeen } from './refusalsSeen.js';
import { reopenPeerStream, type ReopenStreamInput } from './reopenPeerStream.js';
import { requireExchangeOffice } from './requireExchangeOffice.js';
import { peerNamed } from './rules.js';
import { discardParkedEvent, replayParkedEvent, type SettleParkedInput } from './settleParkedEvent.js';

/** Nobody comes here but by `exchangeQueries`, which lets in whom it should. */
export const exchangeResolvers = {
  peers: (_: unknown, _args: unknown, { services }: ProvinceContext) => peersSeen(services),
  parked: (_: unknown, args: PageArguments, { services }: ProvinceContext) => parkedPage(services, args),
  refusals: (_: unknown, _args: unknown, { services }: ProvinceContext) => refusalsSeen(services),
};

/** Fields that the concept gives to `Province`. */
export const exchangeQueries = {
  exchange: async (_: unknown, _args: unknown, context: ProvinceContext) => {
    await requireExchangeOffice(context.organizations, requireOwnViewer(context), 'SEE_EXCHANGE');
    return {};
  },
};

/** What an act came to, with the peer as it stands after it. */
const kept = <Input extends { readonly peer: string }, Outcome extends object>(act: (services: ProvinceContext['services'], request: ProvinceContext['trail']['request'], input: Input) => Promise<Outcome>) =>
  async (_: unknown, { input }: { input: Input }, context: ProvinceContext) => {
    await requireExchangeOffice(context.organizations, requireOwnViewer(context), 'KEEP_EXCHANGE');
    const outcome = await act(context.services, context.trail.request, input);
    return { ...outcome, peer: () => peerSeen(context.services, peerNamed(input.peer)) };
  };

export const exchangeMutations = {
  replayParkedEvent: kept<SettleParkedInput, object>(replayParkedEvent),
  discardParkedEvent: kept<SettleParkedInput, object>(discardParkedEvent),
  reopenStream: kept<ReopenStreamInput, object>(reopenPeerStream),
};
