import { createServer, type IncomingHttpHeaders } from 'node:http'
import type { AddressInfo } from 'node:net'
import { setTimeout as pause } from 'node:timers/promises'
import { mailerConformance, type MailMessage } from '@corbel/core/ports'
import { Resend } from 'resend'
import { afterAll, describe, expect, test } from 'vitest'
import { conforming } from '../../../../test/vitest-suite.ts'
import { resendMailer } from './resend-mailer.ts'

interface Stub {
  readonly url: string
  readonly requests: { readonly headers: IncomingHttpHeaders; readonly body: Record<string, string> }[]
  readonly delivered: MailMessage[]
  /** Answers everything with this from now on; a status of 0 never answers. */
  failWith: { readonly status: number; readonly name?: string } | null
  close(): void
}

const stubs: Stub[] = []
afterAll(() => stubs.forEach((stub) => stub.close()))

/** The part of Resend's API that is used, with its idempotency: 24 hours by key, 409 while one is in flight or for other content. */
async function openStub(): Promise<Stub> {
  const accepted = new Map<string, { readonly body: string; done: boolean }>()
  const server = createServer(async (request, response) => {
    const answer = (status: number, content: object): void => {
      response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(content))
    }
    const refuse = (statusCode: number, name: string): void =>
      answer(statusCode, { statusCode, name, message: 'Refused for ada@example.test.' })

    let text = ''
    for await (const chunk of request) text += String(chunk)
    const body = JSON.parse(text)
    stub.requests.push({ headers: request.headers, body })
    if (stub.failWith?.status === 0) return
    if (stub.failWith) return refuse(stub.failWith.status, stub.failWith.name ?? 'application_error')
    if (request.method !== 'POST' || request.url !== '/emails') return refuse(404, 'not_found')
    if (request.headers.authorization !== 'Bearer re_test') return refuse(401, 'invalid_api_key')
    const key = String(request.headers['idempotency-key'])
    const known = accepted.get(key)
    if (known !== undefined && known.body !== text) return refuse(409, 'invalid_idempotent_request')
    if (known?.done === false) return refuse(409, 'concurrent_idempotent_requests')
    if (known === undefined) {
      const entry = { body: text, done: false }
      accepted.set(key, entry)
      await pause(5)
      entry.done = true
      stub.delivered.push(body)
    }
    answer(200, { id: '49a3999c-0ce1-4ea6-ab68-afcd6dc2e794' })
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const stub: Stub = {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    requests: [],
    delivered: [],
    failWith: null,
    close: () => {
      server.closeAllConnections()
      server.close()
    },
  }
  stubs.push(stub)
  return stub
}

const mailerTo = ({ url }: Pick<Stub, 'url'>, key = 're_test', options = {}) =>
  resendMailer({ client: new Resend(key, { baseUrl: url }), from: 'Acme <no-reply@acme.test>', ...options })

interface Sent extends MailMessage {
  readonly headers?: Readonly<Record<string, string>>
}

const withUnsubscribe = ({ headers = {}, ...rest }: Sent): MailMessage => {
  const url = /^<(.*)>$/.exec(headers['List-Unsubscribe'] ?? '')?.[1]
  const isOneClick = headers['List-Unsubscribe-Post'] === 'List-Unsubscribe=One-Click'
  return { ...rest, ...(isOneClick && url !== undefined && { unsubscribe: url }) }
}

const message: MailMessage = {
  id: 'evt_1',
  to: 'ada@example.test',
  subject: 'Hello',
  text: 'Hello Ada',
  links: [],
}

describe('resendMailer', () => {
  mailerConformance(conforming('mailer', 'resend'), async () => {
    const stub = await openStub()
    return {
      mailer: mailerTo(stub),
      delivered: async () => stub.delivered.map(withUnsubscribe),
      fail: async () => void (stub.failWith = { status: 500 }),
    }
  })

  test('sends what the message says and nothing else', async () => {
    const stub = await openStub()
    await mailerTo(stub).send({
      ...message,
      html: '<p>Hello</p>',
      code: '123456',
      links: ['https://app.test/'],
    })
    const [request] = stub.requests
    expect(request?.headers['idempotency-key']).toBe('evt_1')
    expect(request?.headers.authorization).toBe('Bearer re_test')
    expect(request?.body).toEqual({
      from: 'Acme <no-reply@acme.test>',
      to: 'ada@example.test',
      subject: 'Hello',
      text: 'Hello Ada',
      html: '<p>Hello</p>',
    })
  })

  test('an id that is no header value or too long becomes its digest', async () => {
    const stub = await openStub()
    for (const id of ['žofie', 'with space', 'x'.repeat(257)]) {
      await mailerTo(stub).send({ ...message, id })
      expect(stub.requests.at(-1)?.headers['idempotency-key']).toMatch(/^[\da-f]{64}$/)
    }
    expect(stub.delivered).toHaveLength(3)
  })

  test('a message that was accepted under its id with other content counts as accepted', async () => {
    const stub = await openStub()
    await mailerTo(stub).send(message)
    await mailerTo(stub).send({ ...message, text: 'Hello again' })
    expect(stub.delivered.map(({ text }) => text)).toEqual(['Hello Ada'])
  })

  test.each([
    [400, 'validation_error', 'mailer/refused'],
    [413, 'validation_error', 'mailer/refused'],
    [422, 'missing_required_field', 'mailer/refused'],
    [401, 'missing_api_key', 'mailer/unavailable'],
    [403, 'invalid_from_address', 'mailer/unavailable'],
    [404, 'not_found', 'mailer/unavailable'],
    [409, 'concurrent_idempotent_requests', 'mailer/unavailable'],
    [429, 'rate_limit_exceeded', 'mailer/unavailable'],
    [429, 'daily_quota_exceeded', 'mailer/unavailable'],
    [500, 'internal_server_error', 'mailer/unavailable'],
    [503, 'application_error', 'mailer/unavailable'],
  ])('%i %s is %s', async (status, name, code) => {
    const stub = await openStub()
    stub.failWith = { status, name }
    const failure = await mailerTo(stub)
      .send(message)
      .catch((error: unknown) => error)
    expect(failure).toMatchObject({ code, details: { detail: `Resend answered ${status} ${name}.` } })
    // What reaches a response must not repeat the provider's words: they may name the recipient.
    expect(JSON.stringify((failure as { details: unknown }).details)).not.toContain('ada@')
  })

  test('a wrong API key can be tried again, and is in no error', async () => {
    const failure = await mailerTo(await openStub(), 're_wrong')
      .send(message)
      .catch((error: unknown) => error)
    expect(failure).toMatchObject({ code: 'mailer/unavailable' })
    expect(String((failure as Error).stack) + JSON.stringify(failure)).not.toContain('re_wrong')
  })

  test('a server that never answers is given up', async () => {
    const stub = await openStub()
    stub.failWith = { status: 0 }
    const sending = mailerTo(stub, 're_test', { timeout: '50ms' }).send(message)
    await expect(sending).rejects.toMatchObject({ code: 'mailer/unavailable' })
    expect(stub.requests).toHaveLength(1)
  })

  test('a server that cannot be reached can be tried again', async () => {
    const stub = await openStub()
    stub.close()
    await expect(mailerTo(stub).send(message)).rejects.toMatchObject({ code: 'mailer/unavailable' })
  })
})
