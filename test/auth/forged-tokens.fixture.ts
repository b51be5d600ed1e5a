import { createHmac, createPublicKey } from 'node:crypto'
import type { PublicKey, Signer } from '@corbel/core/ports'

export interface ForgeryKit {
  /** An access token that is accepted. */
  readonly token: string
  /** Another one, for other claims. */
  readonly otherToken: string
  /** Signs with the key of the stack: then only the fault under test is wrong. */
  readonly signer: Signer
  /** Signs with a key that the stack does not know. */
  readonly stranger: Signer
  readonly strangerKey: PublicKey
  readonly publicKey: PublicKey
  /** Seconds since the epoch on the clock of the stack. */
  readonly now: number
}

type Json = Record<string, unknown>

export const encode = (data: string | Uint8Array): string => Buffer.from(data).toString('base64url')

export const decode = (segment: string | undefined): Json =>
  JSON.parse(Buffer.from(segment ?? '', 'base64url').toString()) as Json

// RFC 8032 §5.1: the order of the group.
const order = 2n ** 252n + 27742317777372353535851937790883648493n

const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_'

/** Sets a spare bit of the last character: a lenient decoder reads the same bytes. */
const respelt = (segment: string): string =>
  segment.slice(0, -1) + alphabet.charAt(alphabet.indexOf(segment.slice(-1)) | 1)

/** The same header and claims, signed anew: the forgeries differ from this only in what their names say. */
export async function signedAgain(token: string, signer: Signer): Promise<string> {
  const [head, body] = token.split('.').map((segment) => encode(Buffer.from(segment, 'base64url')))
  return `${head}.${body}.${encode(await signer.sign(new TextEncoder().encode(`${head}.${body}`)))}`
}

