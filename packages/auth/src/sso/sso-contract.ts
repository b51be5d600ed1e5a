import {
  accepted,
  anyone,
  created,
  defineContract,
  empty,
  fresh,
  idSchema,
  json,
  ok,
  user,
} from '@corbel/core'
import { TenantErrors } from '@corbel/core/tenant'
import * as z from 'zod'
import { AuthErrors } from '../auth-errors.ts'
import { Tokens } from '../sessions/session.ts'
import { SignInChallenge } from '../sign-in/sign-in.ts'
import { ssoLinkLimit } from '../throttling/shared-limits.ts'
import {
  Identity,
  IdentityList,
  ProviderList,
  ProviderQuery,
  SsoAnswer,
  StartedSso,
  StartLink,
  StartSso,
} from './sso.ts'

const params = z.object({ provider: idSchema('sso') })
const failures = [AuthErrors.invalidSsoState, AuthErrors.ssoRefused, AuthErrors.ssoUnavailable]

export const ssoContract = defineContract('sso', '/api/v1/auth/sso', {
  listProviders: {
    method: 'GET',
    path: '/providers',
    access: anyone,
    summary: 'List the identity providers that a sign-in page can offer',
    description:
      'Those of the platform; with the slug of a tenant its own too, with the domain of an e-mail address those of the tenants that have verified it.',
    query: ProviderQuery,
    success: ok(ProviderList),
    rateLimit: { name: 'sso-providers', by: 'ip', limit: 60, window: '1m' },
  },
  start: {
    method: 'POST',
    path: '/{provider}/start',
    access: anyone,
    summary: 'Begin to sign in with an identity provider',
    description:
      'Keep browserSecret in this browser and send it to the url. The provider sends it back to /sso/callback/{provider} of the public address, where the page posts what it came with to the callback.',
    params,
    body: json(StartSso),
    success: ok(StartedSso),
    errors: [AuthErrors.ssoConnectionNotFound, AuthErrors.ssoUnavailable],
    rateLimit: {
      name: 'sso-start',
      by: 'ip',
      limit: 30,
      window: '1m',
      setting: 'SSO_START_RATE_LIMIT_PER_MINUTE',
    },
    idempotent: false,
  },
  complete: {
    method: 'POST',
    path: '/{provider}/callback',
    access: anyone,
    summary: 'Complete a sign-in with an identity provider',
    description:
      'Works once, in the browser that began it, within ten minutes. 202 asks for a second factor: complete the sign-in with POST /api/v1/auth/mfa/complete.',
    params,
    body: json(SsoAnswer),
    session: 'opens',
    success: ok(Tokens),
    alternatives: [accepted(SignInChallenge)],
    errors: [
      ...failures,
      AuthErrors.ssoNotLinked,
      TenantErrors.invalidInvitation,
      AuthErrors.notAMember,
      AuthErrors.accountDisabled,
      AuthErrors.hashingBusy,
    ],
    rateLimit: {
      name: 'sso-callback',
      by: 'ip',
      limit: 30,
      window: '1m',
      setting: 'SSO_CALLBACK_RATE_LIMIT_PER_MINUTE',
    },
    idempotent: false,
  },
  listIdentities: {
    method: 'GET',
    path: '/identities',
    access: user(),
    summary: 'List the identities that you can sign in with',
    success: ok(IdentityList),
  },
  startLink: {
    method: 'POST',
    path: '/{provider}/link',
    access: user(fresh),
    summary: 'Begin to link an identity of a provider to your account',
    description: 'Whoever runs the provider can sign in as you from then on.',
    params,
    body: json(StartLink),
    success: ok(StartedSso),
    errors: [AuthErrors.ssoConnectionNotFound, AuthErrors.ssoUnavailable],
    rateLimit: ssoLinkLimit,
    idempotent: false,
  },
  completeLink: {
    method: 'POST',
    path: '/{provider}/link/callback',
    access: user(fresh),
    summary: 'Link an identity of a provider to your account',
    params,
    body: json(SsoAnswer),
    success: created(Identity),
    errors: [AuthErrors.ssoConnectionNotFound, ...failures, AuthErrors.identityTaken],
    rateLimit: ssoLinkLimit,
    idempotent: false,
  },
  removeIdentity: {
    method: 'DELETE',
    path: '/identities/{id}',
    access: user(fresh),
    summary: 'Unlink an identity from your account',
    params: z.object({ id: idSchema('idn') }),
    success: empty(204),
    errors: [AuthErrors.identityNotFound],
  },
})
