import type { MailMessage, Mailer } from './mailer.ts'
import { race, type Suite, winners } from './suite.ts'

const message: MailMessage = {
  id: 'evt_1:welcome',
  to: 'žofie@example.test',
  subject: 'Vítejte – your code is 123456 🌱',
  text: 'Hello Žofie,\n\nhttps://app.example.test/verify?token=abc\n\n.a line with a dot\nFrom here on\n',
  html: '<p>Hello <b>Žofie</b></p>',
  links: ['https://app.example.test/verify?token=abc'],
  code: '123456',
  unsubscribe: 'https://app.example.test/unsubscribe?token=a-b_c.1',
}

export interface MailerHarness {
  readonly mailer: Mailer
  /** What has reached the other side, oldest first. */
  delivered(): Promise<readonly Pick<MailMessage, 'to' | 'subject' | 'text' | 'unsubscribe'>[]>
  /** From now on the other side is out of order. */
  fail(): Promise<void>
}

/** The law of {@link Mailer}. */
export function mailerConformance({ test, expect }: Suite, fresh: () => Promise<MailerHarness>): void {
  const { to, subject, text, unsubscribe } = message

  test('send delivers recipient, subject, text and unsubscribe as they were given', async () => {
    const { mailer, delivered } = await fresh()
    await mailer.send(message)
    expect(await delivered()).toMatchObject([{ to, subject, text, unsubscribe }])
  })

  test('messages with different ids are all delivered', async () => {
    const { mailer, delivered } = await fresh()
    for (const id of ['evt_1', 'evt_2', 'EVT_1', 'evt/1', '../evt_1']) await mailer.send({ ...message, id })
    expect(await delivered()).toHaveLength(5)
  })

  test('a message with an id that was accepted is not sent again', async () => {
    const { mailer, delivered } = await fresh()
    await mailer.send(message)
    await mailer.send(message)
    expect(await delivered()).toHaveLength(1)
  })

  test('of concurrent sends of one message one is delivered', async () => {
    const { mailer, delivered } = await fresh()
    // A provider may turn away a message that it is just accepting.
    expect(winners(await race(() => mailer.send(message))).length).toBeGreaterThan(0)
    await mailer.send(message)
    expect(await delivered()).toHaveLength(1)
  })

  test('throws mailer/unavailable when the message was not accepted', async () => {
    const { mailer, delivered, fail } = await fresh()
    await fail()
    await expect(mailer.send(message)).rejects.toMatchObject({ code: 'mailer/unavailable' })
    expect(await delivered()).toHaveLength(0)
  })

  test('throws mailer/refused for a line break where a header could begin', async () => {
    const { mailer, delivered } = await fresh()
    for (const forged of ['\r\nBcc: eve@example.test', '\nBcc: eve@example.test', '\r', '\0']) {
      for (const field of ['id', 'to', 'subject'] as const) {
        const sent = mailer.send({ ...message, [field]: message[field] + forged })
        await expect(sent).rejects.toMatchObject({ code: 'mailer/refused' })
      }
    }
    expect(await delivered()).toHaveLength(0)
  })

  test('throws mailer/refused for a recipient that is not one address', async () => {
    const { mailer, delivered } = await fresh()
    for (const to of [
      '',
      'nobody',
      'a@example.test, eve@example.test',
      'A <a@example.test>',
      'a@example.test;b@c.test',
    ]) {
      await expect(mailer.send({ ...message, to })).rejects.toMatchObject({ code: 'mailer/refused' })
    }
    expect(await delivered()).toHaveLength(0)
  })

  test('throws mailer/refused for an unsubscribe that is no URL', async () => {
    const { mailer, delivered } = await fresh()
    for (const forged of [
      '',
      'mailto:a@example.test',
      'https://a.test/>,<https://b.test/',
      'https://a.test/\r\nBcc: b',
    ])
      await expect(mailer.send({ ...message, unsubscribe: forged })).rejects.toMatchObject({
        code: 'mailer/refused',
      })
    expect(await delivered()).toHaveLength(0)
  })
}
