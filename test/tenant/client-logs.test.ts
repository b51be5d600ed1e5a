import { createHmac } from 'node:crypto'
import { describe, expect, test } from 'vitest'
import { publicUrl, testApp } from '../auth/support.fixture.ts'

const secret = 'a-secret-of-the-front-end-32-long'
const line = {
  level: 'warn',
  message: 'it broke',
  fields: { page: '/a', tries: 2, online: true, user: null },
}
const signed = (text: string, key = secret) =>
  `sha256=${createHmac('sha256', key).update(text).digest('hex')}`

async function open() {
  const app = await testApp({ settings: { FRONTEND_LOG_SECRET: secret } })
  const send = async (
    text: string,
    headers: Record<string, string> = { 'x-log-signature': signed(text) },
  ) => {
    const request = new Request(`${publicUrl}/api/v1/logs`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', ...headers },
      body: text,
    })
    return (await app.stack.fetch(request, { remoteAddress: '192.0.2.1' })).status
  }
  const said = () => app.logger.lines.filter(({ message }) => message === 'a front end says')
  return { app, send, said }
}

describe('a line of a front end', () => {
  test('is logged at its level, under one field, when it is signed or its sender knows the secret', async () => {
    const { send, said } = await open()
    const text = JSON.stringify(line)
    expect(await send(text)).toBe(202)
    expect(await send(text, { authorization: `Bearer ${secret}` })).toBe(202)
    const { level, message, fields } = line
    const logged = { level, fields: { frontEnd: { message, fields } } }
    expect(said()).toMatchObject([logged, logged])
  })

  test('cannot begin a line, name a field or be a message of the log', async () => {
    const { app, send, said } = await open()
    const hostile = {
      level: 'error',
      message: 'x\n{"level":"info","message":"all is well"}\u001b[2J',
      fields: { level: 'debug', message: 'forged', error: 'none' },
    }
    expect(await send(JSON.stringify(hostile))).toBe(202)
    expect(said()).toHaveLength(1)
    expect(Object.keys(said()[0]?.fields ?? {})).toEqual(['frontEnd'])
    expect(app.logger.lines.filter(({ message }) => message.includes('all is well'))).toEqual([])
  })

  test.each([
    ['another secret', { 'x-log-signature': signed(JSON.stringify(line), 'another') }],
    ['another body', { 'x-log-signature': signed('{}') }],
    ['no proof', {}],
    ['another form', { 'x-log-signature': createHmac('sha256', secret).update('').digest('hex') }],
    ['another bearer', { authorization: 'Bearer guessed' }],
  ])('is refused with %s', async (_, headers) => {
    const { send, said } = await open()
    expect(await send(JSON.stringify(line), headers as Record<string, string>)).toBe(401)
    expect(said()).toEqual([])
  })

  test.each([
    ['no JSON', '{'],
    ['another level', JSON.stringify({ ...line, level: 'fatal' })],
    [
      '33 fields',
      JSON.stringify({
        ...line,
        fields: Object.fromEntries(Array.from({ length: 33 }, (_, i) => [`f${i}`, i])),
      }),
    ],
    ['deep fields', JSON.stringify({ ...line, fields: { a: { b: 1 } } })],
    ['a field __proto__', '{"level":"info","message":"x","fields":{"__proto__":"x"}}'],
    ['an unknown key', JSON.stringify({ ...line, time: 1 })],
    ['16,385 bytes', JSON.stringify({ ...line, message: 'x'.repeat(16_385) })],
    ['no UTF-8', '\ud800'],
  ])('is refused with %s', async (_, text) => {
    const { send, said } = await open()
    expect(await send(text)).toBe(400)
    expect(said()).toEqual([])
  })

  test('is not taken when there is no secret', async () => {
    const app = await testApp()
    expect((await app.call('POST', '/api/v1/logs', { body: line })).status).toBe(404)
  })
})
