/** Writes a database in MaxMind's format 2.0 for tests: networks of IPv6 (and IPv4 below ::/96) with one record each. */
export function mmdb(networks: readonly { readonly bits: string; readonly record: object }[]): Buffer {
  const nodes: [number | string, number | string][] = [['', '']]
  const data: Buffer[] = []
  let size = 0
  for (const { bits, record } of networks) {
    const encoded = encode(record)
    let node = 0
    for (const [depth, bit] of bits.split('').entries()) {
      const side = bit === '1' ? 1 : 0
      const current = nodes[node]
      if (!current) throw new Error('The tree is broken.')
      if (depth === bits.length - 1) current[side] = `@${size}`
      else if (typeof current[side] === 'number') node = current[side]
      else {
        nodes.push(['', ''])
        current[side] = nodes.length - 1
        node = nodes.length - 1
      }
    }
    data.push(encoded)
    size += encoded.length
  }
  const count = nodes.length
  const tree = Buffer.alloc(count * 8)
  for (const [index, sides] of nodes.entries()) {
    for (const [side, value] of sides.entries()) {
      const pointer =
        value === '' ? count : typeof value === 'number' ? value : count + 16 + Number(value.slice(1))
      tree.writeUInt32BE(pointer, index * 8 + side * 4)
    }
  }
  const metadata = encode({
    binary_format_major_version: 2,
    binary_format_minor_version: 0,
    build_epoch: 1_700_000_000,
    database_type: 'Test-City',
    description: {},
    ip_version: 6,
    languages: ['en'],
    node_count: count,
    record_size: 32,
  })
  return Buffer.concat([
    tree,
    Buffer.alloc(16),
    ...data,
    Buffer.from('\xab\xcd\xefMaxMind.com', 'latin1'),
    metadata,
  ])
}

/** The bits of a network, from its whole leading bytes; IPv4 stands below ::/96. */
export const bitsOf = (family: 4 | 6, bytes: readonly number[]): string =>
  (family === 4 ? '0'.repeat(96) : '') + bytes.map((byte) => byte.toString(2).padStart(8, '0')).join('')

function encode(value: unknown): Buffer {
  if (typeof value === 'string')
    return Buffer.concat([control(2, Buffer.byteLength(value)), Buffer.from(value)])
  if (typeof value === 'number') {
    const bytes = Buffer.alloc(4)
    bytes.writeUInt32BE(value)
    return Buffer.concat([control(6, 4), bytes])
  }
  if (Array.isArray(value)) return Buffer.concat([control(11, value.length), ...value.map(encode)])
  const entries = Object.entries(value as object)
  return Buffer.concat([
    control(7, entries.length),
    ...entries.flatMap(([key, item]) => [encode(key), encode(item)]),
  ])
}

/** Types above 7 take a second byte; sizes up to 28 are enough here. */
function control(type: number, size: number): Buffer {
  if (size > 28) throw new Error('Too long for this writer.')
  return type <= 7 ? Buffer.from([(type << 5) | size]) : Buffer.from([size, type - 7])
}
