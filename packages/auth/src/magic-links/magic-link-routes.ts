import { implement, type Route } from '@corbel/core'
import { signInReply } from '../sign-in/sign-in-reply.ts'
import { magicLinkContract } from './magic-link-contract.ts'
import type { MagicLinkService } from './magic-link-service.ts'

export const magicLinkRoutes = (magicLinks: MagicLinkService): readonly Route[] =>
  implement(magicLinkContract, {
    request: ({ body, client }) => magicLinks.request(body, client),
    verify: async ({ body, client }) => signInReply(await magicLinks.verify(body, client)),
  })
