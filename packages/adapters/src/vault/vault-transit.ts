import {
  addMilliseconds,
  type Clock,
  type Duration,
  fromBase64url,
  type KeyVault,
  milliseconds,
  type PublicKey,
  systemClock,
  thumbprint,
  toBase64url,
} from '@corbel/core/ports'
import { type VaultClient, VaultError } from './vault-client.ts'

export interface VaultKeyVaultOptions {
  readonly client: VaultClient
  /** Of the transit engine. @default 'transit' */
  readonly mount?: string
  /** The Ed25519 key `<name>-sign` and the AES-256-GCM key `<name>-seal`. Made when they are missing. @default 'corbel' */
  readonly name?: string
  /** A new version of the signing key is published for so long before it signs: longer than others keep the keys. @default '10m' */
  readonly publishFor?: Duration
  /** @default systemClock */
  readonly clock?: Clock
}

interface Version {
  readonly version: number
  readonly createdAt: number
  readonly key: PublicKey
}

const sealedForm = /^vt1\.([1-9]\d{0,8})\.([\w-]+)$/

/** So that the plaintext is never empty, which Vault refuses. */
const marker = 1

/**
 * Signs and seals in Vault: the private keys never leave it. Rotation is Vault's: `vault write -f transit/keys/corbel-sign/rotate`
 * publishes a version, which signs once it is old enough; raising `min_decryption_version` removes the versions below.
 */
export function vaultKeyVault({
  client,
  mount = 'transit',
  name = 'corbel',
  publishFor = '10m',
  clock = systemClock,
}: VaultKeyVaultOptions): KeyVault {
  const signing = `${name}-sign`
  const sealing = `${name}-seal`
  let versions: Promise<readonly Version[]> | null = null

  const post = async (verb: string, key: string, body: object) => {
    const { body: answer } = await client.request('POST', `${mount}/${verb}/${key}`, body)
    return answer['data'] as Readonly<Record<string, string>>
  }

  async function make(): Promise<void> {
    // Vault leaves a key as it is when there is one: processes that begin at once get the same.
    for (const [key, type] of [
      [signing, 'ed25519'],
      [sealing, 'aes256-gcm96'],
    ] as const) {
      const { status } = await client.request('GET', `${mount}/keys/${key}`, undefined, [404])
      if (status === 404) await client.request('POST', `${mount}/keys/${key}`, { type })
    }
  }

  async function load(): Promise<readonly Version[]> {
    const { body } = await client.request('GET', `${mount}/keys/${signing}`)
    const data = body['data'] as {
      readonly min_decryption_version: number
      readonly keys: Readonly<Record<string, { readonly public_key: string; readonly creation_time: string }>>
    }
    const accepted = Object.entries(data.keys).filter(
      ([version]) => Number(version) >= data.min_decryption_version,
    )
    return Promise.all(
      accepted.map(async ([version, { public_key: publicKey, creation_time: created }]) => {
        const x = toBase64url(Buffer.from(publicKey, 'base64'))
        const key = {
          kid: await thumbprint(x),
          kty: 'OKP',
          crv: 'Ed25519',
          x,
          alg: 'EdDSA',
          use: 'sig',
        } as const
        return { version: Number(version), createdAt: Date.parse(created), key }
      }),
    )
  }

  function known(): Promise<readonly Version[]> {
    versions ??= make()
      .then(load)
      .catch((error: unknown) => {
        versions = null
        throw error
      })
    return versions
  }

  /** The newest version that others have had the time to learn of; the oldest one when there is none. */
  async function current(): Promise<Version> {
    const all = (await known()).toSorted((a, b) => a.version - b.version)
    const since = addMilliseconds(clock.now(), -milliseconds(publishFor)).getTime()
    const version = all.findLast(({ createdAt }) => createdAt <= since) ?? all[0]
    if (!version) throw new Error(`Vault accepts no version of ${signing}. Lower its min_decryption_version.`)
    return version
  }

  return {
    adapter: { name: 'vault' },
    signer: async () => {
      const { version, key } = await current()
      return {
        kid: key.kid,
        algorithm: 'EdDSA',
        sign: async (data) => {
          const input = Buffer.from(data).toString('base64')
          const { signature = '' } = await post('sign', signing, { input, key_version: version })
          return new Uint8Array(Buffer.from(signature.split(':')[2] ?? '', 'base64'))
        },
      }
    },
    publicKeys: async () => (await known()).map(({ key }) => key),
    refresh: async () => {
      const next = await load()
      versions = Promise.resolve(next)
    },
    seal: async (plaintext, context) => {
      await known()
      const { ciphertext = '' } = await post('encrypt', sealing, {
        plaintext: Buffer.from([marker, ...plaintext]).toString('base64'),
        associated_data: Buffer.from(context).toString('base64'),
      })
      const [, version = '', sealed = ''] = /^vault:v(\d+):(.+)$/.exec(ciphertext) ?? []
      return `vt1.${version}.${toBase64url(Buffer.from(sealed, 'base64'))}`
    },
    open: async (sealed, context) => {
      const [, version, text = ''] = sealedForm.exec(sealed) ?? []
      if (version === undefined) throw new Error('The sealed value does not open: Vault did not seal it.')
      const ciphertext = `vault:v${version}:${Buffer.from(fromBase64url(text)).toString('base64')}`
      const associated = Buffer.from(context).toString('base64')
      try {
        const { plaintext = '' } = await post('decrypt', sealing, { ciphertext, associated_data: associated })
        return new Uint8Array(Buffer.from(plaintext, 'base64')).slice(1)
      } catch (cause) {
        if (!(cause instanceof VaultError) || cause.status !== 400) throw cause
        throw new Error(
          'The sealed value does not open: it was changed, or sealed for another context or by another key.',
          { cause },
        )
      }
    },
    check: async () => {
      await client.check()
      await known()
    },
  }
}
