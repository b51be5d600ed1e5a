import { describe, expect, it } from 'vitest'
import { createCors } from './cors.ts'
import { exampleApi } from './example-api.fixture.ts'

const app = 'https://app.example.com'
const preflight = {
  'access-control-request-method': 'PATCH',
  'access-control-request-headers': 'authorization',
}

describe('CORS', () => {
  it('lets an allowed origin read answers and their headers', async () => {
    const api = exampleApi({ cors: { origins: [app] } })
    const { headers } = await api.send('GET', '/time', { headers: { origin: app } })
    expect(headers.get('access-control-allow-origin')).toBe(app)
    expect(headers.get('vary')).toBe('Origin')
    for (const name of ['RateLimit', 'RateLimit-Policy', 'Retry-After', 'ETag', 'X-Request-Id']) {
      expect(headers.get('access-control-expose-headers')).toContain(name)
    }
    expect(headers.has('access-control-allow-credentials')).toBe(false)
  })

  it('lets it read failures too', async () => {
    const { headers } = await exampleApi({ cors: { origins: [app] } }).send('GET', '/nowhere', {
      headers: { origin: app },
    })
    expect(headers.get('access-control-allow-origin')).toBe(app)
  })

  it('answers the preflight of an allowed origin', async () => {
    const response = await exampleApi({ cors: { origins: [app] } }).send('OPTIONS', '/api/v1/notes/n1', {
      headers: { origin: app, ...preflight },
    })
    expect(response.status).toBe(204)
    expect(response.headers.get('access-control-allow-methods')?.split(', ')).toContain('PATCH')
    for (const name of ['Authorization', 'If-Match', 'Idempotency-Key', 'X-Tenant-Id']) {
      expect(response.headers.get('access-control-allow-headers')).toContain(name)
    }
    expect(response.headers.get('vary')).toContain('Access-Control-Request-Method')
  })

  it.each([
    'https://app.example.com.evil.example',
    'https://evil.example',
    'http://app.example.com',
    'null',
    'https://app.example.com:8443',
  ])('tells %s nothing', async (origin) => {
    const api = exampleApi({ cors: { origins: [app], credentials: true } })
    for (const [method, headers] of [
      ['GET', { origin }],
      ['OPTIONS', { origin, ...preflight }],
    ] as const) {
      const response = await api.send(method, '/time', { headers })
      expect([...response.headers.keys()].filter((name) => name.startsWith('access-control'))).toEqual([])
      expect(response.headers.get('vary')).toContain('Origin')
    }
  })

  it('names the one origin when cookies are allowed', async () => {
    const { headers } = await exampleApi({ cors: { origins: [app], credentials: true } }).send(
      'GET',
      '/time',
      { headers: { origin: app } },
    )
    expect([
      headers.get('access-control-allow-origin'),
      headers.get('access-control-allow-credentials'),
    ]).toEqual([app, 'true'])
  })

  it.each([
    '*',
    'https://app.example.com/',
    'app.example.com',
    'https://*.example.com',
    'HTTPS://app.example.com',
    '',
  ])('refuses %j at boot', (origin) => {
    expect(() => createCors({ origins: [origin] })).toThrow('is not an origin')
  })
})
