import { ConnectionService, type ConnectionServiceDeps } from './sso/connection-service.ts'
import { DomainService, type DomainServiceDeps } from './sso/domain-service.ts'
import { FederatedAccounts, type FederatedAccountsDeps } from './sso/federated-accounts.ts'
import { IdentityService, type IdentityServiceDeps } from './sso/identity-service.ts'
import { SsoFlow, type SsoFlowDeps } from './sso/sso-flow.ts'
import { SsoService, type SsoServiceDeps } from './sso/sso-service.ts'

export interface SsoServices {
  readonly sso: SsoService
  readonly ssoFlow: SsoFlow
  readonly ssoConnections: ConnectionService
  readonly ssoDomains: DomainService
  readonly identities: IdentityService
}

type SsoDeps = ConnectionServiceDeps &
  DomainServiceDeps &
  FederatedAccountsDeps &
  SsoFlowDeps &
  Omit<IdentityServiceDeps, 'ssoFlow'> &
  Omit<SsoServiceDeps, 'ssoFlow' | 'federatedAccounts'>

/** Everything by which people sign in with accounts of somewhere else. */
export const ssoServices = (deps: SsoDeps): SsoServices => {
  const ssoFlow = new SsoFlow(deps)
  return {
    sso: new SsoService({ ...deps, ssoFlow, federatedAccounts: new FederatedAccounts(deps) }),
    ssoFlow,
    ssoConnections: new ConnectionService(deps),
    ssoDomains: new DomainService(deps),
    identities: new IdentityService({ ...deps, ssoFlow }),
  }
}
