// One call for 16 bytes costs 4.7 µs on Node 24, one for 4,096 bytes 6 µs.
const pool = new Uint8Array(4096)
let used = pool.length

/** Random bytes for identifiers, valid until the next call; at most 4,096. Take `crypto` itself for secrets. */
export function randomBytes(count: number): Uint8Array {
  if (used + count > pool.length) {
    crypto.getRandomValues(pool)
    used = 0
  }
  used += count
  return pool.subarray(used - count, used)
}
