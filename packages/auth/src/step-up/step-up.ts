import * as z from 'zod'
import { TotpCode } from '../factors/factor.ts'
import { AuthenticationResponse } from '../passkeys/passkey.ts'
import { TypedPassword } from '../users/user.ts'

/** What proves once more who the user of a session is. */
export const StepUp = z.discriminatedUnion('method', [
  z.strictObject({ method: z.literal('password'), password: TypedPassword }),
  z.strictObject({ method: z.literal('totp'), code: TotpCode }),
  z.strictObject({ method: z.literal('recovery'), code: z.string().min(1).max(64) }),
  z.strictObject({ method: z.literal('passkey'), response: AuthenticationResponse }),
])
export type StepUp = z.infer<typeof StepUp>
