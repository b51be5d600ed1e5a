/** RFC 4648 §6, as authenticator apps read it. */
export const rfc4648 = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567'

/** Without the letters that people mistake for digits or for each other: I, L, O, U. */
export const crockford = '0123456789ABCDEFGHJKMNPQRSTVWXYZ'

/** Base 32 without padding. Bits that do not fill the last character are zero. */
export function toBase32(bytes: Uint8Array, alphabet: string): string {
  let text = ''
  let buffer = 0
  let bits = 0
  for (const byte of bytes) {
    buffer = (buffer << 8) | byte
    bits += 8
    for (; bits >= 5; bits -= 5) text += alphabet[(buffer >> (bits - 5)) & 31]
    buffer &= (1 << bits) - 1
  }
  return bits === 0 ? text : text + alphabet[(buffer << (5 - bits)) & 31]
}
