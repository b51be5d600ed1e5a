import { camel, pascal, type Scaffold } from './write-scaffold.ts'

/** A module of one noun in the shape of all modules: contract, route, service, catalogues, and a test through its HTTP API. */
export function moduleScaffold(name: string): Scaffold {
  const [noun, Noun] = [camel(name), pascal(name)]
  return {
    [`${name}/${name}-errors.ts`]: `import { defineErrors } from '@corbel/core'

export const ${Noun}Errors = defineErrors('${name}', {
  notFound: {
    status: 404,
    title: 'There is no such ${name}.',
    fix: 'List them with GET /api/v1/${name}.',
  },
})
`,
    [`${name}/${name}.ts`]: `import { text } from '@corbel/core'
import * as z from 'zod'

export const New${Noun} = z.strictObject({ name: text({ max: 80 }) })
export type New${Noun} = z.infer<typeof New${Noun}>

export const ${Noun} = z.object({ id: z.string(), name: z.string() })
export type ${Noun} = z.infer<typeof ${Noun}>
`,
    [`${name}/${name}-contract.ts`]: `import { anyone, created, defineContract, json, ok } from '@corbel/core'
import * as z from 'zod'
import { ${Noun}Errors } from './${name}-errors.ts'
import { New${Noun}, ${Noun} } from './${name}.ts'

// Put scope('…') in its place once the module declares a permission.
const access = anyone

export const ${noun}Contract = defineContract('${name}', '/api/v1/${name}', {
  list: {
    method: 'GET',
    path: '',
    access,
    summary: 'List every ${name}',
    success: ok(z.object({ data: z.array(${Noun}).readonly() })),
  },
  create: {
    method: 'POST',
    path: '',
    access,
    summary: 'Create a ${name}',
    body: json(New${Noun}),
    success: created(${Noun}),
  },
  get: {
    method: 'GET',
    path: '/{id}',
    access,
    summary: 'Show a ${name}',
    params: z.object({ id: z.string().max(100) }),
    success: ok(${Noun}),
    errors: [${Noun}Errors.notFound],
  },
})
`,
    [`${name}/${name}-repository.ts`]: `import type { ${Noun} } from './${name}.ts'

/** Keeps them. Put a table behind it before the first one matters. */
export interface ${Noun}Repository {
  list(): Promise<readonly ${Noun}[]>
  find(id: string): Promise<${Noun} | null>
  insert(${noun}: ${Noun}): Promise<void>
}

/** Within this process: what it keeps ends with it. */
export function memory${Noun}Repository(): ${Noun}Repository {
  const kept = new Map<string, ${Noun}>()
  return {
    list: async () => [...kept.values()],
    find: async (id) => kept.get(id) ?? null,
    insert: async (${noun}) => void kept.set(${noun}.id, ${noun}),
  }
}
`,
    [`${name}/${name}-service.ts`]: `import { ${Noun}Errors } from './${name}-errors.ts'
import type { ${Noun}Repository } from './${name}-repository.ts'
import type { New${Noun}, ${Noun} } from './${name}.ts'

export class ${Noun}Service {
  readonly #repository: ${Noun}Repository

  constructor(repository: ${Noun}Repository) {
    this.#repository = repository
  }

  async list(): Promise<{ readonly data: readonly ${Noun}[] }> {
    return { data: await this.#repository.list() }
  }

  async create({ name }: New${Noun}): Promise<${Noun}> {
    const ${noun} = { id: crypto.randomUUID(), name }
    await this.#repository.insert(${noun})
    return ${noun}
  }

  /** @throws \`${name}/not-found\` */
  async get(id: string): Promise<${Noun}> {
    const ${noun} = await this.#repository.find(id)
    if (!${noun}) throw ${Noun}Errors.notFound()
    return ${noun}
  }
}
`,
    [`${name}/${name}-routes.ts`]: `import { implement, type Route } from '@corbel/core'
import { ${noun}Contract } from './${name}-contract.ts'
import type { ${Noun}Service } from './${name}-service.ts'

export const ${noun}Routes = (${noun}s: ${Noun}Service): readonly Route[] =>
  implement(${noun}Contract, {
    list: () => ${noun}s.list(),
    create: ({ body }) => ${noun}s.create(body),
    get: ({ params }) => ${noun}s.get(params.id),
  })
`,
    [`${name}/${name}-module.ts`]: `import { defineModule } from '@corbel/core'
import { ${Noun}Errors } from './${name}-errors.ts'
import { memory${Noun}Repository } from './${name}-repository.ts'
import { ${noun}Routes } from './${name}-routes.ts'
import { ${Noun}Service } from './${name}-service.ts'

export const ${noun} = () =>
  defineModule({
    name: '${name}',
    catalogs: { errors: [${Noun}Errors] },
    state: () => memory${Noun}Repository(),
    services: ({ state }) => ({ ${noun}s: new ${Noun}Service(state) }),
    routes: ({ ${noun}s }) => ${noun}Routes(${noun}s),
  })
`,
    [`${name}/${name}.test.ts`]: `import { memoryStorage } from '@corbel/adapters/memory'
import { createStack, fromEnv } from '@corbel/core'
import { silentLogger } from '@corbel/core/ports'
import { expect, test } from 'vitest'
import { ${noun} } from './${name}-module.ts'

const { fetch } = createStack({
  modules: [${noun}()],
  storage: memoryStorage(),
  settings: fromEnv({}),
  logger: silentLogger,
})

const call = (path: string, init?: RequestInit): Promise<Response> =>
  fetch(new Request(\`http://127.0.0.1/api/v1/${name}\${path}\`, init))

const create = (body: unknown): Promise<Response> =>
  call('', { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) })

test('a ${name} is created, listed and shown', async () => {
  const answer = await create({ name: 'first' })
  expect(answer.status).toBe(201)
  const made = (await answer.json()) as { readonly id: string }
  expect(await (await call('')).json()).toEqual({ data: [made] })
  expect(await (await call(\`/\${made.id}\`)).json()).toEqual(made)
})

test('what is not there, or not well formed, is a problem', async () => {
  expect(await (await call('/absent')).json()).toMatchObject({ status: 404, code: '${name}/not-found' })
  expect((await create({ name: '' })).status).toBe(400)
})
`,
  }
}
