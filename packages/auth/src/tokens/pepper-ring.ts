import * as z from 'zod'

/** A secret that is mixed into what is hashed but never stored beside the hash. */
export interface Pepper {
  /** Stored with each hash, so that older ones can still be checked. */
  readonly id: string
  readonly secret: string
}

/** The pepper in use, then older ones that stored hashes may still have. */
export type PepperRing = readonly [Pepper, ...Pepper[]]

// 32 characters: 128 bits in hexadecimal.
const pepperForm = /^(?:([a-z0-9_-]{1,16}):)?([^\s:,]{32,})$/

const firstId = 'v1'

/** `id:secret` separated by commas, newest first; a single secret without an id is `v1`. */
export const pepperRing = (): z.ZodType<PepperRing, string> =>
  z
    .string()
    .transform((text, context) => {
      const ring = parse(text)
      if (ring !== null) return ring
      context.issues.push({ code: 'custom', message: 'must be a pepper ring', input: undefined })
      return z.NEVER
    })
    .describe('a secret of at least 32 characters, or several with ids, newest first: "v2:<new>,v1:<old>"')

function parse(text: string): PepperRing | null {
  const items = text.split(',').map((item) => pepperForm.exec(item.trim()))
  const peppers = items.flatMap((item) => (item?.[2] ? [{ id: item[1] ?? firstId, secret: item[2] }] : []))
  const [newest, ...older] = peppers
  const isWhole =
    peppers.length === items.length && new Set(peppers.map(({ id }) => id)).size === items.length
  return newest !== undefined && isWhole ? [newest, ...older] : null
}

/** The ring with another pepper in front, under an id that none has had. */
export function withPepper(present: string, secret: string): string {
  const ring = parse(present)
  if (ring === null) return secret
  const last = Math.max(0, ...ring.map(({ id }) => Number(/^v(\d{1,9})$/.exec(id)?.[1] ?? 0)))
  return [{ id: `v${last + 1}`, secret }, ...ring].map((pepper) => `${pepper.id}:${pepper.secret}`).join(',')
}
