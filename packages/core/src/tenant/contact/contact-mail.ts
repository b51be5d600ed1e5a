import { defineMail } from '../../module/mail-template.ts'
import type { Letter } from './contact.ts'

/** From a stranger: every word of it is theirs, and none of it is taken for markup or for a header. */
export const contactMail = defineMail<Letter>({
  name: 'tenant.contact',
  summary: 'Brings the operators what somebody wrote with the contact form.',
  sample: {
    name: 'Ada',
    email: 'ada@example.com',
    subject: 'Engines',
    message: 'How many may one tenant have?',
  },
  write: ({ name, email, subject, message }, { appName }) => ({
    subject: `[${appName} contact] ${subject}`,
    body: [
      `${name} wrote with the contact form. Their address, which nobody has verified, is ${email}.`,
      ...message.split(/\n{2,}/),
    ],
  }),
})
