import { type Html, markup } from '../contract/html.ts'
import type { MailMessage } from '../ports/mailer.ts'

const isLink = (paragraph: string): boolean => /^https?:\/\/\S+$/.test(paragraph)

/** A mail of paragraphs, as text and as HTML; every one that is an address becomes a link. */
export const plainMail = (
  address: Pick<MailMessage, 'id' | 'to'>,
  subject: string,
  paragraphs: readonly string[],
): MailMessage => ({
  ...address,
  subject,
  text: `${paragraphs.join('\n\n')}\n`,
  html: markup`<!doctype html><html lang="en"><meta charset="utf-8"><body>${paragraphs.map(paragraphOf)}</body></html>`.toString(),
  links: paragraphs.filter(isLink),
})

const paragraphOf = (text: string): Html =>
  isLink(text) ? markup`<p><a href="${text}">${text}</a></p>` : markup`<p>${text}</p>`
