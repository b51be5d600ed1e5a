import { epochSeconds } from '../kernel/clock.ts'

export interface SignedMessage {
  /** Stays the same over all attempts. */
  readonly id: string
  /** When this attempt is made: receivers refuse what is older than some minutes. */
  readonly sentAt: Date
  readonly body: string
}

const utf8 = new TextEncoder()

const base64 = (bytes: Uint8Array): string => btoa(String.fromCharCode(...bytes))

/** A secret as Standard Webhooks spells it. */
export const printSecret = (secret: Uint8Array): string => `whsec_${base64(secret)}`

/** The headers of Standard Webhooks 1.0, one `v1` signature (HMAC-SHA256) for each secret, none without. */
export async function signatureHeaders(
  { id, sentAt, body }: SignedMessage,
  secrets: readonly Uint8Array<ArrayBuffer>[],
): Promise<Readonly<Record<string, string>>> {
  const timestamp = String(epochSeconds(sentAt))
  const signed = utf8.encode(`${id}.${timestamp}.${body}`)
  const signatures = await Promise.all(
    secrets.map(async (secret) => {
      const key = await crypto.subtle.importKey('raw', secret, { name: 'HMAC', hash: 'SHA-256' }, false, [
        'sign',
      ])
      return `v1,${base64(new Uint8Array(await crypto.subtle.sign('HMAC', key, signed)))}`
    }),
  )
  return {
    'webhook-id': id,
    'webhook-timestamp': timestamp,
    ...(signatures.length > 0 && { 'webhook-signature': signatures.join(' ') }),
  }
}
