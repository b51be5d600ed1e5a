import type { Profile } from '@corbel/core'
import type { ApiKeyId } from './api-key.ts'

// Crockford's base 32, lower case, as ids have it: one word to a double click, and nothing that looks like something else.
const alphabet = '0123456789abcdefghjkmnpqrstvwxyz'

/** 260 random bits. */
const secretLength = 52

const checkLength = 7

export const isApiKey = (credential: string): boolean => credential.startsWith('crb_')

/**
 * `crb_<profile>_<id><secret><check>`: the prefix lets scanners of source code find a leaked key, the profile keeps a staging key out of
 * production, and the check (CRC-32) tells a mistyped key from a revoked one without asking anybody.
 */
export class ApiKeyForm {
  readonly #prefix: string
  readonly #form: RegExp

  constructor(profile: Profile) {
    this.#prefix = `crb_${profile}_`
    this.#form = new RegExp(
      `^${this.#prefix}([${alphabet}]{26})[${alphabet}]{${secretLength + checkLength}}$`,
    )
  }

  /** A new key for this id. */
  make(id: ApiKeyId): string {
    let secret = ''
    for (const byte of crypto.getRandomValues(new Uint8Array(secretLength))) secret += alphabet[byte & 31]
    const text = `${this.#prefix}${id.slice('key_'.length)}${secret}`
    return text + checkOf(text)
  }

  /** The id of a well-formed key; null for anything else. */
  idOf(key: string): ApiKeyId | null {
    const id = this.#form.exec(key)?.[1]
    if (id === undefined || checkOf(key.slice(0, -checkLength)) !== key.slice(-checkLength)) return null
    return `key_${id}`
  }
}

const table = Uint32Array.from({ length: 256 }, (_, byte) => {
  let value = byte
  for (let bit = 0; bit < 8; bit++) value = value & 1 ? (value >>> 1) ^ 0xedb88320 : value >>> 1
  return value
})

/** CRC-32 of ISO 3309 over ASCII. */
export function crc32(text: string): number {
  let value = 0xffffffff
  for (let i = 0; i < text.length; i++) {
    value = (value >>> 8) ^ (table[(value ^ text.charCodeAt(i)) & 0xff] ?? 0)
  }
  return (value ^ 0xffffffff) >>> 0
}

function checkOf(text: string): string {
  let rest = crc32(text)
  let check = ''
  for (let i = 0; i < checkLength; i++) {
    check = alphabet.charAt(rest % 32) + check
    rest = Math.floor(rest / 32)
  }
  return check
}
