import { rfc4648, toBase32 } from './base32.ts'

// What every authenticator app supports: SHA-1, six digits, thirty seconds (RFC 6238 §4, RFC 4226 §5.3).
const period = 30
const digits = 6

// RFC 6238 §5.2: one step either way makes up for slow hands and for clocks.
const tolerance = 1

/** RFC 4226 §4 recommends 160 bits. */
export const newTotpSecret = (): Uint8Array<ArrayBuffer> => crypto.getRandomValues(new Uint8Array(20))

export const totpStep = (time: Date): number => Math.floor(time.getTime() / 1000 / period)

/** RFC 4226 §5.3 over the number of the time step. */
export async function totpCode(secret: Uint8Array<ArrayBuffer>, step: number): Promise<string> {
  const key = await crypto.subtle.importKey('raw', secret, { name: 'HMAC', hash: 'SHA-1' }, false, ['sign'])
  const counter = new DataView(new ArrayBuffer(8))
  counter.setBigUint64(0, BigInt(step))
  const mac = new DataView(await crypto.subtle.sign('HMAC', key, counter))
  const offset = mac.getUint8(19) & 0xf
  const number = mac.getUint32(offset) & 0x7fffffff
  return String(number % 10 ** digits).padStart(digits, '0')
}

/** The newest time step around `time` of which this is the code; null when it is of none. */
export async function findTotpStep(
  secret: Uint8Array<ArrayBuffer>,
  code: string,
  time: Date,
): Promise<number | null> {
  const now = totpStep(time)
  let found: number | null = null
  for (let step = now - tolerance; step <= now + tolerance; step++)
    if ((await totpCode(secret, step)) === code) found = step
  return found
}

/** What authenticator apps read from a QR code. The account is a label only. */
export function totpUri(secret: Uint8Array, issuer: string, account: string): string {
  const name = `${encodeURIComponent(issuer)}:${encodeURIComponent(account)}`
  const parameters = `secret=${toBase32(secret, rfc4648)}&issuer=${encodeURIComponent(issuer)}`
  return `otpauth://totp/${name}?${parameters}&algorithm=SHA1&digits=${digits}&period=${period}`
}
