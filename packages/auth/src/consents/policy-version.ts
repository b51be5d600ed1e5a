import * as z from 'zod'

/** For settings: the version of a policy, as it stands in the ledger. */
export const policyVersion = () =>
  z
    .string()
    .regex(/^[\w.-]{1,32}$/, 'must be a version of at most 32 letters, digits, dots, dashes and underscores')
    .describe('a version of at most 32 letters, digits, dots, dashes and underscores')
