import * as z from 'zod'
import { email, text } from '../../kernel/text.ts'

/** What somebody who need not have an account wants the operators to read. */
export const ContactMessage = z.strictObject({
  name: text({ max: 128 }),
  email,
  subject: text({ max: 150 }),
  message: text({ min: 10, max: 5000 }),
  /** A field that the form hides from people. Who fills it is a program: it is answered as ever, and nothing happens. */
  website: z.string().max(500).optional(),
})
export type ContactMessage = z.infer<typeof ContactMessage>

/** What is kept of it, sealed. */
export const Letter = ContactMessage.omit({ website: true })
export type Letter = z.infer<typeof Letter>
