import { KeyedDigest } from '../tokens/keyed-digest.ts'
import type { PepperRing } from '../tokens/pepper-ring.ts'
import { crockford, toBase32 } from './base32.ts'

const count = 10

// 125 bits: nothing that is guessed, so a fast keyed digest is enough (NIST SP 800-63B-4 §3.1.2.2 asks for a slow one below 112).
const length = 25

/** Makes recovery codes and the digests under which they are stored. */
export class RecoveryCodes {
  readonly #digests: readonly [KeyedDigest, ...KeyedDigest[]]

  constructor([newest, ...older]: PepperRing) {
    this.#digests = [new KeyedDigest(newest.secret), ...older.map(({ secret }) => new KeyedDigest(secret))]
  }

  /** Ten codes to show once, in five groups of five, and what is stored of them. */
  async issue(): Promise<{ readonly codes: readonly string[]; readonly digests: readonly string[] }> {
    const [newest] = this.#digests
    const plain = Array.from({ length: count }, newCode)
    const digests = await Promise.all(plain.map((code) => newest.of(purpose, code)))
    return { codes: plain.map((code) => code.replaceAll(/.{5}(?=.)/g, '$&-')), digests }
  }

  /** The digests of a typed code, one for each pepper; none when it can be no code. */
  async digestsOf(typed: string): Promise<readonly string[]> {
    const code = canonical(typed)
    return code.length === length ? Promise.all(this.#digests.map((digest) => digest.of(purpose, code))) : []
  }
}

const purpose = 'recovery-code'

const newCode = (): string => toBase32(crypto.getRandomValues(new Uint8Array(16)), crockford).slice(0, length)

/** As Crockford reads it: in any case, with O for 0 and I or L for 1, whatever separates the groups. */
const canonical = (typed: string): string =>
  typed.toUpperCase().replaceAll('O', '0').replaceAll(/[IL]/g, '1').replaceAll(/[\s-]/g, '')
