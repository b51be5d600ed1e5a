import { type Secret, SecretStoreErrors } from '@corbel/core/ports'

/** @throws `secret-store/invalid-value` for one that has more bytes than the service takes. */
export function checkSecretSize(value: Secret, mostBytes: number): void {
  if (Buffer.byteLength(value.reveal()) > mostBytes) throw SecretStoreErrors.invalidValue()
}
