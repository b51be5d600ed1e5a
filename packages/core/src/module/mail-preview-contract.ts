import * as z from 'zod'
import { anyone } from '../contract/access.ts'
import { defineContract } from '../contract/contract.ts'
import { content, ok } from '../contract/media.ts'

const params = z.object({ name: z.string().max(100) })

/** For whoever writes mails: what each would look like. In the profile `local` only. */
export const mailPreviewContract = defineContract('mail-preview', '/mails', {
  list: {
    method: 'GET',
    path: '',
    access: anyone,
    summary: 'List the mails that this stack can send',
    success: ok(
      z.object({
        data: z.array(
          z.object({ name: z.string(), summary: z.string(), html: z.string(), text: z.string() }),
        ),
      }),
    ),
  },
  html: {
    method: 'GET',
    path: '/{name}/html',
    access: anyone,
    summary: 'Read a mail as HTML, written with sample values',
    params,
    success: content('text/html; charset=utf-8'),
  },
  text: {
    method: 'GET',
    path: '/{name}/text',
    access: anyone,
    summary: 'Read a mail as text, written with sample values',
    params,
    success: content('text/plain; charset=utf-8'),
  },
})
