/** An IP address as its bytes: 4 of them, or 16. IPv4-mapped IPv6 counts as IPv4. */
export function parseIp(text: string): Uint8Array | null {
  const v4 = parseV4(text)
  if (v4) return v4
  const v6 = parseV6(text)
  if (v6 && isMapped(v6)) return v6.slice(12)
  return v6
}

export type Cidr = (address: Uint8Array) => boolean

/** @throws Error when the text is neither an address nor a network such as `10.0.0.0/8`. */
export function parseCidr(text: string): Cidr {
  const [address = '', length, ...rest] = text.trim().split('/')
  const network = parseIp(address)
  // A prefix length written for the mapped form counts the 96 bits in front.
  const offset = network?.length === 4 && address.includes(':') ? 96 : 0
  const bits = length === undefined ? (network?.length ?? 0) * 8 : Number(length) - offset
  if (
    !network ||
    rest.length > 0 ||
    (length !== undefined && !/^\d{1,3}$/.test(length)) ||
    bits < 0 ||
    bits > network.length * 8
  ) {
    throw new Error(`"${text}" is not a network. Write an address or CIDR such as 10.0.0.0/8 or fd00::/8.`)
  }
  return (other) => other.length === network.length && samePrefix(network, other, bits)
}

function samePrefix(a: Uint8Array, b: Uint8Array, bits: number): boolean {
  const whole = bits >> 3
  for (let i = 0; i < whole; i++) if (a[i] !== b[i]) return false
  const rest = bits & 7
  if (rest === 0) return true
  const mask = 0xff << (8 - rest)
  return ((a[whole] ?? 0) & mask) === ((b[whole] ?? 0) & mask)
}

function parseV4(text: string): Uint8Array | null {
  const parts = text.split('.')
  if (parts.length !== 4) return null
  const bytes = new Uint8Array(4)
  for (const [i, part] of parts.entries()) {
    // No leading zero: some readers take it for octal.
    if (!/^(?:0|[1-9]\d{0,2})$/.test(part) || Number(part) > 255) return null
    bytes[i] = Number(part)
  }
  return bytes
}

function parseV6(text: string): Uint8Array | null {
  if (text.length > 45) return null
  const halves = text.split('::')
  if (halves.length > 2) return null
  // Dotted quads stand at the end of the address only.
  const [head, tail] = halves.map((half, i) => groupsOf(half, i === halves.length - 1))
  if (!head || tail === null) return null
  const missing = 8 - head.length - (tail?.length ?? 0)
  if (tail === undefined ? missing !== 0 : missing < 1) return null
  const groups = [...head, ...Array.from({ length: missing }, () => 0), ...(tail ?? [])]
  const bytes = new Uint8Array(16)
  for (const [i, group] of groups.entries()) {
    bytes[2 * i] = group >> 8
    bytes[2 * i + 1] = group & 0xff
  }
  return bytes
}

function groupsOf(text: string, isEnd: boolean): readonly number[] | null {
  if (text === '') return []
  const groups: number[] = []
  const parts = text.split(':')
  for (const [i, part] of parts.entries()) {
    const v4 = isEnd && i === parts.length - 1 ? parseV4(part) : null
    if (v4) groups.push(((v4[0] ?? 0) << 8) | (v4[1] ?? 0), ((v4[2] ?? 0) << 8) | (v4[3] ?? 0))
    else if (/^[0-9a-f]{1,4}$/i.test(part)) groups.push(Number.parseInt(part, 16))
    else return null
  }
  return groups
}

const isMapped = (bytes: Uint8Array): boolean =>
  bytes.subarray(0, 10).every((byte) => byte === 0) && bytes[10] === 0xff && bytes[11] === 0xff
