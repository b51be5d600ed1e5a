import { type Cidr, parseCidr, parseIp } from '../kernel/cidr.ts'

// IANA IPv4 and IPv6 Special-Purpose Address Registries: what is not globally reachable.
const notPublicV4 = [
  '0.0.0.0/8', // this network; Linux connects 0.0.0.0 to itself
  '10.0.0.0/8', // private
  '100.64.0.0/10', // behind carrier-grade NAT, and Alibaba's metadata
  '127.0.0.0/8', // loopback
  '168.63.129.16/32', // public in form, but Azure's own platform behind every machine
  '169.254.0.0/16', // link-local, and the metadata of most clouds
  '172.16.0.0/12', // private
  '192.0.0.0/24', // protocol assignments, and Oracle's metadata
  '192.0.2.0/24', // documentation
  '192.88.99.0/24', // 6to4 relays
  '192.168.0.0/16', // private
  '198.18.0.0/15', // benchmarking
  '198.51.100.0/24', // documentation
  '203.0.113.0/24', // documentation
  '224.0.0.0/4', // multicast
  '240.0.0.0/4', // reserved, and broadcast
].map(parseCidr)

/** Global unicast: loopback, link-local, unique local, multicast and the rest are outside of it. */
const globalV6 = parseCidr('2000::/3')

const notPublicV6 = [
  '2001::/23', // protocol assignments: Teredo, ORCHID, benchmarking
  '2001:db8::/32', // documentation
  '2002::/16', // 6to4: reaches any IPv4 address
  '3fff::/20', // documentation
].map(parseCidr)

/** RFC 6052 §2.1: the last 4 bytes are an IPv4 address, which the network's NAT64 connects to. */
const nat64 = parseCidr('64:ff9b::/96')

/** Whether the text is an IP address that the public internet routes to one machine. IPv4-mapped IPv6 and NAT64 count as IPv4. */
export function isPublicAddress(text: string): boolean {
  const address = parseIp(text)
  return address !== null && isPublic(address)
}

/** Accepts public addresses, and those within `allow`: addresses or networks such as `10.1.0.0/16`. @throws Error for anything else in it. */
export function addressRule(allow: readonly string[] = []): (address: string) => boolean {
  const allowed: readonly Cidr[] = allow.map(parseCidr)
  return (text) => {
    const address = parseIp(text)
    return address !== null && (isPublic(address) || allowed.some((network) => network(address)))
  }
}

function isPublic(address: Uint8Array): boolean {
  if (address.length === 4) return !notPublicV4.some((network) => network(address))
  if (nat64(address)) return isPublic(address.slice(12))
  return globalV6(address) && !notPublicV6.some((network) => network(address))
}
