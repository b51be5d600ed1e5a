import { Agent, request } from 'node:https'

/** The part of `fetch` that the client needs; the global one is one. */
export type VaultFetch = (
  url: string,
  init: {
    readonly method: string
    readonly headers: Record<string, string>
    readonly body?: string
    readonly redirect: 'error'
    readonly signal: AbortSignal
  },
) => Promise<{ readonly status: number; text(): Promise<string> }>

export interface TlsFetchOptions {
  /** PEM of the authorities that Vault's certificate must come from. @default those of Node */
  readonly ca?: string
  /** PEM of the certificate to present, and its key. */
  readonly cert?: string
  readonly key?: string
}

/** Fetches with a certificate of your own, over connections that are kept; Node's `fetch` cannot. Follows no redirect. */
export function tlsFetch(options: TlsFetchOptions): VaultFetch {
  const agent = new Agent({ ...options, keepAlive: true, minVersion: 'TLSv1.2' })
  return (url, { method, headers, body, signal }) =>
    new Promise((resolve, reject) => {
      const sent = request(url, { agent, method, headers, signal }, (response) => {
        const chunks: Buffer[] = []
        response.on('data', (chunk: Buffer) => chunks.push(chunk))
        response.on('error', reject)
        response.on('end', () =>
          resolve({
            status: response.statusCode ?? 0,
            text: async () => Buffer.concat(chunks).toString('utf8'),
          }),
        )
      })
      sent.on('error', reject)
      sent.end(body)
    })
}
