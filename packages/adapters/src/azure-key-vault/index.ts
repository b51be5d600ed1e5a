export {
  type AzureAuth,
  azureClientSecret,
  azureManagedIdentity,
  azureWorkloadIdentity,
} from './azure-auth.ts'
export { azureSecretStore, type AzureSecretStoreOptions } from './azure-secret-store.ts'
