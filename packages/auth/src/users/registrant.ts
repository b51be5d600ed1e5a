import { maskedClientOf, type Origin } from '@corbel/core'
import type { KeyedDigest } from '../tokens/keyed-digest.ts'

/**
 * Names the client that registers an address, for the time until the address is proved: its network and its user agent, as a digest.
 * A password that another client chose says nothing about who reads the mail.
 */
export const registrantOf = (
  digest: KeyedDigest,
  client: Pick<Origin, 'ip' | 'userAgent'>,
): Promise<string> => {
  const { ipPrefix, userAgent } = maskedClientOf(client)
  return digest.of('registrant', `${ipPrefix}\0${userAgent}`)
}
