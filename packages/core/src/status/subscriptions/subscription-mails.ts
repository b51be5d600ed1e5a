import { defineMail } from '../../module/mail-template.ts'
import type { Bulletin } from './bulletin.ts'

/** Asks whoever reads the mail whether they want more. */
export const confirmationMail = defineMail<{ readonly confirm: string | null; readonly unsubscribe: string }>(
  {
    name: 'status.confirmation',
    summary:
      'Asks whether an address wants to be told of incidents; nothing else is sent to it before it has said so.',
    sample: {
      confirm: 'https://app.example.com/status/confirm?token=a-sample',
      unsubscribe: 'https://app.example.com/status/unsubscribe?token=a-sample',
    },
    write: ({ confirm, unsubscribe }, { appName }) => ({
      subject: `Updates of the status of ${appName}`,
      body:
        confirm === null
          ? [
              `Somebody asked that this address be told of incidents at ${appName}. It is already. To receive no more, go to`,
              { link: unsubscribe },
            ]
          : [
              `Somebody asked that this address be told of incidents at ${appName}. If you want that, go within 24 hours to`,
              { link: confirm },
              'If you do not, there is nothing to do: you will not hear of it again.',
            ],
    }),
  },
)

interface Told extends Pick<Bulletin, 'title' | 'words' | 'message' | 'link'> {
  readonly unsubscribe: string
}

/** Tells subscribers what was said. They end it with one click. */
export const bulletinMail = defineMail<Told>({
  name: 'status.bulletin',
  summary: 'Tells subscribers of the status page what was said about an incident or maintenance.',
  sample: {
    title: 'Sign-in fails',
    words: 'Identified',
    message: 'A certificate has expired. We are replacing it.',
    link: 'https://app.example.com/status',
    unsubscribe: 'https://app.example.com/status/unsubscribe?token=a-sample',
  },
  write: ({ title, words, message, link, unsubscribe }, { appName }) => ({
    subject: `[${appName} status] ${words}: ${title}`,
    body: [
      `${words}: ${title}`,
      ...message.split(/\n{2,}/),
      { link },
      'To receive no more of these, go to',
      { link: unsubscribe },
    ],
  }),
})
