import { manualClock } from '@corbel/core/ports'
import { describe, expect, it } from 'vitest'
import { publicUrl, testApp } from '../auth/support.fixture.ts'

const path = '/.well-known/security.txt'

describe('the file that says where to report a vulnerability', () => {
  it('names the contacts in their order and an end within a year (RFC 9116 §2.5)', async () => {
    const clock = manualClock()
    const contacts = ['mailto:security@example.com', 'https://example.com/security']
    const app = await testApp({ clock, settings: { SECURITY_CONTACT: contacts.join(', ') } })
    const response = await app.stack.fetch(new Request(`${publicUrl}${path}`))
    expect(response.status).toBe(200)
    expect(response.headers.get('content-type')).toBe('text/plain; charset=utf-8')
    const lines = (await response.text()).split('\r\n')
    expect(lines.filter((line) => line.startsWith('Contact: '))).toEqual(
      contacts.map((to) => `Contact: ${to}`),
    )
    expect(lines).toContain(`Canonical: ${publicUrl}${path}`)
    const ends = lines.filter((line) => line.startsWith('Expires: ')).map((line) => line.slice(9))
    expect(ends).toHaveLength(1)
    const days = (Date.parse(ends[0] ?? '') - clock.now().getTime()) / 86_400_000
    expect(days).toBeGreaterThanOrEqual(90)
    expect(days).toBeLessThanOrEqual(91)
  })

  it('is not there when nobody is named', async () => {
    const { status, body } = await (await testApp()).call<{ code: string }>('GET', path)
    expect([status, body.code]).toEqual([404, 'http/not-found'])
  })

  it.each(['security@example.com', 'http://example.com', 'mailto:nobody', 'javascript:alert(1)'])(
    'is not made with the contact %s',
    async (contact) => {
      await expect(testApp({ settings: { SECURITY_CONTACT: contact } })).rejects.toThrow('SECURITY_CONTACT')
    },
  )
})
