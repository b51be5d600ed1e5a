import { defineMail } from '@corbel/core'

/** Carries the token that makes an address the one of an account. */
export const newAddressMail = defineMail<{ readonly token: string; readonly lifetime: number }>({
  name: 'auth.new_address',
  summary: 'Carries the token that makes an address the one of an account.',
  sample: { token: `cec_${'A'.repeat(43)}`, lifetime: 60 },
  write: ({ token, lifetime }, { appName, publicUrl }) => ({
    subject: `Confirm your new address for ${appName}`,
    body: [
      `Please confirm that this is to be the address of your account at ${appName}:`,
      // Behind the hash: what is there reaches no server, no log and no Referer.
      { link: `${publicUrl}/verify-email#token=${token}` },
      `The link works once, for ${lifetime} minutes. All of your sessions end then. Where a code is asked for, it is`,
      { code: token },
      'If you have not asked for it, do not open the link.',
    ],
  }),
})

/** Says to the owner of an address that another account wanted it. */
export const takenAddressMail = defineMail<null>({
  name: 'auth.taken_address',
  summary: 'Tells the owner of an address that somebody wanted to have it for another account.',
  sample: null,
  write: (_, { appName, publicUrl }) => ({
    subject: `Your address was asked for at ${appName}`,
    body: [
      `Somebody wanted to use this address for another account at ${appName}. It is yours already, and nothing was changed.`,
      'If it was you, choose another address there, or sign in with this one:',
      { link: publicUrl },
    ],
  }),
})

/** Says to the present address that another one was asked for. */
export const addressRequestedMail = defineMail<null>({
  name: 'auth.address_requested',
  summary: 'Tells the present address of an account that another one was asked for.',
  sample: null,
  write: (_, { appName, publicUrl }) => ({
    subject: `A new address for your ${appName} account`,
    body: [
      `Somebody who is signed in to your account at ${appName} asked to replace this address by another one. It counts once it was confirmed there.`,
      'If it was not you, choose a new password now, which ends every session:',
      { link: `${publicUrl}/forgot-password` },
    ],
  }),
})

/** Says to the former address that another one took its place. */
export const addressChangedMail = defineMail<null>({
  name: 'auth.address_changed',
  summary: 'Tells the former address of an account that another one took its place.',
  sample: null,
  write: (_, { appName, publicUrl }) => ({
    subject: `The address of your ${appName} account was changed`,
    body: [
      `Your account at ${appName} has another address now, and all of its sessions were ended.`,
      'If it was not you, tell whoever runs this service:',
      { link: publicUrl },
    ],
  }),
})
