import type { DeliveryRoute, EventHandler } from '@corbel/core'

/**
 * Mail to whoever an event names: each event is told by one of `mails`, in order, until the provider has accepted it.
 *
 * @param of - The property of the payload that names them. Without it, the event is about an address that has no account.
 */
export function mailRoute(
  name: DeliveryRoute['name'],
  of: 'userId' | 'inviteId',
  mails: readonly EventHandler[],
): DeliveryRoute {
  const byType = new Map(mails.map((mail) => [mail.type, mail]))
  return {
    name,
    events: [...byType.keys()],
    recipients: async ({ payload }) => namedBy(payload, of),
    async send({ event }) {
      await byType.get(event.type)?.handle(event)
      return 'accepted'
    },
  }
}

const namedBy = (payload: unknown, of: string): readonly string[] => {
  const id = (payload as Readonly<Record<string, string | undefined>>)[of]
  return id === undefined ? [] : [id]
}
