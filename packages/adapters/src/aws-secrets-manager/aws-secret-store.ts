import { randomUUID } from 'node:crypto'
import {
  CreateSecretCommand,
  GetSecretValueCommand,
  ListSecretsCommand,
  PutSecretValueCommand,
  type SecretsManagerClient,
  UpdateSecretVersionStageCommand,
} from '@aws-sdk/client-secrets-manager'
import {
  checkSecretName,
  checkSecretValue,
  Secret,
  type SecretStore,
  SecretStoreErrors,
} from '@corbel/core/ports'
import { secretNamesUnder } from '../secret-names.ts'
import { checkSecretSize } from '../secret-size.ts'
import { awsCall, exceptionOf } from './aws-call.ts'

export interface AwsSecretStoreOptions {
  /** Needs CreateSecret, GetSecretValue, PutSecretValue, UpdateSecretVersionStage below the folder, and ListSecrets. */
  readonly client: SecretsManagerClient
  /** Before every name. @default 'corbel' */
  readonly folder?: string
  /** Milliseconds for one command with its retries. @default 10000 */
  readonly timeoutMs?: number
}

const mostBytes = 65_536
const [current, pending] = ['AWSCURRENT', 'AWSPENDING']

/**
 * Secrets in AWS Secrets Manager; versions are its own. A write waits under `AWSPENDING` until `AWSCURRENT` is moved to it from the version
 * that was expected, which is one conditional step: what was interrupted before it is not in force. Values have up to 65,536 bytes. A
 * list may lag minutes behind. A secret that is scheduled for deletion cannot be read or written: restore it first.
 *
 * @throws ServiceError from every method.
 */
export function awsSecretStore({
  client,
  folder = 'corbel',
  timeoutMs = 10_000,
}: AwsSecretStoreOptions): SecretStore {
  const idOf = (name: string): string => `${folder}/${name}`

  async function read(name: string) {
    try {
      const { SecretString: text, VersionId: version } = await awsCall(
        `GetSecretValue of ${name}`,
        timeoutMs,
        (options) => client.send(new GetSecretValueCommand({ SecretId: idOf(name) }), options),
      )
      if (text === undefined || version === undefined)
        throw new Error(`The secret ${name} in AWS has no text. Move it, or write it anew.`)
      return { value: new Secret(text), version }
    } catch (error) {
      if (exceptionOf(error) === 'ResourceNotFoundException') return null
      throw error
    }
  }

  async function create(name: string, value: Secret): Promise<string> {
    const command = new CreateSecretCommand({
      Name: idOf(name),
      SecretString: value.reveal(),
      ClientRequestToken: randomUUID(),
    })
    try {
      const send = awsCall(`CreateSecret of ${name}`, timeoutMs, (options) => client.send(command, options))
      return (await send).VersionId ?? ''
    } catch (error) {
      throw exceptionOf(error) === 'ResourceExistsException' ? SecretStoreErrors.conflict() : error
    }
  }

  async function replace(name: string, value: Secret, expected: string): Promise<string> {
    // Anything after this look is caught by the move.
    if ((await read(name))?.version !== expected) throw SecretStoreErrors.conflict()
    const version = randomUUID()
    const put = new PutSecretValueCommand({
      SecretId: idOf(name),
      SecretString: value.reveal(),
      ClientRequestToken: version,
      VersionStages: [pending],
    })
    await awsCall(`PutSecretValue of ${name}`, timeoutMs, (options) => client.send(put, options))
    const move = new UpdateSecretVersionStageCommand({
      SecretId: idOf(name),
      VersionStage: current,
      MoveToVersionId: version,
      RemoveFromVersionId: expected,
    })
    try {
      await awsCall(`UpdateSecretVersionStage of ${name}`, timeoutMs, (options) => client.send(move, options))
    } catch (error) {
      const now = (await read(name))?.version
      // The answer to a first attempt was lost, and the SDK's second found it done.
      if (now === version) return version
      if (now === expected) throw error
      throw SecretStoreErrors.conflict()
    }
    return version
  }

  async function pageOf(prefix: string, NextToken: string | undefined, MaxResults: number) {
    const command = new ListSecretsCommand({
      Filters: [{ Key: 'name', Values: [idOf(prefix)] }],
      MaxResults,
      ...(NextToken !== undefined && { NextToken }),
    })
    return awsCall('ListSecrets', timeoutMs, (options) => client.send(command, options))
  }

  return {
    adapter: { name: 'aws-secrets-manager' },
    writable: true,
    get: async (name) => {
      checkSecretName(name)
      return read(name)
    },
    put: async (name, value, expected) => {
      checkSecretName(name)
      checkSecretValue(value)
      checkSecretSize(value, mostBytes)
      return {
        value,
        version: expected === null ? await create(name, value) : await replace(name, value, expected),
      }
    },
    list: async (prefix) => {
      const names: string[] = []
      let next: string | undefined
      do {
        const { SecretList = [], NextToken } = await pageOf(prefix, next, 100)
        names.push(...SecretList.map(({ Name = '' }) => Name.slice(folder.length + 1)))
        next = NextToken
      } while (next !== undefined)
      return secretNamesUnder(prefix, names)
    },
    check: async () => void (await pageOf('', undefined, 1)),
  }
}
