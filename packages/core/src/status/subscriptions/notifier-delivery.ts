import type { DeliveryRoute } from '../../module/delivery-route.ts'
import type { Notifier, Severity as Loudness } from '../../ports/notifier.ts'
import { type Bulletin, bulletinOf, type BulletinsDeps, toldEvents } from './bulletin.ts'

export interface NotifierDeliveryDeps extends BulletinsDeps {
  readonly notifier: Notifier
  readonly notifierChannels: readonly string[]
}

/** Tells channels that the operators named, such as those of Slack: one thread for each incident. */
export const notifierDelivery = (deps: NotifierDeliveryDeps): DeliveryRoute => ({
  name: 'status.notifier',
  events: toldEvents,
  recipients: async () => deps.notifierChannels,
  async send({ event, recipient: channel }) {
    const bulletin = await bulletinOf(deps, event)
    if (!bulletin) return 'nothing to tell'
    await deps.notifier.send({
      id: `${event.id}:${channel}`.slice(0, 200),
      channel,
      thread: bulletin.id,
      severity: loudness(bulletin),
      title: `${bulletin.words}: ${bulletin.title}`.slice(0, 200).toWellFormed(),
      text: bulletin.message.slice(0, 4000).toWellFormed(),
      link: bulletin.link,
    })
    return 'accepted'
  },
})

const loudness = ({ severity, state }: Bulletin): Loudness =>
  severity === null || state === 'resolved' || state === 'postmortem'
    ? 'info'
    : severity === 'minor'
      ? 'warning'
      : 'critical'
