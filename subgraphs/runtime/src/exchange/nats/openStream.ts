import { AckPolicy, DiscardPolicy, jetstream, JetStreamApiCodes, JetStreamApiError, jetstreamManager, RetentionPolicy, StorageType, type Consumer } from '@nats-io/jetstream';
import { nanos, type NatsConnection } from '@nats-io/transport-node';
import { messageLifeSeconds } from '../message.js';
import { consumerOf, streamName, streamSubjects, subjectTo } from './subjects.js';

const apiMs = 5_000;
/** Time in which a message is answered; after it, it is given to another process of the receiver. */
const answerMs = 30_000;
/** Most bytes that wait for all receivers together: past it a sender is told so, and asks again later. */
const waitingBytes = 256 * 1024 * 1024;

/**
 * The stream as it is, or a new one: on disk, each message until its receiver has taken it and no longer than its signature is
 * valid. An operator who wants it otherwise (more replicas, another limit) makes it beforehand.
 */
export async function openStream(nc: NatsConnection, replicas: number): Promise<void> {
  const { streams } = await jetstreamManager(nc, { checkAPI: false, timeout: apiMs });
  const missing = await streams.info(streamName).then(() => false, (error: unknown) => {
    if (isApiError(error, JetStreamApiCodes.StreamNotFound)) return true;
    throw error;
  });
  if (!missing) return;
  await streams.add({
    name: streamName, subjects: [streamSubjects], storage: StorageType.File, retention: RetentionPolicy.Workqueue, discard: DiscardPolicy.New,
    max_age: nanos(messageLifeSeconds * 1_000), max_bytes: waitingBytes, num_replicas: replicas,
  // Two owners that make it at once may differ in the number of replicas: whoever was first has it.
  }).catch(() => streams.info(streamName));
}

/** The owner's durable consumer, made when it is missing. Its processes share it: each message goes to one of them. */
export async function openConsumer(nc: NatsConnection, own: string): Promise<Consumer> {
  const { consumers } = jetstream(nc, { timeout: apiMs });
  const name = consumerOf(own);
  try {
    return await consumers.get(streamName, name);
  } catch (error) {
    if (!isApiError(error, JetStreamApiCodes.ConsumerNotFound)) throw error;
  }
  const manager = await jetstreamManager(nc, { checkAPI: false, timeout: apiMs });
  await manager.consumers.add(streamName, { durable_name: name, filter_subject: subjectTo(own), ack_policy: AckPolicy.Explicit, ack_wait: nanos(answerMs) });
  return consumers.get(streamName, name);
}

const isApiError = (error: unknown, code: number): boolean => error instanceof JetStreamApiError && error.code === code;
