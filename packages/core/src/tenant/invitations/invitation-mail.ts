import { plainMail } from '../../module/plain-mail.ts'
import type { MailMessage } from '../../ports/mailer.ts'

export interface InvitationMail {
  readonly id: string
  readonly to: string
  readonly token: string
  readonly tenantName: string
  readonly role: string
  readonly expiresAt: Date
  readonly appName: string
  readonly publicUrl: string
}

/** Carries the token that makes whoever reads the mail a member. */
export function invitationMail(invitation: InvitationMail): MailMessage {
  const { id, to, token, tenantName, role, expiresAt, appName, publicUrl } = invitation
  // Behind the hash: what is there reaches no server, no log and no Referer.
  const link = `${publicUrl}/accept-invitation#token=${token}`
  const mail = plainMail({ id, to }, `You are invited to a team at ${appName}`, [
    `You are invited to join the team "${tenantName}" at ${appName} as ${role}. To join, go to`,
    link,
    `The link works once, until ${expiresAt.toISOString().slice(0, 16).replace('T', ' ')} UTC. Where a code is asked for, it is`,
    token,
    'If you do not know the team, there is nothing to do: nobody joins it in your name.',
  ])
  return { ...mail, code: token }
}
