import { type MailMessage, unsubscribeHeaders } from '@corbel/core/ports'

/** RFC 5322 §2.1.1: octets in a line, without its CRLF. */
const longestLine = 998
// RFC 2047 §2: an encoded word has at most 75 characters, 12 of them "=?UTF-8?B?" and "?=". 45 octets make 60 of base64.
const wordOctets = 45

export interface Envelope {
  readonly from: string
  readonly date: Date
  /** Unique, without angle brackets. */
  readonly messageId: string
}

/** An Internet message (RFC 5322) with the text and, where there is one, the HTML as alternatives (RFC 2046 §5.1.4). */
export function toEml(message: MailMessage, { from, date, messageId }: Envelope): string {
  const { to, subject, text, html } = message
  const headers = [
    `From: ${from}`,
    // An address beyond ASCII makes it an internationalized message (RFC 6532); there is no encoding for one.
    `To: ${to}`,
    `Subject: ${encodeHeader(subject)}`,
    `Date: ${date.toUTCString().replace('GMT', '+0000')}`,
    `Message-ID: <${messageId}>`,
    ...Object.entries(unsubscribeHeaders(message)).map(([name, value]) => `${name}: ${value}`),
    'MIME-Version: 1.0',
  ]
  const plain = part('text/plain', text)
  if (html === undefined) return [...headers, ...plain, ''].join('\r\n')
  // Base64 and text lines alike cannot hold a line that is this id between dashes by chance.
  const boundary = `=_${messageId.replace(/@.*/, '')}`
  return [
    ...headers,
    `Content-Type: multipart/alternative; boundary="${boundary}"`,
    '',
    `--${boundary}`,
    ...plain,
    `--${boundary}`,
    ...part('text/html', html),
    `--${boundary}--`,
    '',
  ].join('\r\n')
}

/** Text as people can read it in the file, unless it has lines that no message may have. */
function part(type: string, content: string): string[] {
  // The line break at the end of the last line is the message's own.
  const lines = content.replace(/(?:\r\n|\r|\n)$/, '').split(/\r\n|\r|\n/)
  const readable = lines.every((line) => Buffer.byteLength(line) <= longestLine && !line.includes('\0'))
  const body = readable
    ? lines
    : (Buffer.from(content)
        .toString('base64')
        .match(/.{1,76}/g) ?? [])
  return [
    `Content-Type: ${type}; charset=utf-8`,
    `Content-Transfer-Encoding: ${readable ? '8bit' : 'base64'}`,
    '',
    ...body,
  ]
}

/** Unstructured header text: ASCII as it is, else encoded words on folded lines, never splitting a character. */
function encodeHeader(value: string): string {
  if (
    /^[\x20-\x7e]*$/.test(value) &&
    !value.includes('=?') &&
    value.length <= longestLine - 'Subject: '.length
  )
    return value
  const words: string[] = []
  let word = ''
  for (const character of value) {
    if (Buffer.byteLength(word + character) > wordOctets) {
      words.push(word)
      word = ''
    }
    word += character
  }
  words.push(word)
  return words.map((each) => `=?UTF-8?B?${Buffer.from(each).toString('base64')}?=`).join('\r\n ')
}
