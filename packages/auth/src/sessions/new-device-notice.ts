import { defineMail } from '@corbel/core'
import type { Mailer } from '@corbel/core/ports'
import type { SessionRepository } from '../ports/session-repository.ts'
import type { UserRepository } from '../ports/user-repository.ts'
import type { UserId } from '../users/user.ts'
import { deviceName, deviceOf } from './device.ts'
import type { SessionId } from './session.ts'

export interface NewDeviceNoticeDeps {
  readonly users: UserRepository
  readonly sessions: SessionRepository
  readonly mailer: Mailer
  readonly appName: string
  readonly publicUrl: string
}

/** Of the device as its user agent calls itself. */
export const newDeviceMail = defineMail<string>({
  name: 'auth.new_device',
  summary: 'Tells a user of a sign-in from a device that their account does not know.',
  sample: 'Firefox on Linux',
  write: (device, { appName, publicUrl }) => ({
    subject: `A new device has signed in to ${appName}`,
    body: [
      `Somebody, probably you, signed in to your account at ${appName} from ${device}, which has not been used with it before.`,
      'If it was not you, choose a new password now, which ends every session:',
      { link: `${publicUrl}/forgot-password` },
    ],
  }),
})

/** Tells users of sign-ins from devices that their account does not know (OWASP ASVS 6.3.5). */
export class NewDeviceNotice {
  readonly #deps: NewDeviceNoticeDeps

  constructor(deps: NewDeviceNoticeDeps) {
    this.#deps = deps
  }

  /**
   * Nothing for the first session of an account, and for a browser and a platform that an earlier one had. Nobody can switch it off
   * (OWASP ASVS 6.3.7). Sending the same event again sends the same mail.
   */
  async mail(eventId: string, userId: UserId, sessionId: SessionId): Promise<void> {
    const { users, sessions, mailer, appName, publicUrl } = this.#deps
    const [own = null, ...earlier] = (await sessions.listAgents(userId, sessionId)).map((agent) =>
      deviceName(deviceOf(agent)),
    )
    if (own === null || earlier.length === 0 || earlier.includes(own)) return
    const user = await users.find(userId)
    if (!user) return
    await mailer.send(newDeviceMail.render(own, { id: eventId, to: user.email, appName, publicUrl }))
  }
}
