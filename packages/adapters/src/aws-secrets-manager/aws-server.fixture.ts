import { createHash, createHmac, randomUUID } from 'node:crypto'
import { type FakeReply, type FakeRequest, jsonIn, serviceServer } from '../service-server.fixture.ts'

interface Version {
  readonly text: string
  readonly stages: Set<string>
}

interface Input {
  readonly Name?: string
  readonly SecretId?: string
  readonly SecretString?: string
  readonly ClientRequestToken?: string
  readonly VersionStages?: readonly string[]
  readonly VersionStage?: string
  readonly MoveToVersionId?: string
  readonly RemoveFromVersionId?: string
  readonly Filters?: readonly { readonly Key: string; readonly Values: readonly string[] }[]
  readonly MaxResults?: number
  readonly NextToken?: string
}

export const awsKey: { readonly accessKeyId: string; readonly secretAccessKey: string } = {
  accessKeyId: 'AKIDEXAMPLE',
  secretAccessKey: randomUUID(),
}
const region = 'eu-central-1'

const exception = (name: string, status = 400): FakeReply => ({
  status,
  body: { __type: name, message: `${name} of a fake` },
})
const sha256 = (text: string): string => createHash('sha256').update(text).digest('hex')
const hmac = (key: string | Buffer, text: string): Buffer => createHmac('sha256', key).update(text).digest()

/** Signature Version 4, as AWS documents how it is checked. */
function isSigned({ method, url, headers, text }: FakeRequest): boolean {
  const [, scope = '', names = '', signature = ''] =
    /^AWS4-HMAC-SHA256 Credential=([^,]+), ?SignedHeaders=([^,]+), ?Signature=([0-9a-f]{64})$/.exec(
      headers.authorization ?? '',
    ) ?? []
  const [id, day = '', ...rest] = scope.split('/')
  const date = String(headers['x-amz-date'])
  if (id !== awsKey.accessKeyId || rest.join('/') !== `${region}/secretsmanager/aws4_request`) return false
  if (!['host', 'x-amz-date', 'x-amz-target'].every((name) => names.split(';').includes(name))) return false
  if (!date.startsWith(day)) return false
  const canonical = [
    method,
    url.pathname,
    '',
    ...names.split(';').map((name) => `${name}:${String(headers[name]).trim()}`),
    '',
    names,
    sha256(text),
  ].join('\n')
  const toSign = ['AWS4-HMAC-SHA256', date, `${day}/${rest.join('/')}`, sha256(canonical)].join('\n')
  const key = [day, ...rest].reduce<string | Buffer>(hmac, `AWS4${awsKey.secretAccessKey}`)
  return hmac(key, toSign).toString('hex') === signature
}

/** AWS Secrets Manager as far as the adapter speaks it: versions, staging labels, pages, signatures. */
export async function awsServer() {
  const secrets = new Map<string, Map<string, Version>>()
  const stageOf = (secret: Map<string, Version>, stage: string) =>
    [...secret].find(([, { stages }]) => stages.has(stage))

  function moveStage(secret: Map<string, Version>, stage: string, to: string): void {
    const from = stageOf(secret, stage)
    from?.[1].stages.delete(stage)
    secret.get(to)?.stages.add(stage)
    if (stage === 'AWSCURRENT' && from && from[0] !== to) moveStage(secret, 'AWSPREVIOUS', from[0])
  }

  function addVersion(secret: Map<string, Version>, input: Input): FakeReply {
    const {
      ClientRequestToken: id = '',
      SecretString: text = '',
      VersionStages: stages = ['AWSCURRENT'],
    } = input
    const known = secret.get(id)
    if (known && known.text !== text) return exception('ResourceExistsException')
    if (!known) secret.set(id, { text, stages: new Set() })
    for (const stage of known ? [] : stages) moveStage(secret, stage, id)
    return { status: 200, body: { VersionId: id } }
  }

  const operations: Readonly<Record<string, (input: Input) => FakeReply>> = {
    CreateSecret: (input) => {
      const { Name: name = '', SecretString: text = '' } = input
      const known = secrets.get(name)
      if (known) {
        const isRepeated = known.get(input.ClientRequestToken ?? '')?.text === text
        return isRepeated ? addVersion(known, input) : exception('ResourceExistsException')
      }
      if (Buffer.byteLength(text) > 65_536) return exception('ValidationException')
      const secret = new Map<string, Version>()
      secrets.set(name, secret)
      return addVersion(secret, input)
    },
    GetSecretValue: ({ SecretId: id = '' }) => {
      const found = stageOf(secrets.get(id) ?? new Map<string, Version>(), 'AWSCURRENT')
      if (!found) return exception('ResourceNotFoundException')
      return { status: 200, body: { Name: id, VersionId: found[0], SecretString: found[1].text } }
    },
    PutSecretValue: (input) => {
      const secret = secrets.get(input.SecretId ?? '')
      if (Buffer.byteLength(input.SecretString ?? '') > 65_536) return exception('ValidationException')
      return secret ? addVersion(secret, input) : exception('ResourceNotFoundException')
    },
    UpdateSecretVersionStage: ({ SecretId: id = '', VersionStage: stage = '', ...move }) => {
      const secret = secrets.get(id)
      const { MoveToVersionId: to = '', RemoveFromVersionId: from } = move
      if (!secret?.has(to)) return exception('ResourceNotFoundException')
      if (stageOf(secret, stage)?.[0] !== from) return exception('InvalidParameterException')
      moveStage(secret, stage, to)
      return { status: 200, body: { Name: id } }
    },
    ListSecrets: ({ Filters: filters = [], MaxResults: most = 100, NextToken: token = '0' }) => {
      const prefix = filters.find(({ Key: key }) => key === 'name')?.Values[0] ?? ''
      const names = [...secrets.keys()].filter((name) => name.startsWith(prefix)).toSorted()
      const [from, to] = [Number(token), Number(token) + Math.min(most, 100)]
      const SecretList = names.slice(from, to).map((Name) => ({ Name }))
      return { status: 200, body: { SecretList, ...(to < names.length && { NextToken: String(to) }) } }
    },
  }

  const server = await serviceServer((request) => {
    if (!isSigned(request)) return exception('InvalidSignatureException')
    const name = String(request.headers['x-amz-target']).replace('secretsmanager.', '')
    return operations[name]?.(jsonIn(request)) ?? exception('UnknownOperationException')
  })
  return { ...server, region, secrets, exception }
}
