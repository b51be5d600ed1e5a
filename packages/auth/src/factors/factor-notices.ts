import { defineMail } from '@corbel/core'
import type { Mailer } from '@corbel/core/ports'
import type { UserRepository } from '../ports/user-repository.ts'
import type { UserId } from '../users/user.ts'

export interface FactorNoticesDeps {
  readonly users: UserRepository
  readonly mailer: Mailer
  readonly appName: string
  readonly publicUrl: string
}

const notices = {
  enrolled: 'A second factor was added to your account.',
  removed: 'A second factor was removed from your account.',
  recoveryCodesReplaced: 'Your account has new recovery codes. The earlier ones do not work any more.',
  recoveryCodeUsed: 'A recovery code of your account was used in place of a second factor.',
  passkeyCopied:
    'A passkey of your account was refused, for there may be a copy of it. Remove it and register a new one.',
  identityLinked: 'An account at an identity provider can be used to sign in to your account.',
  identityRemoved: 'An account at an identity provider cannot be used to sign in to your account any more.',
} as const

export type FactorNotice = keyof typeof notices

export const factorNoticeMail = defineMail<FactorNotice>({
  name: 'auth.factor_notice',
  summary: 'Tells the owner of an account that its factors, or its recovery codes, have changed.',
  sample: 'enrolled',
  write: (notice, { appName, publicUrl }) => ({
    subject: `The sign-in of your ${appName} account has changed`,
    body: [
      notices[notice],
      'If it was not you, change your password at once and end all of your sessions:',
      { link: publicUrl },
    ],
  }),
})

/** Tells the owner of an account what happened to their factors (ASVS 5.0 V6.3.7). */
export class FactorNotices {
  readonly #deps: FactorNoticesDeps

  constructor(deps: FactorNoticesDeps) {
    this.#deps = deps
  }

  /** Sending the same event again sends the same mail. */
  async mail(eventId: string, userId: UserId, notice: FactorNotice): Promise<void> {
    const { users, mailer, appName, publicUrl } = this.#deps
    const user = await users.find(userId)
    if (!user) return
    await mailer.send(factorNoticeMail.render(notice, { id: eventId, to: user.email, appName, publicUrl }))
  }
}
