import { agentsInput } from './agents-input.ts'
import { asvsAuthentication } from './asvs-authentication.ts'
import { asvsOauth } from './asvs-oauth.ts'
import { asvsSessionsAndTokens } from './asvs-sessions-and-tokens.ts'
import { badInput } from './bad-input.ts'
import { billingPitfalls } from './billing-pitfalls.ts'
import type { Requirement, Requirements } from './requirement.ts'
import { rfc7009, rfc7662, rfc8414, rfc8725, rfc9068, rfc9700 } from './rfcs.ts'

/** Every standard that the packages are held to, in the order of its clauses. */
export const standards: Readonly<Record<string, Requirements>> = {
  'ASVS 5.0': { ...asvsAuthentication, ...asvsSessionsAndTokens, ...asvsOauth },
  'RFC 9700': rfc9700,
  'RFC 8725': rfc8725,
  'RFC 9068': rfc9068,
  'RFC 7009': rfc7009,
  'RFC 7662': rfc7662,
  'RFC 8414': rfc8414,
  'Bad input': badInput,
  'Billing pitfall': billingPitfalls,
  'Bad input to agents': agentsInput,
}

const parts = (id: string): readonly string[] => id.split(/[. ]/).map((part) => part.padStart(4, '0'))
const inOrder = ([a]: readonly [string, unknown], [b]: readonly [string, unknown]): number =>
  parts(a).join('.') < parts(b).join('.') ? -1 : 1

/** Of one standard, by clause. */
export const sorted = (requirements: Requirements): readonly (readonly [string, Requirement])[] =>
  Object.entries(requirements).toSorted(inOrder)

/** The file and the text that a full name of a test must contain. */
export function readReference(reference: string): { readonly file: string; readonly text: string } {
  const [file = '', ...text] = reference.split(' > ')
  return { file, text: text.join(' > ') }
}
