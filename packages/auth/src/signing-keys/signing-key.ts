import * as z from 'zod'

/** RFC 8037 §2. */
export const SigningKey = z.object({
  kid: z.string(),
  kty: z.literal('OKP'),
  crv: z.literal('Ed25519'),
  x: z.string(),
  alg: z.literal('EdDSA'),
  use: z.literal('sig'),
})

/** RFC 7517 §5. */
export const SigningKeySet = z.object({ keys: z.array(SigningKey) })
export type SigningKeySet = z.infer<typeof SigningKeySet>
