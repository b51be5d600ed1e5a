import { type MailMessage, MailerErrors } from './mailer.ts'

// Control characters end a header or hide its rest; `:` and the like are harmless within one.
// oxlint-disable-next-line no-control-regex
const control = /[\u0000-\u001f\u007f\u2028\u2029]/

/** One bare address: no name, no list, no quoted local part (which `email` of the kernel refuses as well). */
const oneAddress = /^[^\s@,;:<>()[\]"\\]+@[^\s@,;:<>()[\]"\\]+$/

/** What every mailer does first. @throws `mailer/refused` when the message would forge a header or reach somebody else. */
export function checkMessage({ id, to, subject, unsubscribe }: MailMessage): void {
  for (const [name, value] of Object.entries({ id, to, subject })) {
    if (control.test(value))
      throw MailerErrors.refused({ detail: `The ${name} holds a line break or another control character.` })
  }
  if (!oneAddress.test(to)) throw MailerErrors.refused({ detail: 'The recipient is not one e-mail address.' })
  // Brackets and commas would begin another address in the header (RFC 2369 §2).
  if (unsubscribe !== undefined && !/^https?:\/\/[^\s<>,"\\]{1,900}$/.test(unsubscribe))
    throw MailerErrors.refused({ detail: 'The address to unsubscribe at is no URL.' })
}

/** The headers with which mail programs offer to unsubscribe with one click (RFC 8058 §3.1); none without an address. */
export const unsubscribeHeaders = ({
  unsubscribe,
}: Pick<MailMessage, 'unsubscribe'>): Readonly<Record<string, string>> =>
  unsubscribe === undefined
    ? {}
    : { 'List-Unsubscribe': `<${unsubscribe}>`, 'List-Unsubscribe-Post': 'List-Unsubscribe=One-Click' }
