import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Mail, Tour } from '../tour/tour.ts'

export interface FiledMail extends Mail {
  /** That a mail program sees. */
  readonly messageId: string
  /** Of the header for one click. */
  readonly unsubscribe?: string
}

/** All mails to an address, oldest first. */
export function mailsTo({ inbox }: Tour, address: string): readonly FiledMail[] {
  const names = readdirSync(inbox).filter((name) => name.endsWith('.json'))
  return names
    .toSorted()
    .map((name) => {
      const [, messageId = ''] = /^Message-ID: <(.*)@/m.exec(read(inbox, name.replace(/json$/, 'eml'))) ?? []
      return { ...(JSON.parse(read(inbox, name)) as Mail), messageId }
    })
    .filter(({ to }) => to === address)
}

const read = (folder: string, name: string): string => readFileSync(join(folder, name), 'utf8')
