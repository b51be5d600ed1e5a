import type { Incident, Subscription } from '@corbel/core/status'
import { nodeFetcher } from '@corbel/adapters/node-fetcher'
import { manualClock, type MailMessage, racers } from '@corbel/core/ports'
import { Webhook } from 'standardwebhooks'
import { afterEach, describe, expect, test } from 'vitest'
import { publicUrl } from '../auth/support.fixture.ts'
import { openReceiver, type Receiver } from '../tenant/webhook-receiver.fixture.ts'
import { statusApp } from './status-app.fixture.ts'

const path = '/api/v1/status/subscriptions'

interface Page {
  readonly data: readonly (Subscription & { readonly status: string; readonly result: string })[]
}

const opened: Receiver[] = []
afterEach(() => {
  for (const receiver of opened.splice(0)) receiver.close()
})

async function open() {
  // Standard Webhooks compares with the time of the machine.
  const app = await statusApp({
    clock: manualClock(new Date()),
    fetcher: nodeFetcher({ allow: ['127.0.0.1'] }),
    settings: { STATUS_NOTIFIER_CHANNELS: 'status' },
  })
  const { call, manage, events, mailer } = app
  const ask = async (body: object) => {
    const answer = await call('POST', path, { body })
    await events()
    return answer
  }
  const mailsTo = (address: string) => mailer.sent.filter(({ to }) => to === address)
  /** What the newest mail links to: the path and query of the page. */
  const linkIn = (mail: MailMessage | undefined, page: string): string => {
    const link = mail?.links.find((url) => url.startsWith(`${publicUrl}/status/${page}?`)) ?? ''
    return link.slice(publicUrl.length)
  }
  const subscribe = async (target: string, wishes: object = {}) => {
    await ask({ channel: 'email', target, ...wishes })
    const link = linkIn(mailsTo(target).at(-1), 'confirm')
    expect((await app.fetch('POST', link)).status).toBe(200)
    await events()
  }
  const incident = async (body: object = {}) => {
    const { body: made } = await manage<Incident>('POST', '/incidents', {
      title: 'Sign-in fails',
      severity: 'major',
      message: 'We look into it.',
      ...body,
    })
    await events()
    return made.id
  }
  const update = async (id: string, state: string, message = 'News') => {
    await manage('POST', `/incidents/${id}/updates`, { state, message })
    await events()
  }
  const receive = async () => {
    const receiver = await openReceiver()
    opened.push(receiver)
    return receiver
  }
  return { ...app, ask, mailsTo, linkIn, subscribe, incident, update, receive }
}

const subjects = (mails: readonly MailMessage[]) => mails.map(({ subject }) => subject)
const tokenIn = (link: string): string => new URL(link, publicUrl).searchParams.get('token') ?? ''

