import { type VaultClient, VaultError } from './vault-client.ts'

export interface KvEntry {
  readonly value: string
  readonly version: number
}

interface KvBody {
  readonly data?: {
    readonly data?: { readonly value?: unknown } | null
    readonly metadata?: { readonly version: number }
    readonly keys?: readonly string[]
    readonly version?: number
  }
}

/** One mount of the key-value engine, version 2. */
export class VaultKv {
  readonly #client: VaultClient
  readonly #mount: string

  constructor(client: VaultClient, mount: string) {
    this.#client = client
    this.#mount = mount
  }

  /** Null when there is none, or when it was deleted. @throws Error when what is there is not a value of ours. */
  async read(path: string): Promise<KvEntry | null> {
    return (await this.#look(path)).entry
  }

  /**
   * Writes if the version is still `expected`; null means that there is none.
   *
   * @returns the new version, or null when it has moved on.
   */
  async write(path: string, value: string, expected: number | null): Promise<number | null> {
    // What was deleted still counts its versions.
    const cas = expected ?? (await this.#look(path)).deleted
    try {
      const { body } = await this.#client.request('POST', `${this.#mount}/data/${path}`, {
        options: { cas },
        data: { value },
      })
      return (body as KvBody).data?.version ?? null
    } catch (error) {
      const isConflict =
        error instanceof VaultError &&
        error.status === 400 &&
        error.reasons.some((reason) => reason.includes('check-and-set'))
      if (isConflict) return null
      throw error
    }
  }

  /** Names directly below a folder, those of folders with a `/` at the end. */
  async list(folder: string): Promise<readonly string[]> {
    const { status, body } = await this.#client.request(
      'GET',
      `${this.#mount}/metadata/${folder}?list=true`,
      undefined,
      [404],
    )
    return status === 404 ? [] : ((body as KvBody).data?.keys ?? [])
  }

  async #look(path: string): Promise<{ readonly entry: KvEntry | null; readonly deleted: number }> {
    const { status, body } = await this.#client.request(
      'GET',
      `${this.#mount}/data/${path}`,
      undefined,
      [404],
    )
    const { data } = body as KvBody
    const version = data?.metadata?.version ?? 0
    if (status === 404 || !data?.data) return { entry: null, deleted: version }
    const { value } = data.data
    if (typeof value !== 'string')
      throw new Error(`The entry ${path} in Vault has no text as "value". Move it, or write it anew.`)
    return { entry: { value, version }, deleted: 0 }
  }
}
