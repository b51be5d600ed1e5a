import type { webcrypto } from 'node:crypto'

type Bytes = Uint8Array<ArrayBuffer>

const concat = (...parts: readonly Uint8Array[]): Bytes => Uint8Array.from(parts.flatMap((part) => [...part]))

/** DER (X.690 §8.1): a tag, the length, the content. */
function der(tag: number, ...parts: readonly Uint8Array[]): Bytes {
  const content = concat(...parts)
  const { length } = content
  const size = length < 128 ? [length] : length < 256 ? [0x81, length] : [0x82, length >> 8, length & 255]
  return concat(Uint8Array.from([tag, ...size]), content)
}

const bytes = (...values: readonly number[]): Bytes => Uint8Array.from(values)
const text = (tag: number, value: string): Bytes => der(tag, new TextEncoder().encode(value))
const sequence = (...parts: readonly Uint8Array[]): Bytes => der(0x30, ...parts)
const oid = (...encoded: readonly number[]): Bytes => der(6, bytes(...encoded))
const ecdsaWithSha256 = sequence(oid(0x2a, 0x86, 0x48, 0xce, 0x3d, 4, 3, 2))
const time = (at: Date): Bytes => text(0x18, at.toISOString().replaceAll(/[-:T]|\.\d+/g, ''))

/** Country, organization, unit and name, as WebAuthn Level 3 §8.2.1 asks for them. */
const subject = sequence(
  ...[
    [6, 'AA'],
    [10, 'Acme'],
    [11, 'Authenticator Attestation'],
    [3, 'Acme Key'],
  ].map(([attribute, value]) =>
    der(0x31, sequence(oid(0x55, 4, Number(attribute)), text(attribute === 6 ? 0x13 : 0x0c, String(value)))),
  ),
)

/** A certificate of an authenticator's maker that is as it must be, and says where its revocation list lies. */
export async function attestationCertificate(
  keys: webcrypto.CryptoKeyPair,
  revocationList: string,
  sign: (data: Bytes) => Promise<Uint8Array>,
): Promise<Bytes> {
  const day = 86_400_000
  const address = der(0x86, new TextEncoder().encode(revocationList))
  const extensions = sequence(
    sequence(oid(0x55, 0x1d, 0x13), bytes(1, 1, 0xff), der(4, sequence())),
    sequence(oid(0x55, 0x1d, 0x1f), der(4, sequence(sequence(der(0xa0, der(0xa0, address)))))),
  )
  const signed = sequence(
    der(0xa0, bytes(2, 1, 2)),
    bytes(2, 1, 1),
    ecdsaWithSha256,
    subject,
    sequence(time(new Date(Date.now() - day)), time(new Date(Date.now() + day))),
    subject,
    new Uint8Array(await crypto.subtle.exportKey('spki', keys.publicKey)),
    der(0xa3, extensions),
  )
  return sequence(signed, ecdsaWithSha256, der(3, bytes(0), await sign(signed)))
}
