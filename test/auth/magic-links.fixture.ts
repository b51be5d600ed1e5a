import type { Tokens } from '@corbel/auth'
import type { Answer, TestApp } from './support.fixture.ts'

type Failure = { readonly code?: string }

export interface SentLink {
  readonly token: string
  readonly code: string
}

/** Later than whatever was mailed before: which mail is the newest one, the time says. */
export const requestLink = (
  app: TestApp,
  email: string,
  more: Readonly<Record<string, unknown>> = {},
): Promise<Answer> => {
  app.clock.advance('1ms')
  return app.call('POST', '/api/v1/auth/magic-links', { body: { email, ...more } })
}

export const verifyLink = (app: TestApp, body: unknown): Promise<Answer<Tokens & Failure>> =>
  app.call('POST', '/api/v1/auth/magic-links/verify', { body })

/** Asks for a mail and reads it. */
export async function sentLink(
  app: TestApp,
  email = 'ada@example.com',
  more: Readonly<Record<string, unknown>> = {},
): Promise<SentLink> {
  await app.events()
  const before = app.mailer.sent.length
  const { status } = await requestLink(app, email, more)
  if (status !== 202) throw new Error(`asking for a mail answered ${status}`)
  await app.events()
  const mail = app.mailer.sent.slice(before).find(({ to }) => to === email)
  const token = mail?.links?.[0]?.split('#token=')[1]
  if (!mail?.code || token === undefined) throw new Error('no mail came that signs in')
  return { token, code: mail.code }
}

/** Opens the link of the mail that a registration has sent, on the device that registered. */
export async function verifyAddress(app: TestApp, email = 'ada@example.com'): Promise<void> {
  await app.events()
  const mail = app.mailer.sent.findLast(({ to, code }) => to === email && code?.startsWith('cev_'))
  const { status } = await app.call('POST', '/api/v1/auth/email/verify', { body: { token: mail?.code } })
  if (status !== 204) throw new Error(`verifying the address answered ${status}`)
}
