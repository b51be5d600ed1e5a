import type { Secret } from '../../kernel/secret.ts'
import type { Logger } from '../../ports/logger.ts'
import { TenantErrors } from '../tenant-errors.ts'
import { ClientLog, longestClientLog } from './client-log.ts'

export interface ClientLogServiceDeps {
  /** Absent: nothing is taken. */
  readonly clientLogSecret: Secret | undefined
  readonly logger: Logger
}

/** How a sender proves itself; one of both is enough. */
export interface ClientLogProof {
  /** `sha256=` and the HMAC-SHA256 of the body in hex. */
  readonly signature: string | null
  readonly authorization: string | null
}

const utf8 = new TextEncoder()

/** Lines of front ends, in the log of this process. Nothing of theirs is a message or the name of a field of its own there. */
export class ClientLogService {
  readonly #deps: ClientLogServiceDeps

  constructor(deps: ClientLogServiceDeps) {
    this.#deps = deps
  }

  /** @throws `tenant/logs-closed`, `tenant/log-signature-invalid`, `tenant/invalid-log`. */
  async write(body: Uint8Array, { signature, authorization }: ClientLogProof): Promise<void> {
    const { clientLogSecret: secret, logger } = this.#deps
    if (secret === undefined) throw TenantErrors.logsClosed()
    if (body.byteLength > longestClientLog) throw TenantErrors.invalidLog({ detail: 'It is too long.' })
    const proven =
      signature === null
        ? await isSecret(secret, authorization)
        : await isSigned(secret, new Uint8Array(body), signature)
    if (!proven) throw TenantErrors.logSignatureInvalid()
    const { level, message, fields } = parsed(body)
    logger[level]('a front end says', { frontEnd: { message, fields } })
  }
}

function parsed(body: Uint8Array): ClientLog {
  try {
    const text = new TextDecoder('utf-8', { fatal: true }).decode(body)
    return ClientLog.parse(JSON.parse(text, withoutPrototypes))
  } catch (cause) {
    throw TenantErrors.invalidLog({}, { cause })
  }
}

/** A schema would drop such a key and take the rest. */
function withoutPrototypes(key: string, value: unknown): unknown {
  if (key === '__proto__') throw new SyntaxError('A key is called __proto__.')
  return value
}

const keyOf = (secret: Secret) =>
  crypto.subtle.importKey('raw', utf8.encode(secret.reveal()), { name: 'HMAC', hash: 'SHA-256' }, false, [
    'sign',
    'verify',
  ])

async function isSigned(secret: Secret, body: Uint8Array<ArrayBuffer>, header: string): Promise<boolean> {
  const [, hex] = /^sha256=([0-9a-f]{64})$/.exec(header) ?? []
  if (hex === undefined) return false
  const signature = Uint8Array.from({ length: 32 }, (_, i) =>
    Number.parseInt(hex.slice(2 * i, 2 * i + 2), 16),
  )
  return crypto.subtle.verify('HMAC', await keyOf(secret), signature, body)
}

/** Over the HMAC of both: a comparison of the texts would tell by its time how much of them is the same. */
async function isSecret(secret: Secret, authorization: string | null): Promise<boolean> {
  const [, given] = /^Bearer ([\x21-\x7e]{1,1024})$/.exec(authorization ?? '') ?? []
  if (given === undefined) return false
  const key = await keyOf(secret)
  const expected = await crypto.subtle.sign('HMAC', key, utf8.encode(secret.reveal()))
  return crypto.subtle.verify('HMAC', key, expected, utf8.encode(given))
}