describe('by mail', () => {
  test('nothing is told before the address has said that it wants it, and everything after', async () => {
    const { ask, mailsTo, linkIn, incident, update, fetch, events } = await open()
    await ask({ channel: 'email', target: 'ada@example.com' })
    await incident({ title: 'Before' })
    expect(subjects(mailsTo('ada@example.com'))).toEqual(['Updates of the status of Acme'])
    const link = linkIn(mailsTo('ada@example.com')[0], 'confirm')
    const page = await fetch('GET', link)
    expect(await page.text()).toContain('<form method="post">')
    await incident({ title: 'Only looked at' })
    expect(mailsTo('ada@example.com')).toHaveLength(1)
    expect((await fetch('POST', link)).status).toBe(200)
    await events()
    const id = await incident({ title: 'After\u202e <b>' })
    await update(id, 'identified')
    await update(id, 'resolved')
    expect(subjects(mailsTo('ada@example.com')).slice(1)).toEqual([
      '[Acme status] Investigating: After  <b>',
      '[Acme status] Identified: After  <b>',
      '[Acme status] Resolved: After  <b>',
    ])
    expect(mailsTo('ada@example.com').at(-1)?.html).not.toContain('<b>')
  })

  test('one click without a cookie or a credential ends it, however the mail program posts', async () => {
    const { subscribe, mailsTo, incident, stack, fetch } = await open()
    for (const type of ['application/x-www-form-urlencoded', 'multipart/form-data; boundary=x']) {
      await subscribe('ada@example.com')
      await incident()
      const url = mailsTo('ada@example.com').at(-1)?.unsubscribe ?? ''
      expect((await fetch('GET', url.slice(publicUrl.length))).status).toBe(200)
      const body = 'List-Unsubscribe=One-Click'
      const request = new Request(url, { method: 'POST', headers: { 'content-type': type }, body })
      expect((await stack.fetch(request, { remoteAddress: '192.0.2.9' })).status).toBe(200)
      const before = mailsTo('ada@example.com').length
      await incident()
      expect(mailsTo('ada@example.com')).toHaveLength(before)
      expect((await fetch('POST', url.slice(publicUrl.length))).status).toBe(200)
    }
  })

  test('of concurrent callers with one token one confirms; one of another kind confirms nothing', async () => {
    const { ask, mailsTo, linkIn, call } = await open()
    await ask({ channel: 'email', target: 'ada@example.com' })
    const token = tokenIn(linkIn(mailsTo('ada@example.com')[0], 'confirm'))
    const post = (action: string, proof: string, ip: number) =>
      call('POST', `${path}/${action}`, { body: { token: proof }, ip: `192.0.2.${ip}` })
    expect((await post('challenge', token, 250)).status).toBe(422)
    const answers = await Promise.all(Array.from({ length: racers }, (_, n) => post('verify', token, n)))
    expect(answers.filter(({ status }) => status === 200)).toHaveLength(1)
    expect(answers.filter(({ status }) => status === 422)).toHaveLength(racers - 1)
    for (const forged of ['', 'sbr_x', `${token.slice(0, -1)}!`, `${token.slice(0, 30)}.${'A'.repeat(43)}`])
      expect((await post('verify', forged, 251)).status).toBe(422)
  })

  test('of concurrent one-click requests one ends it, and all are told so', async () => {
    const { subscribe, incident, mailsTo, stack, storage } = await open()
    await subscribe('ada@example.com')
    await incident()
    const url = mailsTo('ada@example.com').at(-1)?.unsubscribe ?? ''
    const answers = await Promise.all(
      Array.from({ length: racers }, (_, n) =>
        stack.fetch(new Request(url, { method: 'POST' }), { remoteAddress: `192.0.2.${n}` }),
      ),
    )
    expect(answers.map(({ status }) => status)).toEqual(Array.from({ length: racers }, () => 200))
    const events = await storage.outbox.claim({ limit: 100, leaseMs: 1 })
    expect(events.filter(({ type }) => type === 'status.subscription.removed')).toHaveLength(1)
  })

  test('a token of another generation, or of yesterday, is none', async () => {
    const { ask, mailsTo, linkIn, fetch, clock } = await open()
    await ask({ channel: 'email', target: 'ada@example.com' })
    await ask({ channel: 'email', target: 'ada@example.com' })
    const [first, second] = mailsTo('ada@example.com').map((mail) => linkIn(mail, 'confirm'))
    expect((await fetch('POST', first ?? '')).status).toBe(422)
    clock.advance('24h')
    expect((await fetch('POST', second ?? '')).status).toBe(422)
  })

  test('known and unknown addresses get one answer, and none gets more than 3 mails an hour', async () => {
    const { ask, subscribe, mailsTo } = await open()
    await subscribe('ada@example.com')
    const known = await ask({ channel: 'email', target: 'ada@example.com' })
    const unknown = await ask({ channel: 'email', target: 'eve@example.com' })
    const bare = ({ status, body }: typeof known) => ({ status, body })
    expect(bare(known)).toEqual(bare(unknown))
    expect(mailsTo('ada@example.com').at(-1)?.text).toContain('It is already')
    for (let n = 0; n < 6; n++)
      expect((await ask({ channel: 'email', target: 'Eve@example.com ' })).status).toBe(202)
    expect(mailsTo('eve@example.com')).toHaveLength(3)
  })

  test('each is told of what it wants', async () => {
    const { subscribe, incident, manage, events, mailsTo, clock } = await open()
    await subscribe('all@example.com')
    await subscribe('worst@example.com', { severity: 'critical', maintenance: false })
    for (const severity of ['minor', 'major', 'critical']) await incident({ title: severity, severity })
    const at = (hours: number) => new Date(clock.now().getTime() + hours * 3_600_000).toISOString()
    await manage('POST', '/maintenance', {
      title: 'Upgrade',
      message: 'Soon',
      startsAt: at(1),
      endsAt: at(2),
    })
    await events()
    expect(subjects(mailsTo('all@example.com')).slice(1)).toEqual([
      ...['minor', 'major', 'critical'].map((title) => `[Acme status] Investigating: ${title}`),
      '[Acme status] Scheduled: Upgrade',
    ])
    expect(subjects(mailsTo('worst@example.com')).slice(1)).toEqual(['[Acme status] Investigating: critical'])
  })
})

