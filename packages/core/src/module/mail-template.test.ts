import { describe, expect, test } from 'vitest'
import { checkMessage } from '../ports/mail-message.ts'
import { defineMail } from './mail-template.ts'

const brand = { appName: 'Acme', publicUrl: 'https://app.example.com' }
const frame = { ...brand, id: 'evt_1', to: 'ada@example.com' }
const invitation = defineMail({
  name: 'test.invitation',
  summary: 'Invites somebody.',
  sample: { tenant: 'Analytical Engines', token: 'tok_sample' },
  write: ({ tenant, token }, { appName, publicUrl }) => ({
    subject: `${tenant} invites you to ${appName}`,
    body: [`${tenant} invites you.`, { link: `${publicUrl}/join#${token}` }, { code: token }],
  }),
})

describe('a mail template', () => {
  test('says the same in text and in HTML, with its links and its code', () => {
    const mail = invitation.render({ tenant: 'Žofie & Co', token: 't1' }, frame)
    expect(mail).toMatchObject({
      id: 'evt_1',
      to: 'ada@example.com',
      subject: 'Žofie & Co invites you to Acme',
      text: 'Žofie & Co invites you.\n\nhttps://app.example.com/join#t1\n\nt1\n',
      links: ['https://app.example.com/join#t1'],
      code: 't1',
    })
    expect(mail.html).toContain('<a href="https://app.example.com/join#t1">')
    expect(mail.html).toContain('Žofie &amp; Co invites you.')
  })

  test('shows markup in names as text', () => {
    const { html } = invitation.render(
      { tenant: '<img src=x onerror="alert(1)">\'', token: '"><script>' },
      frame,
    )
    expect(html).not.toMatch(/<img|<script/)
    expect(html).toContain('&lt;img src=x onerror=&quot;alert(1)&quot;&gt;&#39;')
  })

  test.each([
    'A\r\nBcc: eve@example.com',
    'A\nB',
    'A\0B',
    'A\u2028B',
    'A\u0085B',
    'A\u202eB',
    'x'.repeat(5000),
    '\ud83d',
  ])('a name like %j forges no header', (tenant) => {
    const mail = invitation.render({ tenant, token: 't1' }, frame)
    expect(() => checkMessage(mail)).not.toThrow()
    expect(mail.subject.length).toBeLessThanOrEqual(200)
    expect(mail.subject.isWellFormed()).toBe(true)
    expect(mail.subject).not.toMatch(/[\p{Cc}\u2028\u202e]/u)
  })

  test('links to pages only', () => {
    const bad = defineMail({
      name: 'test.bad',
      summary: 'Links to a script.',
      sample: null,
      write: () => ({ subject: 'Hi', body: [{ link: 'javascript:alert(1)' }] }),
    })
    expect(bad.preview(brand).html).not.toContain('<a')
  })
})
