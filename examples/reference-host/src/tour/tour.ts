import assert from 'node:assert/strict'
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'

type Json = Readonly<Record<string, unknown>>

export interface TourAnswer {
  readonly status: number
  readonly headers: Headers
  readonly body: Json
}

export interface TourCall {
  readonly body?: object
  readonly token?: string
}

/** Who walks through a running host, says what happens, and stops at the first thing that is not as it should be. */
export class Tour {
  readonly url: string
  /** The folder in which the host writes its mails. */
  readonly inbox: string
  #steps = 0

  constructor(url: string, inbox: string) {
    this.url = url
    this.inbox = inbox
  }

  get steps(): number {
    return this.#steps
  }

  chapter(title: string): void {
    console.log(`\n${title}`)
  }

  /** Says that something has been shown. */
  tell(what: string): void {
    this.#steps++
    console.log(`  ${String(this.#steps).padStart(2)}  ${what}`)
  }

  async call(method: string, path: string, { body, token }: TourCall = {}): Promise<TourAnswer> {
    const response = await fetch(this.url + path, {
      method,
      headers: {
        ...(body && { 'content-type': 'application/json' }),
        ...(token !== undefined && { authorization: `Bearer ${token}` }),
      },
      ...(body && { body: JSON.stringify(body) }),
    })
    const text = await response.text()
    return {
      status: response.status,
      headers: response.headers,
      body: text === '' ? {} : (JSON.parse(text) as Json),
    }
  }

  /** Makes a call whose answer must have this status, and says so. */
  async show(what: string, status: number, method: string, path: string, call: TourCall = {}): Promise<Json> {
    const answer = await this.call(method, path, call)
    assert.equal(
      answer.status,
      status,
      `${what}: ${method} ${path} answered ${answer.status} ${JSON.stringify(answer.body)}`,
    )
    this.tell(`${what}: ${status}${typeof answer.body['code'] === 'string' ? ` ${answer.body['code']}` : ''}`)
    return answer.body
  }

  /** The one-time code in the newest mail to somebody whose subject begins so; waits for it. */
  async mailed(to: string, subject: string): Promise<string> {
    for (let i = 0; i < 200; i++) {
      const mails = readdirSync(this.inbox)
        .toSorted()
        .map((file) => readFileSync(join(this.inbox, file), 'utf8'))
        .filter((mail) => mail.includes(`To: ${to}`) && mail.includes(`Subject: ${subject}`))
      const code = /\bc[a-z]{2}_[\w-]{43}/.exec(mails.at(-1) ?? '')?.[0]
      if (code !== undefined) return code
      await new Promise((resolve) => setTimeout(resolve, 50))
    }
    throw new Error(`No mail "${subject}…" to ${to} came within 10 s.`)
  }
}
