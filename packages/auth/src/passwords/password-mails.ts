import { defineMail } from '@corbel/core'

export interface PasswordReset {
  readonly token: string
  /** Minutes for which the token works. */
  readonly lifetime: number
}

/** Carries the token that sets a new password. */
export const resetMail = defineMail<PasswordReset>({
  name: 'auth.password_reset',
  summary: 'Lets somebody who asked for it choose a new password.',
  sample: { token: 'cpr_sample', lifetime: 30 },
  write: ({ token, lifetime }, { appName, publicUrl }) => ({
    subject: `A new password for ${appName}`,
    body: [
      `A new password was asked for for your account at ${appName}. To choose one, go to`,
      // Behind the hash: what is there reaches no server, no log and no Referer.
      { link: `${publicUrl}/reset-password#token=${token}` },
      `The link works once, for ${lifetime} minutes. Where a code is asked for, it is`,
      { code: token },
      'If you have not asked for it, there is nothing to do: your password is as it was, unless we told you otherwise.',
    ],
  }),
})

/** Says to the owner of an account that its password is another one now (ASVS 6.3.7). */
export const passwordChangedMail = defineMail<null>({
  name: 'auth.password_changed',
  summary: 'Tells the owner of an account that its password was changed.',
  sample: null,
  write: (_, { appName, publicUrl }) => ({
    subject: `Your password for ${appName} was changed`,
    body: [
      `The password of your account at ${appName} was just changed, and all of its sessions were ended.`,
      'If it was not you, choose a new one now:',
      { link: `${publicUrl}/forgot-password` },
    ],
  }),
})

/** Says to the owner of an account that nothing is accepted for it any more until its password is reset. */
export const attemptsExhaustedMail = defineMail<null>({
  name: 'auth.attempts_exhausted',
  summary: 'Tells the owner of an account that its sign-in is blocked.',
  sample: null,
  write: (_, { appName, publicUrl }) => ({
    subject: `Sign-in to ${appName} is blocked`,
    body: [
      `So many attempts to sign in to your account at ${appName} have failed that it accepts none from unknown devices any more.`,
      'To sign in again, choose a new password:',
      { link: `${publicUrl}/forgot-password` },
    ],
  }),
})
