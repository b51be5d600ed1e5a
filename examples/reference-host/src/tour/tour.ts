import assert from 'node:assert/strict'
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'

type Json = Readonly<Record<string, unknown>>

export interface TourAnswer {
  readonly status: number
  readonly headers: Headers
  readonly body: Json
}

export interface TourCall {
  readonly body?: object
  readonly token?: string
  readonly headers?: Readonly<Record<string, string>>
}

/** As it lies in the folder. */
export interface Mail {
  readonly to: string
  readonly subject: string
  readonly links?: readonly string[]
  readonly code?: string
}

/** Who walks through a running host, says what happens, and stops at the first thing that is not as it should be. */
export class Tour {
  readonly url: string
  /** The folder in which the host writes its mails. */
  readonly inbox: string
  #steps = 0
  readonly #read = new Set<string>()

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

  async call(method: string, path: string, { body, token, headers }: TourCall = {}): Promise<TourAnswer> {
    const response = await fetch(this.url + path, {
      method,
      headers: {
        ...(body && { 'content-type': 'application/json' }),
        ...(token !== undefined && { authorization: `Bearer ${token}` }),
        ...headers,
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

  /** The newest mail to somebody whose subject begins so, of those that were not read before; waits for it. */
  async mail(to: string, subject: string): Promise<Mail> {
    for (let i = 0; i < 200; i++) {
      const unread = readdirSync(this.inbox)
        .filter((file) => file.endsWith('.json') && !this.#read.has(file))
        .toSorted()
      for (const file of unread.toReversed()) {
        const mail = JSON.parse(readFileSync(join(this.inbox, file), 'utf8')) as Mail
        if (mail.to !== to || !mail.subject.startsWith(subject)) continue
        this.#read.add(file)
        return mail
      }
      await delay(50)
    }
    throw new Error(`No mail "${subject}…" to ${to} came within 10 s.`)
  }
}
