import type { Notification, Severity } from '@corbel/core/ports'

export const colors: Readonly<Record<Severity, string>> = {
  info: '#2f6fde',
  warning: '#d08700',
  critical: '#c1272d',
}

/** Rich text is never parsed: what looks like markup, a mention or a link stays text. */
export const attachmentOf = ({ title, text, link, severity }: Notification) => ({
  color: colors[severity],
  blocks: [
    {
      type: 'rich_text',
      elements: [
        section({ type: 'text', text: title, style: { bold: true } }),
        ...(text === '' ? [] : [section({ type: 'text', text })]),
        ...(link === undefined ? [] : [section({ type: 'link', url: link })]),
      ],
    },
  ],
})

const section = (element: object) => ({ type: 'rich_text_section', elements: [element] })

/** What a phone shows. Here Slack does parse, so its three characters are escaped. */
export const fallbackOf = ({ title }: Notification): string =>
  title.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;')
