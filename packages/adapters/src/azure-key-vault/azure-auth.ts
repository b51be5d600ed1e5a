import { Secret } from '@corbel/core/ports'
import { type AccessToken, accessTokenOf } from '../bearer-calls.ts'
import { callService } from '../service-call.ts'
import { ServiceError } from '../service-error.ts'

const service = 'Microsoft Entra ID'
const audience = 'https://vault.azure.net'

/** A way to an access token for Key Vault. */
export type AzureAuth = () => Promise<AccessToken>

interface Application {
  readonly tenantId: string
  readonly clientId: string
  /** @default 'https://login.microsoftonline.com' */
  readonly authority?: string
}

/** An application with a secret (RFC 6749 §4.4). */
export const azureClientSecret =
  ({ secret, ...application }: Application & { readonly secret: Secret }): AzureAuth =>
  () =>
    signIn(application, { client_secret: secret.reveal() })

/** An application that trusts the issuer of the workload's token, as in AKS. @param options.token - Asked at every sign-in. */
export const azureWorkloadIdentity =
  ({ token, ...application }: Application & { readonly token: () => Promise<Secret> }): AzureAuth =>
  async () =>
    signIn(application, {
      client_assertion_type: 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer',
      client_assertion: (await token()).reveal(),
    })

export interface AzureManagedIdentityOptions {
  /** Of a user-assigned identity. @default the machine's own */
  readonly clientId?: string
  /** @default 'http://169.254.169.254' */
  readonly endpoint?: string
}

/** The identity of the machine. */
export const azureManagedIdentity =
  ({ clientId, endpoint = 'http://169.254.169.254' }: AzureManagedIdentityOptions = {}): AzureAuth =>
  async () => {
    const url = new URL('/metadata/identity/oauth2/token', endpoint)
    url.searchParams.set('api-version', '2018-02-01')
    url.searchParams.set('resource', audience)
    if (clientId !== undefined) url.searchParams.set('client_id', clientId)
    const call = { service: 'The metadata service of Azure', method: 'GET', url } as const
    return accessTokenOf(service, await callService({ ...call, headers: { metadata: 'true' } }), secretOf)
  }

async function signIn(
  { tenantId, clientId, authority = 'https://login.microsoftonline.com' }: Application,
  credential: Readonly<Record<string, string>>,
): Promise<AccessToken> {
  const url = new URL(`/${encodeURIComponent(tenantId)}/oauth2/v2.0/token`, authority)
  const body = new URLSearchParams({
    grant_type: 'client_credentials',
    client_id: clientId,
    scope: `${audience}/.default`,
    ...credential,
  })
  const answer = await callService({ service, method: 'POST', url, body, accept: [400] })
  // An unknown tenant or client is told as a request of the wrong form.
  if (answer.status === 400)
    throw new ServiceError({ service, request: 'a sign-in', status: 400, failure: 'denied' })
  return accessTokenOf(service, answer, secretOf)
}

const secretOf = (text: string): Secret => new Secret(text)
