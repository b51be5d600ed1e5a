import { implement, type Route } from '@corbel/core'
import { signInReply } from '../sign-in/sign-in-reply.ts'
import { passkeyContract } from './passkey-contract.ts'
import type { PasskeyService } from './passkey-service.ts'
import type { PasskeySignInService } from './passkey-sign-in-service.ts'

export const passkeyRoutes = (passkeys: PasskeyService, signIns: PasskeySignInService): readonly Route[] =>
  implement(passkeyContract, {
    registrationOptions: ({ principal }) => passkeys.registrationOptions(principal),
    register: ({ principal, body, client }) => passkeys.register(principal, body, client),
    authenticationOptions: ({ client }) => signIns.options(client),
    signIn: async ({ body, client }) => signInReply(await signIns.signIn(body, client)),
    list: ({ principal }) => passkeys.list(principal),
    remove: ({ principal, params, client }) => passkeys.remove(principal, params.id, client),
  })
