import type { RecordedEvent } from '../ports/outbox.ts'

/** One event for one recipient. */
export interface Delivery {
  /** Also says what is sent: whoever gets it twice knows it by this id. */
  readonly event: RecordedEvent
  readonly recipient: string
  /** Attempts begun, this one included. */
  readonly attempts: number
  /** Aborted when the time of the attempt is up: others may take the delivery over. */
  readonly signal: AbortSignal
}

/** A way on which events leave the system: who is told, and how one of them is told. */
export interface DeliveryRoute {
  /** `<module>.<channel>`. Stands in the log, and with what is pending: never renamed. */
  readonly name: `${string}.${string}`
  /** Types of the events. */
  readonly events: readonly string[]
  /**
   * Ids of those who are to be told; whoever does not want to know is left out here. Asked once or more for each event, soon after
   * it was committed.
   */
  recipients(event: RecordedEvent): Promise<readonly string[]>
  /**
   * Tells one, at least once, one after the other and in the order of the events. Outside of every transaction; within 20 s, or
   * others take over.
   *
   * @returns What the log says, such as `HTTP 204`: no secret, no address.
   * @throws DomainError with status 422 when trying again is useless; its `retryAfter` is waited for. Anything else is tried again.
   */
  send(delivery: Delivery): Promise<string>
  /** After the last attempt, before the log says so. Called at least once; when it throws, it is called again. */
  givenUp?(delivery: Delivery, result: string): Promise<void>
}
