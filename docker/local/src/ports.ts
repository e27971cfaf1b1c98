import { createServer } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { Refusal } from './refusal.js';

/** A port that a service is about to listen on, and the variable that moves it. */
export interface PortClaim { readonly service: string; readonly port: number; readonly variable: string }

/**
 * Sees that every port is free before anything starts: one line that names all that are taken beats a service that fails
 * in the middle. @throws Refusal
 */
export async function requireFreePorts(claims: readonly PortClaim[]): Promise<void> {
  const twice = claims.find(({ port }, index) => claims.findIndex((other) => other.port === port) !== index);
  if (twice) {
    const others = claims.filter(({ port }) => port === twice.port);
    throw new Refusal(`Port ${twice.port} is given to ${others.map(({ service }) => service).join(' and ')}.`, `Set ${others.map(({ variable }) => variable).join(' or ')} to another port.`);
  }
  const deadline = Date.now() + patienceMs;
  let taken = await takenOf(claims);
  while (taken.length > 0 && Date.now() < deadline) {
    await sleep(100);
    taken = await takenOf(taken);
  }
  if (taken.length === 0) return;
  throw new Refusal(
    `Taken by another process: ${taken.map(({ service, port }) => `port ${port} (${service})`).join(', ')}.`,
    `Stop that process, or set ${taken.map(({ variable }) => variable).join(', ')} to ${taken.length === 1 ? 'a free port' : 'free ports'}.`,
  );
}

/** A process that was just killed holds its port until its last child is gone; a stranger holds it longer. */
const patienceMs = 2_000;

const takenOf = async (claims: readonly PortClaim[]): Promise<PortClaim[]> =>
  (await Promise.all(claims.map(async (claim) => ((await isFree(claim.port)) ? [] : [claim])))).flat();

function isFree(port: number): Promise<boolean> {
  return new Promise((resolve, reject) => {
    const probe = createServer();
    probe.once('error', (error: NodeJS.ErrnoException) => (error.code === 'EADDRINUSE' ? resolve(false) : reject(error)));
    probe.listen({ port, host: '127.0.0.1', exclusive: true }, () => probe.close(() => resolve(true)));
  });
}
