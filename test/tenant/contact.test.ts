import { describe, expect, test } from 'vitest'
import { testApp } from '../auth/support.fixture.ts'

const path = '/api/v1/contact'
const to = 'hello@example.com'
const letter = {
  name: 'Ada',
  email: 'Ada@example.com',
  subject: 'Engines',
  message: 'How many engines may one tenant have?\n\nKind regards',
}

async function open() {
  const app = await testApp({ settings: { CONTACT_RECIPIENT: to } })
  const send = (change: object = {}, ip = '192.0.2.1') =>
    app.call<{ readonly code?: string }>('POST', path, { body: { ...letter, ...change }, ip })
  const mails = async () => {
    await app.events()
    return app.mailer.sent.filter((mail) => mail.to === to)
  }
  return { app, send, mails }
}

describe('the contact form', () => {
  test('mails the operators what was written, once, and keeps it nowhere in the clear', async () => {
    const { app, send, mails } = await open()
    expect((await send()).status).toBe(202)
    const [mail, ...others] = await mails()
    expect(others).toEqual([])
    expect(mail?.subject).toContain('Engines')
    expect(mail?.text).toContain('How many engines may one tenant have?')
    expect(mail?.text).toContain('ada@example.com')
    const kept = JSON.stringify([await app.events(), app.logger.lines])
    for (const word of ['How many', 'ada@example.com', 'Engines']) expect(kept).not.toContain(word)
  })

  test('is tried again until the provider takes the mail', async () => {
    const { app, send, mails } = await open()
    const deliver = app.mailer.send.bind(app.mailer)
    let failures = 2
    Object.assign(app.mailer, {
      send: async (message: Parameters<typeof deliver>[0]) => {
        if (failures-- > 0) throw new Error('the provider is down')
        return deliver(message)
      },
    })
    await send()
    for (let hour = 0; hour < 3; hour++) {
      await app.events()
      app.clock.advance('1h')
    }
    expect(await mails()).toHaveLength(1)
  })

  test('answers a program that fills the hidden field as ever, and sends nothing', async () => {
    const { send, mails } = await open()
    expect((await send({ website: 'https://spam.example' })).status).toBe(202)
    expect(await mails()).toEqual([])
  })

  test('takes 3 an hour from one address of mail, however it is written, and 20 from one of the network', async () => {
    const { send } = await open()
    const one = [1, 2, 3, 4].map((n) =>
      send({ email: n % 2 ? 'ADA@example.com' : 'ada@example.com' }, `192.0.2.${n}`),
    )
    const answers = await Promise.all(one)
    expect(answers.map(({ status }) => status).toSorted((a, b) => a - b)).toEqual([202, 202, 202, 429])
    const refused = answers.find(({ status }) => status === 429)
    expect(refused?.body.code).toBe('tenant/too-many-messages')
    expect(Number(refused?.headers.get('retry-after'))).toBeGreaterThan(0)
    const many = Array.from({ length: 21 }, (_, n) => send({ email: `a${n}@example.com` }, '198.51.100.1'))
    expect((await Promise.all(many)).filter(({ status }) => status === 202)).toHaveLength(20)
  })

  test('lets no line break become a header, and no markup become a page', async () => {
    const { send, mails } = await open()
    const hostile = { subject: 'Hi\r\nBcc: eve@example.com', name: '<img src=x onerror=alert(1)>' }
    expect((await send(hostile)).status).toBe(202)
    const [mail] = await mails()
    expect(mail?.to).toBe(to)
    expect(mail?.subject).not.toMatch(/[\r\n]/)
    expect(mail?.html).not.toContain('<img')
  })

  test.each([
    [{ email: 'no address' }],
    [{ email: 'ada@example.com\r\nBcc: eve@example.com' }],
    [{ message: 'short' }],
    [{ message: 'x'.repeat(5001) }],
    [{ message: 'a\0 with more after it' }],
    [{ to: 'eve@example.com' }],
  ])('refuses %j', async (change) => {
    const { send, mails } = await open()
    expect((await send(change)).status).toBe(400)
    expect(await mails()).toEqual([])
  })

  test('is closed without a recipient', async () => {
    const app = await testApp()
    const { status, body } = await app.call<{ code: string }>('POST', path, { body: letter })
    expect([status, body.code]).toEqual([503, 'tenant/contact-closed'])
  })
})
