import type { PortAdapter } from './adapter.ts'

export interface Subscriber {
  /** One message. What it throws is dropped and disturbs no other subscriber. */
  onMessage(message: string): void
  /**
   * The connection was lost and the subscription is active again: messages published meanwhile are gone. Read the state
   * itself again, as after `subscribe`.
   */
  onGap(): void
}

/** Ends the subscription. Nothing is delivered from the call on. Calling twice changes nothing. */
export type Unsubscribe = () => Promise<void>

/**
 * Tells whoever listens right now, in this and other processes. At most once: a message is lost for a subscriber whose
 * connection is down. For what must arrive take an `EventStream` or the outbox.
 */
export interface PubSub extends PortAdapter {
  /**
   * Hands the message to everybody subscribed to the topic. Resolves when it is handed over, not when it is delivered.
   * Messages of one publisher arrive in the order of its calls.
   *
   * @throws `port/unavailable` when the thing behind the port fails; the message may yet have been handed over.
   */
  publish(topic: string, message: string): Promise<void>
  /**
   * Resolves when the subscription is active: what is published from then on arrives, each message once for each call.
   *
   * @throws `port/unavailable` when it could not be made active.
   */
  subscribe(topic: string, subscriber: Subscriber): Promise<Unsubscribe>
}
