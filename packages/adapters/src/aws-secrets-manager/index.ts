export { awsSecretStore, type AwsSecretStoreOptions } from './aws-secret-store.ts'
