import { timingSafeEqual } from 'node:crypto'

/** Base64 with or without padding, base64url, and the variant of passlib that writes `.` for `+`. */
export const decoded = (text: string): Buffer => Buffer.from(text.replaceAll('.', '+'), 'base64')

export const equal = (found: Buffer, expected: Buffer): boolean =>
  found.length === expected.length && timingSafeEqual(found, expected)
