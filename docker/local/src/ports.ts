import { createServer } from 'node:net';
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
  const taken = (await Promise.all(claims.map(async (claim) => ((await isFree(claim.port)) ? [] : [claim])))).flat();
  if (taken.length === 0) return;
  throw new Refusal(
    `Taken by another process: ${taken.map(({ service, port }) => `port ${port} (${service})`).join(', ')}.`,
    `Stop that process, or set ${taken.map(({ variable }) => variable).join(', ')} to ${taken.length === 1 ? 'a free port' : 'free ports'}.`,
  );
}

function isFree(port: number): Promise<boolean> {
  return new Promise((resolve, reject) => {
    const probe = createServer();
    probe.once('error', (error: NodeJS.ErrnoException) => (error.code === 'EADDRINUSE' ? resolve(false) : reject(error)));
    probe.listen({ port, host: '127.0.0.1', exclusive: true }, () => probe.close(() => resolve(true)));
  });
}