describe('by webhook', () => {
  const join = async (app: Awaited<ReturnType<typeof open>>) => {
    const receiver = await app.receive()
    await app.ask({ channel: 'webhook', target: receiver.url })
    const token = receiver.received.at(-1)?.body.data['token']
    const { status, body } = await app.call<{ id: string; secret: string; unsubscribeUrl: string }>(
      'POST',
      `${path}/challenge`,
      { body: { token } },
    )
    expect(status).toBe(200)
    receiver.received.splice(0)
    return { receiver, ...body }
  }

  test('whoever answers the challenge gets signed updates in their order, each once by its id', async () => {
    const app = await open()
    const { receiver, id, secret } = await join(app)
    let calls = 0
    receiver.answer = (response) => response.writeHead(++calls % 2 === 0 ? 204 : 503).end()
    const incident = await app.incident()
    await app.update(incident, 'identified')
    await app.update(incident, 'resolved')
    for (let hour = 0; hour < 12; hour++) {
      app.clock.advance('1h')
      await app.events()
    }
    const told = receiver.received.map(({ body }) => body.data['state'])
    expect(told).toEqual(['investigating', 'identified', 'resolved'].flatMap((state) => [state, state]))
    expect(new Set(receiver.received.map(({ headers }) => headers['webhook-id'])).size).toBe(3)
    const [first] = receiver.received
    if (!first) throw new Error('Nothing was told.')
    const verifier = new Webhook(secret)
    expect(() => verifier.verify(first.text, first.headers as Record<string, string>)).not.toThrow()
    expect(() => verifier.verify(`${first.text} `, first.headers as Record<string, string>)).toThrow(
      'signature',
    )
    const operator = await app.signIn('olga@example.com')
    const log = await app.call<Page>('GET', `${path}/${id}/deliveries`, { token: operator.accessToken })
    expect(log.body.data.map(({ status }) => status)).toEqual(['delivered', 'delivered', 'delivered'])
  })

  test('one that answers 410 is told no more', async () => {
    const app = await open()
    const { receiver } = await join(app)
    receiver.answer = (response) => response.writeHead(410).end()
    await app.incident()
    await app.incident()
    expect(receiver.received).toHaveLength(1)
    expect((await app.manage<Page>('GET', '/subscriptions')).body.data).toEqual([])
  })

  test('one that redirects, or answers 10 MB, gets no further, and is told once it does not', async () => {
    const app = await open()
    const { receiver } = await join(app)
    const other = await app.receive()
    const tenMegabytes = Buffer.alloc(10_000_000)
    const answers: Receiver['answer'][] = [
      (response) => response.writeHead(302, { location: other.url }).end(),
      (response) => response.writeHead(307, { location: other.url }).end(),
      (response) => response.writeHead(200).end(tenMegabytes),
      (response) => response.writeHead(204).end(),
    ]
    receiver.answer = (response, received) => answers.shift()?.(response, received)
    await app.incident()
    for (let hour = 0; hour < 3; hour++) {
      app.clock.advance('1h')
      await app.events()
    }
    expect(answers).toEqual([])
    expect(other.received).toEqual([])
    expect(new Set(receiver.received.map(({ headers }) => headers['webhook-id'])).size).toBe(1)
    expect(await app.storage.deliveries.depth()).toEqual({ pending: 0, dead: 0 })
  })

  test('one that fails for long is told no more, and the log and the trail say so', async () => {
    const app = await open()
    const { receiver, id } = await join(app)
    const { incidents, subscriptions } = app.stack.status
    const list = async () => (await subscriptions.list({ limit: 9 })).data
    const tell = async () => {
      await incidents.open({ title: 'Sign-in fails', severity: 'major', message: 'We look into it.' })
      for (let hour = 0; hour < 12; hour++) {
        await app.events()
        app.clock.advance('1h')
      }
    }
    // The fifth arrives: the count begins again.
    for (let i = 1; i <= 10; i++) {
      receiver.answer = (response) => response.writeHead(i === 5 ? 204 : 500).end()
      expect(await list()).toHaveLength(1)
      await tell()
    }
    expect(await list()).toEqual([])
    const told = receiver.received.length
    await tell()
    expect(receiver.received).toHaveLength(told)
    expect(app.logger.lines).toContainEqual(
      expect.objectContaining({ level: 'warn', fields: expect.objectContaining({ subscriptionId: id }) }),
    )
    const operator = await app.signIn('olga@example.com')
    const trail = await app.call<{ readonly data: readonly object[] }>(
      'GET',
      '/api/v1/audit/events?trail=platform',
      {
        token: operator.accessToken,
      },
    )
    expect(trail.body.data).toContainEqual(expect.objectContaining({ type: 'status.subscription.removed' }))
  })

  test('its secret and its address stand in no list, event or log', async () => {
    const app = await open()
    const { receiver, secret } = await join(app)
    await app.incident()
    const everything = JSON.stringify([
      (await app.manage('GET', '/subscriptions')).body,
      app.logger.lines,
      await app.storage.repositories.status.subscriptions.list({ limit: 9, after: null }),
    ])
    expect(everything).not.toContain(secret.slice('whsec_'.length))
    expect(everything).not.toContain(new URL(receiver.url).port)
  })

  test.each(['http://10.0.0.1/', 'http://169.254.169.254/', 'http://[::1]/', 'http://2130706433:1/x'])(
    'an address like %s is answered as any other, and never reached',
    async (target) => {
      const app = await statusApp({ clock: manualClock(new Date()), fetcher: nodeFetcher({}) })
      expect((await app.call('POST', path, { body: { channel: 'webhook', target } })).status).toBe(202)
      await app.events()
      expect(await app.storage.deliveries.depth()).toEqual({ pending: 0, dead: 1 })
    },
  )
})

