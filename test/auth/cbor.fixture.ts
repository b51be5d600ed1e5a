export type Cbor = number | string | Uint8Array | readonly Cbor[] | ReadonlyMap<string | number, Cbor>

/** RFC 8949, as much of it as authenticators write: definite lengths and whole numbers below 2^32. */
export function cbor(value: Cbor): Uint8Array<ArrayBuffer> {
  if (typeof value === 'number') return head(value < 0 ? 1 : 0, value < 0 ? -1 - value : value)
  if (typeof value === 'string') {
    const bytes = new TextEncoder().encode(value)
    return Uint8Array.from([...head(3, bytes.length), ...bytes])
  }
  if (value instanceof Uint8Array) return Uint8Array.from([...head(2, value.length), ...value])
  if (value instanceof Map) {
    const entries = [...(value as ReadonlyMap<string | number, Cbor>)]
    return Uint8Array.from([
      ...head(5, entries.length),
      ...entries.flatMap((pair) => pair.flatMap((one) => [...cbor(one)])),
    ])
  }
  const items = value as readonly Cbor[]
  return Uint8Array.from([...head(4, items.length), ...items.flatMap((item) => [...cbor(item)])])
}

function head(major: number, argument: number): Uint8Array<ArrayBuffer> {
  const type = major << 5
  if (argument < 24) return new Uint8Array([type | argument])
  if (argument < 256) return new Uint8Array([type | 24, argument])
  if (argument < 65_536) return new Uint8Array([type | 25, argument >> 8, argument & 255])
  const view = new DataView(new ArrayBuffer(5))
  view.setUint8(0, type | 26)
  view.setUint32(1, argument)
  return new Uint8Array(view.buffer)
}
