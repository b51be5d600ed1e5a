import { settingsOf } from '../catalog/setting-list.ts'
import type { StackDescription } from '../config.ts'

/** The runbook for this installation's secrets, by the names that they have here. */
export function keyRotation(description: StackDescription, given: ReadonlySet<string>): string {
  const secrets = settingsOf(description).filter(
    ({ setting: { env, secret } }) => secret === true && given.has(env),
  )
  return [
    '# Rotation of keys and secrets',
    [
      '## Keys that sign access tokens',
      '',
      '1. `corbel auth keys list` shows where each key stands.',
      '2. `corbel auth keys rotate --wait` publishes a key, waits until whoever verifies can know it, and signs with it.',
      '3. `corbel auth jwks verify <address of the JWKS>` shows that it is served.',
      '4. `corbel auth keys rotate` another time removes the old key once its tokens have expired.',
      '',
      'Stolen: `corbel auth keys retire <kid> --compromised` after step 2; its tokens fail at once.',
    ].join('\n'),
    ...secrets.map(
      ({ setting: { env, summary, fix = 'Make another value where the first one came from.' } }) =>
        [
          `## ${env}`,
          '',
          summary,
          '',
          `1. ${fix}`,
          `2. Put it into the env file or the secret store, in place of the old one, and start the hosts again one by one.`,
          '3. `corbel doctor` must find nothing.',
        ].join('\n'),
    ),
    '',
  ].join('\n\n')
}