test('the channel of the operators is told in one thread per incident', async () => {
  const { incident, update, notifier } = await open()
  const id = await incident()
  await update(id, 'resolved')
  expect(
    notifier.sent.map(({ channel, title, thread, severity }) => ({ channel, title, thread, severity })),
  ).toEqual([
    { channel: 'status', title: 'Investigating: Sign-in fails', thread: id, severity: 'critical' },
    { channel: 'status', title: 'Resolved: Sign-in fails', thread: id, severity: 'info' },
  ])
})

test('what was said last can be told again', async () => {
  const { subscribe, incident, update, manage, events, mailsTo } = await open()
  await subscribe('ada@example.com')
  const id = await incident()
  await update(id, 'identified')
  expect((await manage('POST', `/incidents/${id}/resend`)).status).toBe(202)
  await events()
  expect(subjects(mailsTo('ada@example.com')).slice(2)).toEqual([
    '[Acme status] Identified: Sign-in fails',
    '[Acme status] Identified: Sign-in fails',
  ])
})

test('operators find and end a subscription by its address; nobody else sees any', async () => {
  const { subscribe, manage, call, incident, mailsTo } = await open()
  await subscribe('ada@example.com')
  await subscribe('eve@example.com')
  const { body } = await manage<Page>('GET', '/subscriptions?target=Ada@example.com')
  expect(body.data).toMatchObject([{ channel: 'email', state: 'active' }])
  const [found] = body.data
  expect((await call('GET', path)).status).toBe(401)
  expect((await call('DELETE', `${path}/${found?.id}`)).status).toBe(401)
  expect((await manage('DELETE', `/subscriptions/${found?.id}`)).status).toBe(204)
  expect((await manage('DELETE', `/subscriptions/${found?.id}`)).status).toBe(404)
  await incident()
  expect([mailsTo('ada@example.com').length, mailsTo('eve@example.com').length]).toEqual([1, 2])
})
