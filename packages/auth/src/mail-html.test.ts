import { describe, expect, it } from 'vitest'
import { verificationMail } from './email-verifications/verification-mail.ts'
import { repeatedRegistrationMail } from './sign-up/repeated-registration-mail.ts'

const common = {
  id: 'evt_1',
  to: 'ada@example.com',
  appName: `<b>"A & B's"</b>`,
  publicUrl: 'https://app.example.com',
}

describe.each([
  ['a verification mail', verificationMail({ ...common, token: 'cev_x', lifetime: 60 })],
  ['a mail about a repeated registration', repeatedRegistrationMail(common)],
])('%s', (_, mail) => {
  it('escapes in HTML what it writes as it is in text', () => {
    expect(mail.text).toContain(common.appName)
    expect(mail.html).toContain('&lt;b&gt;&quot;A &amp; B&#39;s&quot;&lt;/b&gt;')
    expect(mail.html).not.toContain('<b>')
  })

  it('has its links in text and in HTML', () => {
    expect(mail.links).not.toEqual([])
    for (const link of mail.links) {
      expect(mail.text).toContain(link)
      expect(mail.html).toContain(`<a href="${link}">`)
    }
  })

  it('has one line of subject', () => {
    expect(mail.subject).not.toMatch(/[\r\n]/)
  })
})
