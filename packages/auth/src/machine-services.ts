import { ApiKeyService, type ApiKeyServiceDeps } from './api-keys/api-key-service.ts'
import { ClientAuthenticator, type ClientAuthenticatorDeps } from './oauth/client-authenticator.ts'
import { OAuthService, type OAuthServiceDeps } from './oauth/oauth-service.ts'
import {
  AccountCredentialService,
  type AccountCredentialServiceDeps,
} from './service-accounts/account-credential-service.ts'
import {
  ServiceAccountService,
  type ServiceAccountServiceDeps,
} from './service-accounts/service-account-service.ts'

export interface MachineServices {
  readonly apiKeys: ApiKeyService
  readonly serviceAccounts: ServiceAccountService
  readonly accountCredentials: AccountCredentialService
  readonly oauth: OAuthService
}

type MachineDeps = ApiKeyServiceDeps &
  ServiceAccountServiceDeps &
  AccountCredentialServiceDeps &
  Omit<ClientAuthenticatorDeps, 'assertionAudience'> &
  Omit<OAuthServiceDeps, 'clients'> & { readonly publicUrl: string }

/** Everything by which machines are known. */
export const machineServices = (deps: MachineDeps): MachineServices => {
  const assertionAudience = [deps.publicUrl, `${deps.publicUrl}/oauth/token`]
  return {
    apiKeys: new ApiKeyService(deps),
    serviceAccounts: new ServiceAccountService(deps),
    accountCredentials: new AccountCredentialService(deps),
    oauth: new OAuthService({ ...deps, clients: new ClientAuthenticator({ ...deps, assertionAudience }) }),
  }
}
