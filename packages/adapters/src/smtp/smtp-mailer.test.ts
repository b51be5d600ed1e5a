import { type MailMessage, mailerConformance } from '@corbel/core/ports'
import { createTransport } from 'nodemailer'
import { afterEach, describe, expect, test } from 'vitest'
import { conforming } from '../../../../test/vitest-suite.ts'
import { smtpMailer } from './smtp-mailer.ts'
import { type Mood, smtpServer } from './smtp-server.fixture.ts'

const from = 'no-reply@example.test'
const message: MailMessage = {
  id: 'evt_1:welcome',
  to: 'a@example.test',
  subject: 'Hi',
  text: 'Hello\n',
  links: [],
}

const opened: (() => Promise<void>)[] = []
afterEach(async () => {
  for (const close of opened.splice(0)) await close()
})

async function open(timeoutMs?: number) {
  const server = await smtpServer()
  const transport = createTransport({ host: '127.0.0.1', port: server.port, pool: true, maxConnections: 4 })
  opened.push(async () => {
    transport.close()
    await server.close()
  })
  const again = () =>
    smtpMailer({ transport, from, fromName: 'Žluť, "Inc"', ...(timeoutMs && { timeoutMs }) })
  return { server, again, mailer: again() }
}

describe('smtp mailer', () => {
  mailerConformance(conforming('mailer', 'smtp'), async () => {
    const { server, mailer } = await open()
    return {
      mailer,
      delivered: async () =>
        server.received.map(({ to: [to = ''], subject, text, headers }) => {
          const url = /^<(.*)>$/.exec(headers.get('list-unsubscribe')?.[0] ?? '')?.[1]
          const isOneClick = headers.get('list-unsubscribe-post')?.[0] === 'List-Unsubscribe=One-Click'
          return { to, subject, text, ...(isOneClick && url !== undefined && { unsubscribe: url }) }
        }),
      fail: async () => server.be('drops'),
    }
  })

  test('one id has one Message-ID, in every process', async () => {
    const { server, mailer, again } = await open()
    await mailer.send(message)
    await again().send(message)
    await mailer.send({ ...message, id: 'evt_2' })
    const ids = server.received.map(({ headers }) => headers.get('message-id')?.[0])
    expect(ids[0]).toMatch(/^<[0-9a-f]{64}@example\.test>$/)
    expect(ids[1]).toBe(ids[0])
    expect(ids[2]).not.toBe(ids[0])
  })

  test('an envelope of one sender and one recipient, and each header once', async () => {
    const { server, mailer } = await open()
    await mailer.send({
      ...message,
      subject: 'Bcc: eve@example.test',
      text: 'Bcc: eve@example.test\n\n.\nQUIT\n',
    })
    const [mail] = server.received
    expect(mail).toMatchObject({ from, to: ['a@example.test'], subject: 'Bcc: eve@example.test' })
    for (const name of ['from', 'to', 'subject', 'message-id', 'date']) {
      expect(mail?.headers.get(name)).toHaveLength(1)
    }
    expect(mail?.headers.get('bcc')).toBe(undefined)
    expect(mail?.headers.get('auto-submitted')).toEqual(['auto-generated'])
    expect(mail?.text).toBe('Bcc: eve@example.test\n\n.\nQUIT\n')
  })

  test.each(['a@example.test\r\nBcc: eve@example.test', 'a@example.test, eve@example.test', 'nobody'])(
    'a sender like %j is refused at once',
    async (from) => {
      const { sendMail, verify } = createTransport({})
      expect(() => smtpMailer({ transport: { sendMail, verify }, from })).toThrow('cannot be sent')
    },
  )

  test.each<[string, Mood, string]>([
    ['an unknown recipient', { code: 550, at: 'RCPT' }, 'mailer/refused'],
    ['refused content', { code: 554, at: 'DATA' }, 'mailer/refused'],
    ['greylisting', { code: 451, at: 'RCPT' }, 'mailer/unavailable'],
    ['a full disk', { code: 452, at: 'DATA' }, 'mailer/unavailable'],
    ['a sender that may not send', { code: 550, at: 'MAIL' }, 'mailer/unavailable'],
  ])('%s: %j throws %s', async (_what, mood, code) => {
    const { server, mailer } = await open()
    server.be(mood)
    await expect(mailer.send(message)).rejects.toMatchObject({ code })
    expect(server.received).toHaveLength(0)
    server.be('accepts')
    await mailer.send(message)
    expect(server.received).toHaveLength(1)
  })

  test('a server that stays silent counts as failed after the time limit', async () => {
    const { server, mailer } = await open(200)
    server.be('stays silent')
    await expect(mailer.send(message)).rejects.toMatchObject({ code: 'mailer/unavailable' })
  })

  test('check asks the server', async () => {
    const { server, mailer } = await open()
    await mailer.check?.()
    server.be('drops')
    await expect(mailer.check?.()).rejects.toMatchObject({ code: 'mailer/unavailable' })
  })
})
