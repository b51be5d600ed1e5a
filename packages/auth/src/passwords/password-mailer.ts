import { addMilliseconds, type Clock, type Id, type MailBrand, milliseconds } from '@corbel/core'
import type { Mailer, MailMessage } from '@corbel/core/ports'
import type { PasswordResetRepository } from '../ports/password-reset-repository.ts'
import type { UserRepository } from '../ports/user-repository.ts'
import type { UserId } from '../users/user.ts'
import { attemptsExhaustedMail, passwordChangedMail, resetMail } from './password-mails.ts'
import type { PasswordResetTokens } from './password-reset-tokens.ts'

export interface PasswordMailerDeps {
  readonly users: UserRepository
  readonly passwordResets: PasswordResetRepository
  readonly passwordResetTokens: PasswordResetTokens
  readonly clock: Clock
  readonly mailer: Mailer
  /** Minutes for which a token works. */
  readonly resetMinutes: number
  readonly appName: string
  readonly publicUrl: string
}

/** Sends what events about passwords call for. Handling an event again sends the identical mail. */
export class PasswordMailer {
  readonly #deps: PasswordMailerDeps

  constructor(deps: PasswordMailerDeps) {
    this.#deps = deps
  }

  /** The link that sets a new password; nothing for the address without an account that somebody asked for. */
  async sendReset(id: Id<'evt'>, userId: UserId | undefined): Promise<void> {
    const { passwordResets, passwordResetTokens, clock, resetMinutes } = this.#deps
    if (userId === undefined) return
    const token = await passwordResetTokens.tokenOf(id)
    const digest = await passwordResetTokens.digestOf(token)
    await this.#send(id, userId, async (mail) => {
      await passwordResets.replace({
        id: `pwr_${id.slice('evt_'.length)}`,
        userId,
        email: mail.to,
        digest,
        expiresAt: addMilliseconds(clock.now(), milliseconds(`${resetMinutes}m`)),
      })
      return resetMail.render({ token, lifetime: resetMinutes }, mail)
    })
  }

  /** That the password was changed. */
  sendChanged(id: string, userId: UserId): Promise<void> {
    return this.#send(id, userId, (mail) => passwordChangedMail.render(null, mail))
  }

  /** That too many attempts have failed. */
  sendExhausted(id: string, userId: UserId): Promise<void> {
    return this.#send(id, userId, (mail) => attemptsExhaustedMail.render(null, mail))
  }

  async #send(
    id: string,
    userId: UserId,
    write: (mail: MailBrand & Pick<MailMessage, 'id' | 'to'>) => MailMessage | Promise<MailMessage>,
  ): Promise<void> {
    const { users, mailer, appName, publicUrl } = this.#deps
    const user = await users.find(userId)
    if (user) await mailer.send(await write({ id, to: user.email, appName, publicUrl }))
  }
}
