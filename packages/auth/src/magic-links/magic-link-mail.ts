import { defineMail } from '@corbel/core'

export interface MagicLinkSecrets {
  readonly token: string
  readonly code: string
  /** Minutes for which both work. */
  readonly lifetime: number
}

/** Carries the link and the code that sign in. */
export const magicLinkMail = defineMail<MagicLinkSecrets>({
  name: 'auth.magic_link',
  summary: 'Signs in whoever asked for it, by a link or by a code.',
  sample: { token: 'cml_sample', code: '123456', lifetime: 10 },
  write: ({ token, code, lifetime }, { appName, publicUrl }) => ({
    subject: `Sign in to ${appName}`,
    body: [
      `To sign in to ${appName}, go to`,
      // Behind the hash: what is there reaches no server, no log and no Referer, and whoever fetches the link signs nobody in.
      { link: `${publicUrl}/magic-link#token=${token}` },
      'or type this code where it is asked for:',
      { code },
      `They work once, for ${lifetime} minutes. Nobody of ${appName} will ask you for the code.`,
      'If you have not asked for this mail, there is nothing to do.',
    ],
  }),
})