/** Texts that look like access tokens but must not be taken for one, each with the reason in its name. */
export async function forgedTokens(kit: ForgeryKit): Promise<readonly (readonly [string, string])[]> {
  const { token, otherToken, signer, stranger, strangerKey, publicKey, now } = kit
  const [head = '', body = '', signature = ''] = token.split('.')
  const [, otherBody = '', otherSignature = ''] = otherToken.split('.')
  const header = decode(head)
  const claims = decode(body)

  const seal = async (first: string, second: string, by: Signer = signer): Promise<string> =>
    `${first}.${second}.${encode(await by.sign(new TextEncoder().encode(`${first}.${second}`)))}`
  const withHeader = (change: Json, by?: Signer) =>
    seal(encode(JSON.stringify({ ...header, ...change })), body, by)
  const withClaims = (change: Json) => seal(head, encode(JSON.stringify({ ...claims, ...change })))
  const withHeaderText = (text: string | Uint8Array) => seal(encode(text), body)
  const withClaimsText = (text: string | Uint8Array) => seal(head, encode(text))
  const hmac = (secret: string | Uint8Array): string => {
    const first = encode(JSON.stringify({ ...header, alg: 'HS256' }))
    return `${first}.${body}.${createHmac('sha256', secret).update(`${first}.${body}`).digest('base64url')}`
  }
  const unsigned = (alg: string): string => `${encode(JSON.stringify({ ...header, alg }))}.${body}.`
  const pem = createPublicKey({ key: { ...publicKey }, format: 'jwk' }).export({
    type: 'spki',
    format: 'pem',
  }) as string
  const headerText = JSON.stringify(header)
  const claimsText = JSON.stringify(claims)
  const bytes = Buffer.from(signature, 'base64url')
  const unpadded = async (length: number): Promise<string> => {
    // A claim of suitable length, so that the last character has spare bits.
    for (let i = 0; ; i++) {
      const segment = encode(JSON.stringify({ ...claims, jti: 'x'.repeat(i + 1) }))
      if (segment.length % 4 === length) return segment
    }
  }
  const two = await unpadded(2)
  const three = await unpadded(3)

  const cases: Record<string, string | Promise<string>> = {
    'alg none': unsigned('none'),
    'alg None': unsigned('None'),
    'alg NONE': unsigned('NONE'),
    'alg nOnE': unsigned('nOnE'),
    'alg none with a signature': withHeader({ alg: 'none' }),
    'alg HS256 with the public key': hmac(Buffer.from(publicKey.x, 'base64url')),
    'alg HS256 with the text of the public key': hmac(publicKey.x),
    'alg HS256 with the JWK': hmac(JSON.stringify(publicKey)),
    'alg HS256 with the PEM': hmac(pem),
    'alg HS256 with an empty key': hmac(''),
    'alg ES256': withHeader({ alg: 'ES256' }),
    'alg RS256': withHeader({ alg: 'RS256' }),
    'alg Ed25519, which is not issued': withHeader({ alg: 'Ed25519' }),
    'alg in lower case': withHeader({ alg: 'eddsa' }),
    'alg missing': withHeader({ alg: undefined }),
    'alg as a list': withHeader({ alg: ['EdDSA'] }),

    'typ JWT': withHeader({ typ: 'JWT' }),
    'typ missing': withHeader({ typ: undefined }),
    'typ of a logout token': withHeader({ typ: 'logout+jwt' }),
    'typ in upper case': withHeader({ typ: 'AT+JWT' }),
    'typ in its long form': withHeader({ typ: 'application/at+jwt' }),
    'typ as a number': withHeader({ typ: 1 }),

    'crit that names a claim': withHeader({ crit: ['exp'] }),
    'crit that is empty': withHeader({ crit: [] }),
    'crit b64': withHeader({ crit: ['b64'], b64: false }),
    'b64 true': withHeader({ b64: true }),
    'a jku': withHeader({ jku: 'http://127.0.0.1:9/jwks.json' }, stranger),
    'a jwk': withHeader({ jwk: strangerKey, kid: strangerKey.kid }, stranger),
    'a jwk under a known kid': withHeader({ jwk: strangerKey }, stranger),
    'an x5u': withHeader({ x5u: 'http://127.0.0.1:9/cert.pem' }, stranger),
    'an x5c': withHeader({ x5c: ['MIIB'] }, stranger),
    'a zip': withHeader({ zip: 'DEF' }),
    'a cty': withHeader({ cty: 'JWT' }),

    'an unknown key': withHeader({ kid: strangerKey.kid }, stranger),
    'an unknown key under a known kid': withHeader({}, stranger),
    'an unknown kid': withHeader({ kid: 'unknown' }),
    'a kid that is a path': withHeader({ kid: '../../../../../dev/null' }),
    'a kid that is a URL': withHeader({ kid: 'http://127.0.0.1:9/' }),
    'a kid with SQL': withHeader({ kid: "x' UNION SELECT 'key' --" }),
    'a kid with NUL': withHeader({ kid: `${signer.kid}\0` }),
    'a kid __proto__': withHeader({ kid: '__proto__' }),
    'a kid constructor': withHeader({ kid: 'constructor' }),
    'an empty kid': withHeader({ kid: '' }),
    'a kid that is a number': withHeader({ kid: 0 }),
    'a kid that is a list': withHeader({ kid: [signer.kid] }),
    'no kid': withHeader({ kid: undefined }),
    'a kid that is too long': withHeader({ kid: 'k'.repeat(2000) }),

    'another issuer': withClaims({ iss: 'https://evil.example' }),
    'the issuer with a slash': withClaims({ iss: `${String(claims['iss'])}/` }),
    'no issuer': withClaims({ iss: undefined }),
    'a list of issuers': withClaims({ iss: [claims['iss']] }),
    'another audience': withClaims({ aud: 'https://evil.example' }),
    'no audience': withClaims({ aud: undefined }),
    'an empty list of audiences': withClaims({ aud: [] }),
    'an audience that is an object': withClaims({ aud: { [String(claims['aud'])]: true } }),

    'an expiry that has passed': withClaims({ exp: now - 6 }),
    'no expiry': withClaims({ exp: undefined }),
    'an expiry that is text': withClaims({ exp: String(now + 600) }),
    'an expiry that is null': withClaims({ exp: null }),
    'an expiry beyond all numbers': withClaimsText(claimsText.replace(/"exp":\d+/, '"exp":1e400')),
    'an expiry of another spelling': withClaimsText(claimsText.replace(/"exp":(\d+)/, '"exp":$1.0')),
    'a start in the future': withClaims({ nbf: now + 60 }),
    'a start that is text': withClaims({ nbf: '0' }),
    'an issue time in the future': withClaims({ iat: now + 60 }),
    'an issue time long ago': withClaims({ iat: now - 7200, exp: now + 600 }),
    'no issue time': withClaims({ iat: undefined }),

    'no subject': withClaims({ sub: undefined }),
    'a subject that is no user': withClaims({ sub: 'svc_00000000000000000000000000' }),
    'a subject that is an object': withClaims({ sub: { $ne: null } }),
    'no session': withClaims({ sid: undefined }),
    'a session that is a user': withClaims({ sid: claims['sub'] }),
    'no tenant': withClaims({ tid: undefined }),
    'a list of tenants': withClaims({ tid: [claims['tid']] }),
    'no client': withClaims({ client_id: undefined }),
    'no token id': withClaims({ jti: undefined }),
    'an unknown role': withClaims({ role: 'root' }),
    'scopes as a list': withClaims({ scope: ['tenant:manage'] }),
    'methods as text': withClaims({ amr: 'pwd' }),
    'an unknown assurance': withClaims({ acr: 'aal3' }),
    'no time of authentication': withClaims({ auth_time: undefined }),
    'an e-mail verified as text': withClaims({ email_verified: 'true' }),
    'an operator as text': withClaims({ operator: 'true' }),

    'a subject given twice': withClaimsText(claimsText.replace('{', `{"sub":"usr_${'0'.repeat(26)}",`)),
    'a role given twice': withClaimsText(claimsText.replace(/\}$/, ',"role":"owner"}')),
    'a role given twice, once escaped': withClaimsText(claimsText.replace(/\}$/, ',"r\\u006fle":"owner"}')),
    'an algorithm given twice': withHeaderText(headerText.replace('{', '{"alg":"none",')),
    'a space in the header': withHeaderText(headerText.replace('{', '{ ')),
    'a space in the claims': withClaimsText(`${claimsText} `),
    'a byte order mark': withClaimsText(`\uFEFF${claimsText}`),
    'bytes that are not UTF-8': withClaimsText(Buffer.concat([Buffer.from(claimsText), Buffer.from([0xff])])),
    'claims that are a list': withClaimsText('[]'),
    'claims that are text': withClaimsText('"x"'),
    'claims that are null': withClaimsText('null'),
    'claims that are no JSON': withClaimsText('{'),
    'a header that is a list': withHeaderText('[]'),

    'padding behind the signature': `${token}==`,
    'padding behind the claims': `${head}.${body}=.${signature}`,
    'spare bits in the signature': `${head}.${body}.${respelt(signature)}`,
    'spare bits in the claims, of two': seal(head, respelt(two)),
    'spare bits in the claims, of four': seal(head, respelt(three)),
    'the alphabet of base64': `${head}.${body}.${signature.replaceAll('-', '+').replaceAll('_', '/')}${/[-_]/.test(signature) ? '' : '+'}`,
    'a dot in front': `.${token}`,
    'a dot behind': `${token}.`,
    'a dot twice': `${head}..${body}.${signature}`,
    'four parts': `${token}.${signature}`,
    'five parts, as in JWE': `${token}.${signature}.${signature}`,
    'two parts': `${head}.${body}`,
    'one part': head,
    'no header': `.${body}.${signature}`,
    'no claims': `${head}..${signature}`,
    'no signature': `${head}.${body}.`,
    'nothing but dots': '..',
    'the JSON serialization': encode(JSON.stringify({ protected: head, payload: body, signature })),

    'a signature cut short': `${head}.${body}.${encode(bytes.subarray(0, 63))}`,
    'a signature with a byte more': `${head}.${body}.${encode(Buffer.concat([bytes, Buffer.from([0])]))}`,
    'a signature of zeros': `${head}.${body}.${encode(Buffer.alloc(64))}`,
    'a signature with one bit changed': `${head}.${body}.${encode(Buffer.from(bytes.map((byte, i) => (i === 0 ? byte ^ 1 : byte))))}`,
    'a signature of the same point, S + L': `${head}.${body}.${encode(malleated(bytes))}`,
    'the signature of another token': `${head}.${body}.${otherSignature}`,
    'the claims of another token': `${head}.${otherBody}.${signature}`,
    'a claim too large to look at': withClaims({ padding: 'x'.repeat(4096) }),
    'a megabyte': `${head}.${'A'.repeat(1_000_000)}.${signature}`,
  }
  return Promise.all(Object.entries(cases).map(async ([name, forged]) => [name, await forged] as const))
}

function malleated(signature: Buffer): Buffer {
  let scalar = order
  for (let i = 63; i >= 32; i--) scalar += BigInt(signature[i] ?? 0) << BigInt(8 * (i - 32))
  const half = Buffer.alloc(32)
  for (let i = 0; i < 32; i++) half[i] = Number((scalar >> BigInt(8 * i)) & 0xffn)
  return Buffer.concat([signature.subarray(0, 32), half])
}
