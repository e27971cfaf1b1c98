/**
 * Names at the broker. What is for an owner lies in one stream under a subject of its own, and a durable consumer of its own takes
 * it from there; replies go past the stream to whoever asked. An owner subscribes under its own name alone, so that the broker's
 * permissions can keep it from everybody else's (docker/nats.conf).
 */
export const streamName = 'DELTA_EXCHANGE';
export const streamSubjects = 'delta.exchange.to.*';
export const subjectTo = (peer: string): string => `delta.exchange.to.${peer}`;
export const consumerOf = (owner: string): string => owner;
/** Where the client library takes the broker's own answers and the messages that it pulls. */
export const inboxPrefix = (owner: string): string => `delta.exchange.inbox.${owner}`;

const replies = 'delta.exchange.reply';
/** @param instance one process of the owner */
export const repliesFor = (owner: string, instance: string): string => `${replies}.${owner}.${instance}`;

/** Header of a message: where its reply goes, after the common beginning. */
export const replyHeader = 'Delta-Reply';
/** Header of a reply in the place of content: why the message was refused whole. */
export const refusalHeader = 'Delta-Refusal';

export const replyAddress = (subject: string): string => subject.slice(replies.length + 1);

/** The subject of a reply; undefined for what names no asker: a message must not make its receiver publish anywhere else. */
export const replySubject = (address: string | undefined): string | undefined =>
  address !== undefined && /^[a-z]{1,40}\.[0-9a-f]{16}\.[0-9]{1,12}$/.test(address) ? `${replies}.${address}` : undefined;
