import type { AddressInfo } from 'node:net'
import { SMTPServer } from 'smtp-server'

export interface ReceivedMail {
  readonly from: string
  readonly to: readonly string[]
  readonly source: string
  readonly headers: ReadonlyMap<string, readonly string[]>
  readonly subject: string
  readonly text: string
}

/** What the server does from now on. */
export type Mood =
  | 'accepts'
  | 'drops'
  | 'stays silent'
  | { readonly code: number; readonly at: 'MAIL' | 'RCPT' | 'DATA' }

/** A real SMTP server on a free port of 127.0.0.1. */
export async function smtpServer() {
  const received: ReceivedMail[] = []
  let mood: Mood = 'accepts'
  const answer = (at: 'MAIL' | 'RCPT' | 'DATA', done: (error?: Error | null) => void): void => {
    if (mood === 'stays silent') return
    const refused = typeof mood === 'object' && mood.at === at ? mood.code : undefined
    done(
      refused === undefined
        ? null
        : Object.assign(new Error('refused by the test'), { responseCode: refused }),
    )
  }
  const server = new SMTPServer({
    authOptional: true,
    disabledCommands: ['AUTH', 'STARTTLS'],
    logger: false,
    closeTimeout: 100,
    onConnect: (_session, done) => done(mood === 'drops' ? new Error('out of order') : null),
    onMailFrom: (_address, _session, done) => answer('MAIL', done),
    onRcptTo: (_address, _session, done) => answer('RCPT', done),
    onData: (stream, { envelope }, done) => {
      const chunks: Buffer[] = []
      stream.on('data', (chunk: Buffer) => chunks.push(chunk))
      stream.on('end', () => {
        const source = Buffer.concat(chunks).toString('latin1')
        if (mood === 'accepts') {
          const from = envelope.mailFrom === false ? '' : envelope.mailFrom.address
          received.push({ from, to: envelope.rcptTo.map(({ address }) => address), source, ...parse(source) })
        }
        answer('DATA', done)
      })
    },
  })
  server.on('error', () => {})
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.server.address() as AddressInfo
  return {
    port,
    received,
    be: (next: Mood) => void (mood = next),
    close: () => new Promise<void>((resolve) => server.close(() => resolve())),
  }
}

/** As much of MIME as it takes to read what nodemailer writes. */
function parse(source: string): Pick<ReceivedMail, 'headers' | 'subject' | 'text'> {
  const { headers, body } = split(source)
  const boundary = /boundary="([^"]+)"/.exec(headers.get('content-type')?.[0] ?? '')?.[1]
  const parts = boundary === undefined ? [source] : `\r\n${body}`.split(`\r\n--${boundary}`).slice(1, -1)
  const plain = parts
    .map(split)
    .find((part) => part.headers.get('content-type')?.[0]?.startsWith('text/plain'))
  const encoding = plain?.headers.get('content-transfer-encoding')?.[0]?.toLowerCase()
  return {
    headers,
    subject: decodeWords(headers.get('subject')?.[0] ?? ''),
    text: decode(plain?.body ?? '', encoding).replaceAll('\r\n', '\n'),
  }
}

function split(entity: string) {
  const text = entity.replace(/^\r\n/, '')
  const end = text.indexOf('\r\n\r\n')
  const headers = new Map<string, string[]>()
  for (const line of text
    .slice(0, end)
    .replaceAll(/\r\n(?=[ \t])/g, '')
    .split('\r\n')) {
    const colon = line.indexOf(':')
    const name = line.slice(0, colon).toLowerCase()
    headers.set(name, [...(headers.get(name) ?? []), line.slice(colon + 1).trim()])
  }
  return { headers, body: text.slice(end + 4) }
}

const unhex = (text: string): string =>
  text.replaceAll(/=([0-9A-F]{2})/g, (_, hex: string) => String.fromCharCode(Number.parseInt(hex, 16)))

function decode(body: string, encoding: string | undefined): string {
  if (encoding === 'base64') return Buffer.from(body, 'base64').toString('utf8')
  const bytes = encoding === 'quoted-printable' ? unhex(body.replaceAll('=\r\n', '')) : body
  return Buffer.from(bytes, 'latin1').toString('utf8')
}

/** RFC 2047 encoded words. */
const decodeWords = (text: string): string =>
  text
    .replaceAll(/\?=\s+=\?/g, '?==?')
    .replaceAll(/=\?utf-8\?([QB])\?([^?]*)\?=/gi, (_, kind: string, word: string) =>
      kind.toUpperCase() === 'B'
        ? Buffer.from(word, 'base64').toString('utf8')
        : Buffer.from(unhex(word.replaceAll('_', ' ')), 'latin1').toString('utf8'),
    )
