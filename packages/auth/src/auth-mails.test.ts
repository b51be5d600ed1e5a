import { describe, expect, it } from 'vitest'
import { authMails } from './auth-mails.ts'

const brand = { appName: `<b>"A & B's"</b>`, publicUrl: 'https://app.example.com' }

describe.each(authMails.map((template) => [template.name, template.preview(brand)] as const))(
  '%s',
  (_, mail) => {
    it('escapes in HTML what it writes as it is in text', () => {
      expect(mail.text + mail.subject).toContain(brand.appName)
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
  },
)

it('every mail has a name of its own', () => {
  expect(new Set(authMails.map(({ name }) => name)).size).toBe(authMails.length)
})
