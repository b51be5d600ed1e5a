import { type Html, markup } from '../contract/html.ts'
import type { MailMessage } from '../ports/mailer.ts'

/** A paragraph of text, a link on a line of its own, or the code that can be typed instead. */
export type MailPart = string | { readonly link: string } | { readonly code: string }

export interface MailContent {
  /** Made one line of at most 200 characters, whatever names are in it. */
  readonly subject: string
  readonly body: readonly MailPart[]
}

/** What every mail may name. */
export interface MailBrand {
  readonly appName: string
  /** Where links begin, without a trailing slash. */
  readonly publicUrl: string
}

export interface MailSpec<Input> {
  /** `<module>.<noun>`, as the preview shows it. */
  readonly name: `${string}.${string}`
  readonly summary: string
  /** What the preview is written with: nothing that works anywhere. */
  readonly sample: Input
  write(input: Input, brand: MailBrand): MailContent
}

/** A mail without its input, for the preview. */
export interface MailPreview {
  readonly name: string
  readonly summary: string
  preview(brand: MailBrand): MailMessage
}

export interface MailTemplate<Input> extends MailPreview {
  /** As text and as HTML, with everything escaped. The same input gives the identical mail. */
  render(input: Input, frame: MailBrand & Pick<MailMessage, 'id' | 'to' | 'unsubscribe'>): MailMessage
}

/** Declares a mail. Its input holds what is particular to it; nothing in it is taken for markup. */
export function defineMail<Input>({ name, summary, sample, write }: MailSpec<Input>): MailTemplate<Input> {
  const render: MailTemplate<Input>['render'] = (input, { id, to, unsubscribe, ...brand }) => {
    const { subject, body } = write(input, brand)
    const code = body.find((part) => typeof part === 'object' && 'code' in part)
    return {
      id,
      to,
      subject: oneLine(subject),
      text: `${body.map(textOf).join('\n\n')}\n`,
      html: page(oneLine(subject), body),
      links: body.flatMap((part) => (typeof part === 'object' && 'link' in part ? [part.link] : [])),
      ...(typeof code === 'object' && 'code' in code && { code: code.code }),
      ...(unsubscribe !== undefined && { unsubscribe }),
    }
  }
  return {
    name,
    summary,
    render,
    preview: (brand) => render(sample, { ...brand, id: 'preview', to: 'ada@example.com' }),
  }
}

const longestSubject = 200

/** A line break would begin a header, and a direction mark turn round what follows it. */
const oneLine = (subject: string): string =>
  subject
    .replaceAll(/[\p{Cc}\p{Zl}\p{Zp}\u202a-\u202e\u2066-\u2069]+/gu, ' ')
    .trim()
    .slice(0, longestSubject)
    .toWellFormed()

const textOf = (part: MailPart): string =>
  typeof part === 'string' ? part : 'link' in part ? part.link : part.code

function htmlOf(part: MailPart): Html {
  if (typeof part === 'string') return markup`<p>${part}</p>`
  if ('code' in part)
    return markup`<p><code style="font-size:1.1em;overflow-wrap:anywhere">${part.code}</code></p>`
  // Only what a browser opens as a page: the rest stays text.
  if (!/^https?:\/\//.test(part.link)) return markup`<p>${part.link}</p>`
  return markup`<p style="overflow-wrap:anywhere"><a href="${part.link}">${part.link}</a></p>`
}

// Styles stand in attributes: mail programs drop the rest.
const page = (title: string, body: readonly MailPart[]): string =>
  markup`<!doctype html><html lang="en"><meta charset="utf-8"><meta name="viewport" content="width=device-width"><meta name="color-scheme" content="light dark"><title>${title}</title><body style="font:16px/1.5 system-ui,sans-serif;max-width:36em;margin:1.5em auto;padding:0 1em">${body.map(htmlOf)}</body></html>`.toString()
