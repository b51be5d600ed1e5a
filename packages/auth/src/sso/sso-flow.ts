import { addMilliseconds, before, type Clock, email, type Id, milliseconds, Secret, text } from '@corbel/core'
import type { KeyVault } from '@corbel/core/ports'
import { base64url } from 'jose'
import { AuthErrors } from '../auth-errors.ts'
import type { IdentityProvider, IdentityProviderClient, ProvedIdentity } from '../ports/identity-provider.ts'
import type { SsoConnectionRecord, SsoConnectionRepository } from '../ports/sso-connection-repository.ts'
import type { SsoState, SsoStateRepository } from '../ports/sso-state-repository.ts'
import type { KeyedDigest } from '../tokens/keyed-digest.ts'
import type { UserId } from '../users/user.ts'
import type { SsoConnectionId } from './connection-id.ts'
import type { SsoAnswer, StartedSso } from './sso.ts'

export interface SsoFlowDeps {
  readonly ssoConnections: SsoConnectionRepository
  readonly ssoStates: SsoStateRepository
  readonly identityProvider: IdentityProvider
  readonly ssoDigest: KeyedDigest
  readonly keyVault: KeyVault
  readonly clock: Clock
  readonly publicUrl: string
  /** For how many minutes an answer is awaited. */
  readonly stateMinutes: number
}

interface Purpose {
  readonly tenantId?: Id<'ten'> | undefined
  readonly userId?: UserId
  readonly loginHint?: string | undefined
  readonly reauthenticate: boolean
}

export interface FinishedSso {
  readonly connection: SsoConnectionRecord
  readonly state: SsoState
  readonly identity: ProvedIdentity
}

const stateForm = /^css_[A-Za-z0-9_-]{43}$/
const secretForm = /^csb_[A-Za-z0-9_-]{43}$/

/** The address to which a provider sends browsers back: fixed, and another one for each connection (RFC 9700 §4.4.2.2). */
export const redirectUriOf = (publicUrl: string, id: SsoConnectionId): string =>
  `${publicUrl}/sso/callback/${id}`

/** What a sealed client secret is bound to. */
export const clientSecretContext = ({ tenantId, id }: Pick<SsoConnectionRecord, 'tenantId' | 'id'>): string =>
  `${tenantId ?? '-'}|${id}|sso_connections.client_secret`

/** To a provider and back. Whoever comes back is known, and nothing more: what that is worth is for the caller to say. */
export class SsoFlow {
  readonly #deps: SsoFlowDeps

  constructor(deps: SsoFlowDeps) {
    this.#deps = deps
  }

  /** @throws `auth/sso-unavailable` */
  async begin(connection: SsoConnectionRecord, purpose: Purpose): Promise<StartedSso> {
    const { ssoStates, ssoDigest, identityProvider, keyVault, clock, stateMinutes } = this.#deps
    const state = `css_${unguessable()}`
    const browserSecret = `csb_${unguessable()}`
    const digest = await ssoDigest.of('sso-state', state)
    const { loginHint, reauthenticate } = purpose
    const client = await this.#clientOf(connection)
    const { url, memo } = await identityProvider.start(client, { state, loginHint, reauthenticate })
    await ssoStates.insert({
      digest,
      browser: await ssoDigest.of('sso-browser', browserSecret),
      connectionId: connection.id,
      tenantId: purpose.tenantId ?? null,
      userId: purpose.userId ?? null,
      memo: await keyVault.seal(new TextEncoder().encode(memo), memoContext(connection, digest)),
      expiresAt: addMilliseconds(clock.now(), milliseconds(`${stateMinutes}m`)),
    })
    return { url, state, browserSecret, expiresIn: stateMinutes * 60 }
  }

  /**
   * Uses up the state and asks the provider who it is. Whatever fails then, the browser has to begin again.
   *
   * @param userId - Who began it, when that was somebody who is signed in.
   * @throws `auth/invalid-sso-state`, `auth/sso-refused`, `auth/sso-unavailable`
   */
  async finish(
    connectionId: SsoConnectionId,
    { state: presented, browserSecret, parameters }: SsoAnswer,
    userId: UserId | null = null,
  ): Promise<FinishedSso> {
    const { ssoConnections, ssoStates, ssoDigest, identityProvider, keyVault, clock } = this.#deps
    if (!stateForm.test(presented) || !secretForm.test(browserSecret)) throw AuthErrors.invalidSsoState()
    const digest = await ssoDigest.of('sso-state', presented)
    const browser = await ssoDigest.of('sso-browser', browserSecret)
    const state = await ssoStates.redeem({ digest, browser, connectionId, userId }, clock.now())
    const connection = state && (await ssoConnections.find(connectionId))
    if (!state || !connection?.enabled) throw AuthErrors.invalidSsoState()
    const memo = new TextDecoder().decode(await keyVault.open(state.memo, memoContext(connection, digest)))
    const client = await this.#clientOf(connection)
    const told = await identityProvider.finish(client, { state: presented, memo, parameters })
    if (told.issuer !== connection.issuer || !subjectForm.safeParse(told.subject).success)
      throw AuthErrors.ssoRefused()
    return { connection, state, identity: inOurForm(told) }
  }

  /** Forgets what was not finished and expired more than a day ago; returns how many. */
  purge(): Promise<number> {
    return this.#deps.ssoStates.purge(before(this.#deps.clock.now(), '1d'))
  }

  async #clientOf(connection: SsoConnectionRecord): Promise<IdentityProviderClient> {
    const { keyVault, publicUrl } = this.#deps
    const { issuer, clientId, clientSecret, tokenAuthMethod, scopes } = connection
    const opened = clientSecret && (await keyVault.open(clientSecret, clientSecretContext(connection)))
    return {
      issuer,
      clientId,
      clientSecret: opened ? new Secret(new TextDecoder().decode(opened)) : null,
      tokenAuthMethod,
      scopes,
      redirectUri: redirectUriOf(publicUrl, connection.id),
    }
  }
}

// OpenID Connect Core §2 allows 255 characters.
const subjectForm = text({ max: 255 }).refine((value) => value.trim() === value)
const nameForm = text({ max: 128 })

/** Addresses are compared, so they must have the one form in which they are stored. */
const inOurForm = (told: ProvedIdentity): ProvedIdentity => ({
  ...told,
  email: email.safeParse(told.email).data ?? null,
  displayName: nameForm.safeParse(told.displayName).data ?? null,
})

const unguessable = (): string => base64url.encode(crypto.getRandomValues(new Uint8Array(32)))

const memoContext = ({ tenantId, id }: SsoConnectionRecord, digest: string): string =>
  `${tenantId ?? '-'}|${id}|sso_states.memo|${digest}`
