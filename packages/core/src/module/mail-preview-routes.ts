import { HttpErrors } from '../http/http-errors.ts'
import { implement, type Route } from '../http/implement.ts'
import type { MailMessage } from '../ports/mailer.ts'
import { mailPreviewContract } from './mail-preview-contract.ts'
import type { MailBrand, MailPreview } from './mail-template.ts'

// The mail's own styles and nothing else: no script, no picture, no form.
const contentSecurityPolicy =
  "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'"

export function mailPreviewRoutes(mails: readonly MailPreview[], brand: MailBrand): readonly Route[] {
  const byName = new Map(mails.map((mail) => [mail.name, mail]))
  const find = (name: string): MailMessage => {
    const mail = byName.get(name)
    if (!mail) throw HttpErrors.notFound()
    return mail.preview(brand)
  }
  return implement(mailPreviewContract, {
    list: async () => ({
      data: [...byName.values()].map(({ name, summary }) => ({
        name,
        summary,
        html: `${brand.publicUrl}/mails/${name}/html`,
        text: `${brand.publicUrl}/mails/${name}/text`,
      })),
    }),
    html: async ({ params }) => ({ body: find(params.name).html ?? '', contentSecurityPolicy }),
    text: async ({ params }) => ({ body: find(params.name).text }),
  })
}
