/** What a stack needs beside itself, for a machine of a developer. */
export const services = ['postgres', 'redis', 'vault', 'collector'] as const
export type Service = (typeof services)[number]

/** Ports are bound to this machine alone. The password comes from a file that only its owner reads. */
const definitions: Readonly<Record<Service, string>> = {
  postgres: `  postgres:
    image: postgres:17
    environment:
      POSTGRES_DB: corbel
      POSTGRES_USER: corbel
      POSTGRES_PASSWORD: \${POSTGRES_PASSWORD:?}
    ports: ['127.0.0.1:5432:5432']
    volumes: ['postgres:/var/lib/postgresql/data']
    healthcheck:
      test: ['CMD', 'pg_isready', '--username', 'corbel']
      interval: 2s
      retries: 30
`,
  redis: `  redis:
    image: redis:8
    command: ['sh', '-c', 'exec redis-server --requirepass "$$REDIS_PASSWORD" --maxmemory-policy noeviction']
    environment:
      REDIS_PASSWORD: \${REDIS_PASSWORD:?}
    ports: ['127.0.0.1:6379:6379']
    healthcheck:
      test: ['CMD-SHELL', 'REDISCLI_AUTH="$$REDIS_PASSWORD" redis-cli ping | grep -q PONG']
      interval: 2s
      retries: 30
`,
  vault: `  vault:
    image: openbao/openbao:2
    command: ['server', '-dev', '-dev-listen-address=0.0.0.0:8200']
    environment:
      BAO_DEV_ROOT_TOKEN_ID: \${VAULT_TOKEN:?}
    cap_add: ['IPC_LOCK']
    ports: ['127.0.0.1:8200:8200']
`,
  collector: `  collector:
    image: otel/opentelemetry-collector:0.135.0
    ports: ['127.0.0.1:4317:4317', '127.0.0.1:4318:4318']
`,
}

/** A Compose file of these services, in the order in which they are declared. */
export function composeFile(wanted: readonly Service[]): string {
  const chosen = services.filter((service) => wanted.includes(service))
  return [
    '# Made by "corbel infra compose write". The passwords stand in compose.env, which belongs to no repository.',
    'name: corbel',
    'services:',
    chosen.map((service) => definitions[service]).join(''),
  ]
    .join('\n')
    .concat(chosen.includes('postgres') ? 'volumes:\n  postgres:\n' : '')
}

const secretNames: Readonly<Partial<Record<Service, string>>> = {
  postgres: 'POSTGRES_PASSWORD',
  redis: 'REDIS_PASSWORD',
  vault: 'VAULT_TOKEN',
}

/** The secrets that these services need. */
export const secretsOf = (wanted: readonly Service[]): readonly string[] =>
  services.flatMap((service) => {
    const name = wanted.includes(service) ? secretNames[service] : undefined
    return name === undefined ? [] : [name]
  })
