import { mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { mailerConformance, type MailMessage, manualClock } from '@corbel/core/ports'
import { afterAll, describe, expect, test } from 'vitest'
import { recordBackend } from '../../../../test/backends.ts'
import { conforming } from '../../../../test/vitest-suite.ts'
import { inboxMailer } from './inbox-mailer.ts'

recordBackend('inbox')

const folders: string[] = []

async function freshFolder(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'corbel-inbox-'))
  folders.push(folder)
  return join(folder, 'inbox')
}

afterAll(() => Promise.all(folders.map((folder) => rm(folder, { recursive: true }))))

const message: MailMessage = {
  id: 'evt_1',
  to: 'ada@example.test',
  subject: 'Your code',
  text: 'Your code is 123456.\nhttps://app.example.test/verify?token=abc\n',
  links: ['https://app.example.test/verify?token=abc'],
  code: '123456',
}

const filesIn = async (directory: string, ending: string): Promise<readonly string[]> =>
  (await readdir(directory)).filter((name) => name.endsWith(ending)).toSorted()

async function readAll(directory: string): Promise<readonly MailMessage[]> {
  const names = await filesIn(directory, '.json').catch(() => [])
  return Promise.all(names.map(async (name) => JSON.parse(await readFile(join(directory, name), 'utf8'))))
}

async function emlOf(
  message: MailMessage,
): Promise<{ readonly text: string; readonly head: string; readonly body: string }> {
  const directory = await freshFolder()
  await inboxMailer({ directory }).send(message)
  const [name = ''] = await filesIn(directory, '.eml')
  const text = await readFile(join(directory, name), 'utf8')
  const end = text.indexOf('\r\n\r\n')
  return { text, head: text.slice(0, end), body: text.slice(end + 4) }
}

/** RFC 5322 §2.2.3 and RFC 2047, as a mail program reads a header. */
function header(head: string, name: string): string | undefined {
  const lines = head.replaceAll(/\r\n[ \t]/g, ' ').split('\r\n')
  const value = lines.find((line) => line.startsWith(`${name}: `))?.slice(name.length + 2)
  return value
    ?.replaceAll('?= =?', '?==?')
    .replaceAll(/=\?UTF-8\?B\?([\w+/=]*)\?=/g, (_, word: string) =>
      Buffer.from(word, 'base64').toString('utf8'),
    )
}

describe('inboxMailer', () => {
  mailerConformance(conforming('mailer', 'inbox'), async () => {
    const directory = await freshFolder()
    return {
      mailer: inboxMailer({ directory }),
      delivered: () => readAll(directory),
      fail: async () => writeFile(directory, 'a file where the folder should be'),
    }
  })

  test('writes one .eml and one .json with what is in the message, for their owner only', async () => {
    const directory = await freshFolder()
    await inboxMailer({ directory }).send(message)
    const { id: _, ...content } = message
    expect(await readAll(directory)).toEqual([content])
    const names = await readdir(directory)
    expect(names.map((name) => name.slice(name.lastIndexOf('.'))).toSorted()).toEqual(['.eml', '.json'])
    for (const name of names) expect((await stat(join(directory, name))).mode & 0o777).toBe(0o600)
    expect((await stat(directory)).mode & 0o777).toBe(0o700)
  })

  test('the newest name sorts last, within a millisecond, after a restart and when the clock goes back', async () => {
    const directory = await freshFolder()
    const clock = manualClock()
    let mailer = inboxMailer({ directory, clock })
    const subjects: string[] = []
    const send = async (subject: string): Promise<void> => {
      subjects.push(subject)
      await mailer.send({ ...message, id: subject, subject })
    }
    for (const subject of ['a', 'b', 'c']) await send(subject)
    clock.advance('1ms')
    await send('d')
    mailer = inboxMailer({ directory, clock })
    await send('e')
    mailer = inboxMailer({ directory, clock: manualClock(new Date('2020-01-01T00:00:00Z')) })
    await send('f')
    expect((await readAll(directory)).map(({ subject }) => subject)).toEqual(subjects)
  })

  test('a message that was accepted before a restart is not written again', async () => {
    const directory = await freshFolder()
    await inboxMailer({ directory }).send(message)
    await inboxMailer({ directory }).send(message)
    expect(await readAll(directory)).toHaveLength(1)
  })

  test('the .eml has the headers that a message needs, in ASCII', async () => {
    const { head, body } = await emlOf(message)
    expect(header(head, 'From')).toBe('Corbel <no-reply@corbel.localhost>')
    expect(header(head, 'To')).toBe(message.to)
    expect(header(head, 'Subject')).toBe(message.subject)
    expect(header(head, 'Date')).toMatch(/^\w{3}, \d{2} \w{3} \d{4} \d{2}:\d{2}:\d{2} \+0000$/)
    expect(header(head, 'Message-ID')).toMatch(/^<[\da-f]+@[\w.]+>$/)
    expect(head).toMatch(/^[\x20-\x7e\r\n]*$/)
    expect(body.replaceAll('\r\n', '\n')).toBe(message.text)
  })

  test.each(['Žluťoučký kůň 🌱'.repeat(12), '=?UTF-8?B?QmNj?=', '👩‍👩‍👧‍👦'.repeat(9)])(
    'a subject becomes encoded words and comes back: %s',
    async (subject) => {
      const { head } = await emlOf({ ...message, subject })
      expect(header(head, 'Subject')).toBe(subject)
      for (const line of head.split('\r\n')) expect(line.length).toBeLessThanOrEqual(78 + 'Subject: '.length)
      for (const [word] of head.matchAll(/=\?[^ ]*\?=/g)) expect(word.length).toBeLessThanOrEqual(75)
    },
  )

  test('text that no message may hold as it is, is encoded', async () => {
    const text = `${'a very long line '.repeat(100)}\nžofie\0`
    const { head, body } = await emlOf({ ...message, text })
    expect(header(head, 'Content-Transfer-Encoding')).toBe('base64')
    expect(Buffer.from(body, 'base64').toString('utf8')).toBe(text)
    for (const line of body.split('\r\n')) expect(line.length).toBeLessThanOrEqual(76)
  })

  test('every line ends with CRLF, whatever the text ends its lines with', async () => {
    const { text } = await emlOf({ ...message, text: 'one\ntwo\r\nthree\rfour' })
    expect(text.replaceAll('\r\n', '')).not.toMatch(/[\r\n]/)
  })

  test('HTML is an alternative to the text', async () => {
    const { head, body } = await emlOf({ ...message, html: '<p>Hello</p>' })
    const boundary = /boundary="([^"]+)"/.exec(head)?.[1] ?? 'none'
    const parts = body.split(`--${boundary}`)
    expect(parts).toHaveLength(4)
    expect(parts[1]).toContain('text/plain')
    expect(parts[2]).toContain('text/html')
    expect(parts[2]).toContain('<p>Hello</p>')
    expect(parts[3]).toBe('--\r\n')
  })

  test('is a stand-in that names the setting which replaces it', () => {
    expect(inboxMailer({ directory: 'unused' }).adapter.standIn?.setting).toBe('RESEND_EMAIL_ENABLED')
  })
})
