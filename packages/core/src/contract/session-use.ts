import * as z from 'zod'
import type { Access } from './access.ts'

/**
 * What an endpoint does to the session of a person. `opens` and `renews` answer with {@link SessionTokens}, at the top or under
 * `tokens`; in cookie mode those travel in the cookie alone. `ends` takes the cookie away. One that `renews` or `ends` without a
 * principal has `{ refreshToken }` as its body, and in cookie mode none.
 */
export type SessionUse = 'opens' | 'renews' | 'ends'

/** What a session is kept alive with, among whatever else is said of it. */
export interface SessionTokens {
  readonly accessToken: string
  readonly refreshToken: string
  /** Seconds. */
  readonly refreshExpiresIn: number
}

export const sessionCookieName = '__Host-session'

/** With the value `cookie` it asks for a session in cookie mode. */
export const transportHeader = 'Session-Transport'

const inCookie = { accessToken: true, refreshToken: true, tokenType: true } as const

type InCookie = keyof typeof inCookie

/** An answer as it is in cookie mode. */
export type WithoutTokens<T> = {
  [K in keyof T as Exclude<K, InCookie>]: K extends 'tokens' ? WithoutTokens<T[K]> : T[K]
}

/** @throws TypeError for an answer in which there are no tokens: the endpoint does not open or renew a session. */
export function withoutTokens(schema: z.ZodType): z.ZodObject {
  if (!(schema instanceof z.ZodObject)) throw new TypeError('Tokens of a session stand in an object.')
  const { tokens } = schema.shape
  if (tokens !== undefined) return schema.extend({ tokens: withoutTokens(tokens as z.ZodType) })
  if (schema.shape['accessToken'] === undefined || schema.shape['refreshToken'] === undefined)
    throw new TypeError('An answer that opens or renews a session has accessToken and refreshToken.')
  const mask = Object.fromEntries(
    Object.keys(inCookie)
      .filter((key) => key in schema.shape)
      .map((key) => [key, true]),
  )
  return schema.omit(mask as Record<string, true>)
}

/** Whether the refresh token is what lets somebody use the endpoint. */
export const takesRefreshToken = ({
  session,
  access,
}: {
  readonly session?: SessionUse
  readonly access: Access
}): boolean => (session === 'renews' || session === 'ends') && access.kind === 'public'
