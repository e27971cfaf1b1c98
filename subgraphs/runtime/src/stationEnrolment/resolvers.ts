import { requireOwnViewer } from '../access/index.js';
import type { ProvinceContext } from '../server/context.js';
import { enrolStation, type EnrolStationInput } from './enrolStation.js';
import { openStationEnrolment, type OpenStationEnrolmentInput } from './openStationEnrolment.js';
import { withdrawStation, type WithdrawStationInput } from './withdrawStation.js';

export const stationEnrolmentMutations = {
  openStationEnrolment: async (_: unknown, { input }: { input: OpenStationEnrolmentInput }, context: ProvinceContext) => {
    const { expiresAt, ...opened } = await openStationEnrolment(context.services, requireOwnViewer(context), context.trail.request, input);
    return { ...opened, expiresAt: expiresAt.toISOString() };
  },
  enrolStation: async (_: unknown, { input }: { input: EnrolStationInput }, context: ProvinceContext) => {
    const { serverTime, roots, ...registration } = await enrolStation(context.services, context.trail.request, input);
    return { ...registration, serverTime: serverTime.toISOString(), roots: roots.map(({ issuer, kid, publicKey }) => ({ issuer, kid, publicKey: Buffer.from(publicKey).toString('hex') })) };
  },
  withdrawStation: async (_: unknown, { input }: { input: WithdrawStationInput }, context: ProvinceContext) => {
    const { withdrawnAt, ...withdrawn } = await withdrawStation(context.services, requireOwnViewer(context), context.trail.request, input);
    return { ...withdrawn, withdrawnAt: withdrawnAt.toISOString() };
  },
};
