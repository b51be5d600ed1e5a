import type { Id } from './id.ts'

/** Who causes something and from where, as far as it can be trusted. */
export interface Origin {
  /** Address of the caller behind the trusted proxies; null when the host does not tell. */
  readonly ip: string | null
  readonly userAgent: string | null
  readonly requestId?: string
  /** The user, service account or API key whose right is used; absent or null for somebody unknown, and for the host itself. */
  readonly actorId?: Id | null
  /** The operator who acts in the actor's name: `act` of RFC 8693 §4.1. */
  readonly impersonatorId?: Id | null
}

/** The host itself: its jobs, its event handlers, its scripts. */
export const hostOrigin: Origin = { ip: null, userAgent: null }

/** What is kept of the machine of a caller. */
export interface MaskedClient {
  readonly userAgent: string | null
  readonly ipPrefix: string | null
}

const longestUserAgent = 256

/** Keeps the network of the caller and not the address, and of the user agent what can be shown. */
export const maskedClientOf = (client: Pick<Origin, 'ip' | 'userAgent'>): MaskedClient => ({
  userAgent: client.userAgent === null ? null : cleanUserAgent(client.userAgent),
  ipPrefix: client.ip === null ? null : ipPrefixOf(client.ip),
})

const cleanUserAgent = (text: string): string | null =>
  text
    .replaceAll(/\p{Cc}+/gu, ' ')
    .trim()
    .slice(0, longestUserAgent)
    .toWellFormed() || null

/** IPv4 by /24, IPv6 by /48: the network of a provider's customer, not the machine. Null when it is no address. */
export function ipPrefixOf(ip: string): string | null {
  const v4 = /^(?:::ffff:)?(\d{1,3}\.\d{1,3}\.\d{1,3})\.\d{1,3}$/i.exec(ip)
  if (v4) return URL.canParse(`http://${v4[1]}.0`) ? `${v4[1]}.0/24` : null
  // The URL parser knows every spelling of an IPv6 address and writes one of them (RFC 5952).
  if (!/^[0-9a-f:.]+(?:%\w+)?$/i.test(ip)) return null
  const host = URL.parse(`http://[${ip.split('%', 1)[0]}]`)?.hostname
  if (host === undefined) return null
  const [head = '', tail] = host.slice(1, -1).split('::')
  const groups = [
    ...groupsOf(head),
    ...(tail === undefined ? [] : zeros(8 - groupsOf(head).length - groupsOf(tail).length)),
    ...groupsOf(tail ?? ''),
  ]
  const [first, second, third] = groups
  return `${first}:${second}:${third}::/48`
}

const groupsOf = (text: string): readonly string[] => (text === '' ? [] : text.split(':'))

const zeros = (count: number): readonly string[] => Array.from({ length: count }, () => '0')
