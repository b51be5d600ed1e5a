import { Html, markup } from '../../contract/html.ts'
import type { StatusData } from './status-data.ts'
import { incidentWords } from './status-words.ts'

export interface FeedBrand {
  readonly appName: string
  /** Without a trailing slash. */
  readonly publicUrl: string
}

const mostItems = 50

/** RSS 2.0, an item for each update of an incident, newest first: readers know them by their guid. */
export function statusRss({ history }: StatusData, { appName, publicUrl }: FeedBrand): string {
  const items = history.incidents
    .flatMap(({ id, title, updates }) => updates.map((update) => ({ ...update, incidentId: id, title })))
    .toSorted((a, b) => (a.createdAt < b.createdAt ? 1 : -1))
    .slice(0, mostItems)
  const page = `${publicUrl}/status`
  return markup`${new Html('<?xml version="1.0" encoding="UTF-8"?>')}<rss version="2.0" xmlns:atom="http://www.w3.org/2005/Atom"><channel><title>${xml(appName)} status</title><link>${page}</link><description>Incidents of ${xml(appName)}</description><language>en</language><atom:link href="${publicUrl}/status.rss" rel="self" type="application/rss+xml"/>${items.map((item) => markup`<item><title>${incidentWords[item.state]}: ${xml(item.title)}</title><link>${page}#${item.incidentId}</link><guid isPermaLink="false">${item.id}</guid><pubDate>${new Date(item.createdAt).toUTCString()}</pubDate><description>${xml(escaped(item.message))}</description></item>`)}</channel></rss>`.toString()
}

// XML 1.0 has no other control characters, not even escaped (§2.2).
// oxlint-disable-next-line no-control-regex
const notInXml = /[\u0000-\u0008\u000b\u000c\u000e-\u001f\ufffe\uffff]/g

const xml = (text: string): string => text.replaceAll(notInXml, '')

/** Readers take a description for HTML. */
const escaped = (text: string): string => markup`${text}`.toString()
