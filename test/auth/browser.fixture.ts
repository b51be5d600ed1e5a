import { type Answer, type CallOptions, publicUrl, type TestApp } from './support.fixture.ts'

export const cookieMode = { AUTH_COOKIE_MODE: 'true' }

/** What a browser adds to what a page of the product calls with fetch. */
export const samePage = { origin: publicUrl, 'sec-fetch-site': 'same-origin' }

/** A browser: keeps cookies by the rules of RFC 6265bis, and says where its requests come from. */
export class Browser {
  readonly #app: TestApp
  readonly #jar = new Map<string, string>()

  constructor(app: TestApp) {
    this.#app = app
  }

  /** As it goes in a header; null without a cookie. */
  get cookie(): string | null {
    const pairs = [...this.#jar].map(([name, value]) => `${name}=${value}`)
    return pairs.length === 0 ? null : pairs.join('; ')
  }

  async call<T = unknown>(method: string, path: string, options: CallOptions = {}): Promise<Answer<T>> {
    const answer = await this.#app.call<T>(method, path, {
      ...options,
      headers: { ...samePage, ...(this.cookie !== null && { cookie: this.cookie }), ...options.headers },
    })
    for (const line of answer.headers.getSetCookie()) this.#keep(line)
    return answer
  }

  signIn(body: unknown, path = '/api/v1/auth/token'): Promise<Answer<Record<string, unknown>>> {
    return this.call('POST', path, { body, headers: { 'session-transport': 'cookie' } })
  }

  #keep(line: string): void {
    const [pair = '', ...attributes] = line.split(/;\s*/)
    const [name, value] = [pair.slice(0, pair.indexOf('=')), pair.slice(pair.indexOf('=') + 1)]
    if (name.length + value.length > 4096) throw new Error(`a browser drops a cookie of ${pair.length} bytes`)
    const isHostOnly =
      attributes.includes('Secure') && attributes.includes('Path=/') && !/;\s*domain/i.test(line)
    if (name.startsWith('__Host-') && !isHostOnly) throw new Error(`a browser drops ${line}`)
    if (attributes.includes('Max-Age=0')) this.#jar.delete(name)
    else this.#jar.set(name, value)
  }
}
