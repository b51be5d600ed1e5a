import { type Cidr, parseCidr, parseIp } from '../kernel/cidr.ts'

/** Finds the caller's address behind trusted proxies. */
export type ClientIp = (peer: string | undefined, forwardedFor: string | null) => string | null

/**
 * Walks `X-Forwarded-For` from the right: each trusted hop vouches for the address that it appended, and the first address
 * that is not a trusted proxy is the caller. From an untrusted peer, or with anything malformed on the way, the peer itself.
 *
 * @param trustedProxies - Addresses and CIDRs.
 * @throws Error when one of them is not an address or network.
 */
export function createClientIp(trustedProxies: readonly string[]): ClientIp {
  const networks: readonly Cidr[] = trustedProxies.map(parseCidr)
  const isTrusted = (text: string): boolean => {
    const address = parseIp(text)
    return address !== null && networks.some((contains) => contains(address))
  }
  return (peer, forwardedFor) => {
    if (peer === undefined || peer === '') return null
    const own = withoutMapping(peer)
    if (forwardedFor === null || networks.length === 0 || !isTrusted(own)) return own
    const hops = forwardedFor.split(',').map((hop) => hop.trim())
    for (let i = hops.length - 1; i >= 0; i--) {
      const hop = hops[i] ?? ''
      if (parseIp(hop) === null) return own
      if (i === 0 || !isTrusted(hop)) return withoutMapping(hop)
    }
    return own
  }
}

/** Whether the peer is this machine. */
export function isLoopback(peer: string | undefined): boolean {
  const address = peer === undefined ? null : parseIp(withoutZone(peer))
  if (!address) return false
  if (address.length === 4) return address[0] === 127
  return address.every((byte, i) => byte === (i === 15 ? 1 : 0))
}

/** What rate limits count as one caller: an IPv4 address, or the /64 that one IPv6 customer usually holds. */
export function ipBucket(ip: string | null): string {
  const address = ip === null ? null : parseIp(withoutZone(ip))
  if (!address) return 'unknown'
  if (address.length === 4) return address.join('.')
  const groups = [0, 2, 4, 6].map((i) => (((address[i] ?? 0) << 8) | (address[i + 1] ?? 0)).toString(16))
  return `${groups.join(':')}::/64`
}

const withoutZone = (ip: string): string => (ip.includes('%') ? (ip.split('%', 1)[0] ?? ip) : ip)

const withoutMapping = (ip: string): string =>
  /^::ffff:\d+\.\d+\.\d+\.\d+$/i.test(ip) ? ip.slice(7) : withoutZone(ip)
