import * as z from 'zod'

/** A field that a form hides from people. Who fills it is a program: it is answered as ever, and nothing happens. */
export const Honeypot = z.string().max(500).optional()

export const isTrapped = ({ website }: { readonly website?: string | undefined }): boolean =>
  website !== undefined && website !== ''
