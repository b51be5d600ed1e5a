import { defineMail } from '@corbel/core'

export interface SignUpInvitation {
  readonly token: string
  readonly expiresAt: Date
}

/** Carries the token with which one address can be registered. */
export const signUpInviteMail = defineMail<SignUpInvitation>({
  name: 'auth.sign_up_invite',
  summary: 'Invites an address to create an account.',
  sample: { token: 'csi_sample', expiresAt: new Date('2026-01-31T12:00:00Z') },
  write: ({ token, expiresAt }, { appName, publicUrl }) => ({
    subject: `Your invitation to ${appName}`,
    body: [
      `You are invited to ${appName}. To create your account with this address, open`,
      { link: `${publicUrl}/sign-up?inviteToken=${token}` },
      `The link works once, until ${expiresAt.toISOString().slice(0, 16).replace('T', ' ')} UTC. Where a code is asked for, it is`,
      { code: token },
      'If you do not know what this is about, there is nothing to do.',
    ],
  }),
})
