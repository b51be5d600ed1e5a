import type { Secret } from '../kernel/secret.ts'
import { isCleanText } from '../kernel/text.ts'
import { SecretStoreErrors } from './secret-store.ts'

const name = /^(?=[^\n]{1,200}$)[a-z\d]+(?:[-/][a-z\d]+)*$/
const longest = 32_768

/** Whether a text can name a secret. */
export const isSecretName = (text: string): boolean => name.test(text)

/** What every secret store does first. @throws `secret-store/invalid-name` */
export function checkSecretName(text: string): void {
  if (!isSecretName(text)) throw SecretStoreErrors.invalidName()
}

/** @throws `secret-store/invalid-value` */
export function checkSecretValue(value: Secret): void {
  const text = value.reveal()
  if (text.length === 0 || text.length > longest || !isCleanText(text)) throw SecretStoreErrors.invalidValue()
}
