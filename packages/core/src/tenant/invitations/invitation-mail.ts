import { defineMail } from '../../module/mail-template.ts'

export interface InvitationMail {
  readonly token: string
  readonly tenantName: string
  readonly role: string
  readonly expiresAt: Date
}

/** Carries the token that makes whoever reads the mail a member. */
export const invitationMail = defineMail<InvitationMail>({
  name: 'tenant.invitation',
  summary: 'Invites somebody to a team. Asked for by a member, so nobody can switch it off.',
  sample: {
    token: 'cti_a-sample-of-a-token',
    tenantName: 'Analytical Engines',
    role: 'member',
    expiresAt: new Date('2026-01-01T12:00:00Z'),
  },
  write: ({ token, tenantName, role, expiresAt }, { appName, publicUrl }) => ({
    subject: `You are invited to a team at ${appName}`,
    body: [
      `You are invited to join the team "${tenantName}" at ${appName} as ${role}. To join, go to`,
      // Behind the hash: what is there reaches no server, no log and no Referer.
      { link: `${publicUrl}/accept-invitation#token=${token}` },
      `The link works once, until ${expiresAt.toISOString().slice(0, 16).replace('T', ' ')} UTC. Where a code is asked for, it is`,
      { code: token },
      'If you do not know the team, there is nothing to do: nobody joins it in your name.',
    ],
  }),
})
