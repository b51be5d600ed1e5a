import { createHash } from 'node:crypto'
import { existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { Ajv, type ValidateFunction } from 'ajv'
import { type Contract, type Operation, readContract, stripeRoot } from './package-operations.ts'
import type { Schema } from './type-schema.ts'

export interface StripeContract {
  readonly apiVersion: string
  readonly operations: readonly Operation[]
  /** What is wrong with a request, as Stripe would say it; empty when nothing is. */
  checkRequest(method: string, path: string, data: Readonly<Record<string, unknown>>): readonly string[]
  /** What is wrong with an answer of status 200. */
  checkReply(method: string, path: string, reply: unknown): readonly string[]
  /** What is wrong with an object of an event or of a list, named as the package names it, such as `Subscriptions::Subscription`. */
  checkObject(type: string, object: unknown): readonly string[]
}

let known: StripeContract | undefined

/** Of the package that is installed; read once for each version of it and of these files. */
export const stripeContract = (): StripeContract => (known ??= openContract())

function openContract(): StripeContract {
  const { apiVersion, operations, definitions } = cached()
  // Text of a form becomes numbers and booleans where the types say so; what is answered must be right as it is.
  const sent = ajv(true, definitions)
  const received = ajv(false, definitions)
  const routes = operations.map((operation) => ({
    operation,
    pattern: new RegExp(`^${operation.path.replaceAll(/\{\w+\}/g, '[^/]+')}$`),
    holes: operation.path.split('{').length,
  }))
  routes.sort((a, b) => a.holes - b.holes)
  const find = (method: string, path: string) =>
    routes.find(({ operation, pattern }) => operation.method === method && pattern.test(path))?.operation
  const unknown = (method: string, path: string) => [`${method} ${path} is no operation of ${apiVersion}`]
  return {
    apiVersion,
    operations,
    checkRequest(method, path, data) {
      const operation = find(method, path)
      if (operation === undefined) return unknown(method, path)
      return [
        ...problems(sent, operation.request ?? nothing, structuredClone(data)),
        ...metadataProblems(data),
      ]
    },
    checkReply(method, path, reply) {
      const operation = find(method, path)
      if (operation === undefined) return unknown(method, path)
      const schema = operation.reply ?? {}
      return problems(received, operation.isList ? listOf(schema) : schema, reply)
    },
    checkObject: (type, object) =>
      problems(received, { $ref: `stripe#/$defs/${encodeURIComponent(`received:${type}`)}` }, object),
  }
}

function cached(): Contract {
  const sources = ['contract.ts', 'package-operations.ts', 'type-schema.ts', '../../pnpm-lock.yaml']
  const hash = createHash('sha256')
  hash.update(readFileSync(join(stripeRoot, 'package.json')))
  for (const source of sources) hash.update(readFileSync(join(import.meta.dirname, source)))
  const folder = join(import.meta.dirname, '../../node_modules/.cache/stripe-contract')
  const file = join(folder, `${hash.digest('hex').slice(0, 16)}.json`)
  if (existsSync(file)) return JSON.parse(readFileSync(file, 'utf8')) as Contract
  const contract = readContract()
  mkdirSync(folder, { recursive: true })
  writeFileSync(`${file}.${process.pid}`, JSON.stringify(contract))
  renameSync(`${file}.${process.pid}`, file)
  return contract
}

const nothing: Schema = { type: 'object', properties: { expand: {} }, additionalProperties: false }

const listOf = (items: Schema): Schema => ({
  type: 'object',
  properties: { object: { const: 'list' }, has_more: { type: 'boolean' }, data: { type: 'array', items } },
  required: ['object', 'data', 'has_more', 'url'],
})

const ajv = (coerceTypes: boolean, definitions: Readonly<Record<string, Schema>>): Ajv =>
  new Ajv({
    strict: false,
    allErrors: true,
    coerceTypes,
    unicodeRegExp: false,
    validateFormats: false,
  }).addSchema({
    $id: 'stripe',
    $defs: definitions,
  })

const compiled = new WeakMap<Ajv, Map<string, ValidateFunction>>()

function problems(by: Ajv, schema: Schema, data: unknown): readonly string[] {
  const validators = compiled.get(by) ?? new Map<string, ValidateFunction>()
  compiled.set(by, validators)
  const key = JSON.stringify(schema)
  const validate = validators.get(key) ?? by.compile(schema)
  validators.set(key, validate)
  if (validate(data)) return []
  return (validate.errors ?? []).map(
    ({ instancePath, message, params }) => `${instancePath || '/'} ${message} ${JSON.stringify(params)}`,
  )
}

/** The limits that the types do not tell: 50 keys of 40 characters, values of 500. */
function metadataProblems({ metadata }: Readonly<Record<string, unknown>>): readonly string[] {
  if (typeof metadata !== 'object' || metadata === null) return []
  const entries = Object.entries(metadata)
  return [
    ...(entries.length > 50 ? ['/metadata has more than 50 keys'] : []),
    ...entries.flatMap(([key, value]) =>
      key.length > 40 || String(value).length > 500 ? [`/metadata/${key} is too long`] : [],
    ),
  ]
}
