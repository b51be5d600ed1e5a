import { expect, it } from 'vitest'
import { exampleApi } from './example-api.fixture.ts'

it('every answer carries the security headers', async () => {
  const api = exampleApi()
  for (const [method, path] of [
    ['GET', '/time'],
    ['GET', '/nowhere'],
    ['OPTIONS', '/time'],
    ['GET', '/go'],
    ['PUT', '/time'],
  ] as const) {
    const { headers } = await api.send(method, path)
    expect(headers.get('content-security-policy')).toContain("default-src 'none'; frame-ancestors 'none'")
    expect(headers.get('x-content-type-options')).toBe('nosniff')
    expect(headers.get('referrer-policy')).toBe('no-referrer')
    expect(headers.get('cross-origin-resource-policy')).toBe('same-origin')
    expect(headers.get('cache-control')).toBe('no-store')
    expect(headers.get('strict-transport-security')).toContain('max-age=31536000')
  }
})

it('does not pin browsers to https where there is none', async () => {
  const { headers } = await exampleApi({ publicUrl: 'http://127.0.0.1:3000' }).send('GET', '/time')
  expect(headers.has('strict-transport-security')).toBe(false)
})
