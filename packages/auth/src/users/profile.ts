import { text } from '@corbel/core'
import * as z from 'zod'

const name = text({ max: 128 }).nullable()

const isTimeZone = (value: string): boolean => {
  try {
    return new Intl.DateTimeFormat('en', { timeZone: value }).resolvedOptions().timeZone !== ''
  } catch {
    return false
  }
}

const isLocale = (value: string): boolean => {
  try {
    return Intl.getCanonicalLocales(value).length === 1
  } catch {
    return false
  }
}

/** What people say about themselves; null where they have not. */
export const Profile = z.object({
  displayName: name,
  givenName: name,
  familyName: name,
  avatarUrl: z.httpUrl().max(2048).startsWith('https://', 'must begin with https://').nullable(),
  /** IANA name, such as `Europe/Prague`. */
  timezone: z.string().max(64).refine(isTimeZone, 'must be a time zone such as Europe/Prague').nullable(),
  /** BCP 47, such as `cs-CZ`. */
  locale: z.string().max(35).refine(isLocale, 'must be a language tag such as cs-CZ').nullable(),
})
export type Profile = z.infer<typeof Profile>

/** What is left out stays as it is; null takes it away. */
export const ProfileChange = z.strictObject(Profile.partial().shape)
export type ProfileChange = z.infer<typeof ProfileChange>

export const emptyProfile: Profile = {
  displayName: null,
  givenName: null,
  familyName: null,
  avatarUrl: null,
  timezone: null,
  locale: null,
}
