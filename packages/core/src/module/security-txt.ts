import { HttpErrors } from '../http/http-errors.ts'
import type { Clock } from '../kernel/clock.ts'
import { addMilliseconds, milliseconds } from '../kernel/duration.ts'

/** For `listOf`: where people report a vulnerability (RFC 9116 §2.5.3). */
export function securityContact(item: string): string | undefined {
  const parsed = URL.parse(item)
  const isPlain = /^[\x21-\x7e]{1,300}$/.test(item)
  return parsed !== null && isPlain && contactForms[parsed.protocol]?.test(item) ? item : undefined
}

const contactForms: Readonly<Record<string, RegExp>> = {
  'https:': /^https:\/\/./i,
  'mailto:': /^mailto:[^@]+@[^@]+$/i,
  'tel:': /^tel:\+\d/i,
}

/**
 * The file of RFC 9116. It says that it is good for 90 to 91 days, so that one copy of a day is like the next (§2.5.5: less than a
 * year), and it is written anew for every reader.
 *
 * @throws `http/not-found` when there is no contact.
 */
export function securityTxt(contacts: readonly string[], publicUrl: string, clock: Clock): string {
  if (contacts.length === 0) throw HttpErrors.notFound()
  const day = addMilliseconds(clock.now(), milliseconds('91d')).toISOString().slice(0, 10)
  const fields = [
    ...contacts.map((contact) => ['Contact', contact]),
    ['Expires', `${day}T00:00:00Z`],
    ['Canonical', `${publicUrl}/.well-known/security.txt`],
  ]
  return fields.map(([name, value]) => `${name}: ${value}\r\n`).join('')
}
