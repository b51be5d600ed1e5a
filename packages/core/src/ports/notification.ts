import { isCleanText } from '../kernel/text.ts'
import { type Notification, NotifierErrors, type Severity } from './notifier.ts'

// oxlint-disable-next-line no-control-regex
const oneLine = /^[^\u0000-\u001f\u007f-\u009f\u2028\u2029]{1,200}$/
const longestText = 4000
const longestLink = 2000
const severities: ReadonlySet<Severity> = new Set(['info', 'warning', 'critical'])

/** What every notifier does first. @throws `notifier/refused` */
export function checkNotification({
  id,
  channel,
  title,
  text,
  severity,
  link,
  thread = id,
}: Notification): void {
  const refuse = (detail: string): never => {
    throw NotifierErrors.refused({ detail })
  }
  for (const [name, value] of Object.entries({ id, channel, title, thread })) {
    if (!oneLine.test(value) || !isCleanText(value) || value.trim() === '')
      refuse(`The ${name} is not one line of 1 to 200 characters.`)
  }
  if (text.length > longestText || !isCleanText(text))
    refuse(`The text is longer than ${longestText} characters, or not well-formed Unicode.`)
  if (!severities.has(severity)) refuse('The severity is none of info, warning and critical.')
  if (link !== undefined && !isLink(link)) refuse('The link is not an absolute https or http URL.')
}

// The form is asked for as well: the URL parser drops line breaks, and takes `https:a` and `https:///a` for a host.
const isLink = (link: string): boolean =>
  link.length <= longestLink && /^https?:\/\/(?!\/)[!-~]+$/.test(link) && URL.canParse(link)
