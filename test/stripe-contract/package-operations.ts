import { globSync, readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import ts from 'typescript-6'
import { type Schema, TypeSchemas } from './type-schema.ts'

/** One operation of Stripe's API as its package knows it. */
export interface Operation {
  /** Such as `Subscriptions.update`. */
  readonly id: string
  readonly method: string
  /** With `{name}` where an id goes. */
  readonly path: string
  readonly isList: boolean
  readonly request: Schema | null
  readonly reply: Schema | null
}

export interface Contract {
  readonly apiVersion: string
  readonly operations: readonly Operation[]
  readonly definitions: Readonly<Record<string, Schema>>
}

export const stripeRoot = dirname(dirname(fileURLToPath(import.meta.resolve('stripe'))))

const wrapper = /^(Response|ApiListPromise|ApiSearchResultPromise|V2ListPromise)$/

/**
 * Reads the operations out of the declarations and the code of the package, both of which Stripe generates from its own specification:
 * the declarations have the types, the code has the paths.
 */
export function readContract(): Contract {
  const resources = join(stripeRoot, 'esm', 'resources')
  const files = globSync('**/*.d.ts', { cwd: resources }).filter((file) => !file.endsWith('index.d.ts'))
  const program = ts.createProgram(
    files.map((file) => join(resources, file)),
    {
      strict: true,
      target: ts.ScriptTarget.ES2022,
      module: ts.ModuleKind.NodeNext,
      moduleResolution: ts.ModuleResolutionKind.NodeNext,
      skipLibCheck: true,
      types: [],
    },
  )
  const schemas = new TypeSchemas(program.getTypeChecker())
  const operations = files.flatMap((file) => {
    const source = program.getSourceFile(join(resources, file))
    const code = readFileSync(join(resources, file.replace(/\.d\.ts$/, '.js')), 'utf8')
    const group = file.replace(/\.d\.ts$/, '')
    return source === undefined ? [] : operationsOf(source, code, group, program.getTypeChecker(), schemas)
  })
  const version = readFileSync(join(stripeRoot, 'esm', 'apiVersion.js'), 'utf8')
  return {
    apiVersion: /ApiVersion = '([^']+)'/.exec(version)?.[1] ?? '',
    operations,
    definitions: schemas.definitions,
  }
}

function operationsOf(
  source: ts.SourceFile,
  code: string,
  group: string,
  checker: ts.TypeChecker,
  schemas: TypeSchemas,
): Operation[] {
  const operations: Operation[] = []
  for (const statement of source.statements) {
    if (!ts.isClassDeclaration(statement) || !statement.name?.text.endsWith('Resource')) continue
    const from = code.indexOf(`class ${statement.name.text} `)
    const end = code.indexOf('\nexport class ', from + 1)
    const body = code.slice(from, end < 0 ? undefined : end)
    for (const member of statement.members) {
      if (!ts.isMethodDeclaration(member) || !ts.isIdentifier(member.name)) continue
      const start = body.search(new RegExp(String.raw`\n    (async )?${member.name.text}\(`))
      const call = /_makeRequest\('(\w+)', (?:'([^']+)'|`([^`]+)`)/.exec(body.slice(start, start + 4000))
      if (start < 0 || call === null) continue
      operations.push({
        id: `${group}.${member.name.text}`,
        method: call[1] ?? '',
        path: (call[2] ?? call[3] ?? '').replaceAll(/\$\{encodeURIComponent\((\w+)\)\}/g, '{$1}'),
        isList: /ApiListPromise|ApiSearchResultPromise|V2ListPromise/.test(
          member.type?.getText(source) ?? '',
        ),
        request: requestOf(member, source, checker, schemas),
        reply: replyOf(member, source, checker, schemas),
      })
    }
  }
  return operations
}

function requestOf(
  method: ts.MethodDeclaration,
  source: ts.SourceFile,
  checker: ts.TypeChecker,
  schemas: TypeSchemas,
): Schema | null {
  const params = method.parameters.find(({ type }) => /Params\b/.test(type?.getText(source) ?? ''))?.type
  return params === undefined
    ? null
    : schemas.of(checker.getNonNullableType(checker.getTypeAtLocation(params)), true)
}

function replyOf(
  method: ts.MethodDeclaration,
  source: ts.SourceFile,
  checker: ts.TypeChecker,
  schemas: TypeSchemas,
): Schema | null {
  const wrapped = (node: ts.Node): ts.TypeNode | undefined =>
    ts.isTypeReferenceNode(node) && wrapper.test(node.typeName.getText(source))
      ? node.typeArguments?.[0]
      : ts.forEachChild(node, wrapped)
  const reply = method.type === undefined ? undefined : wrapped(method.type)
  return reply === undefined ? null : schemas.of(checker.getTypeFromTypeNode(reply), false)
}
