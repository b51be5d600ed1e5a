import { Resolver } from 'node:dns'
import {
  choice,
  defineSettings,
  flag,
  integer,
  jsonOrPairs,
  line,
  listOf,
  network,
  opaque,
  origin,
  plainHttp,
  plainPostgres,
  plainRedis,
  url,
} from '@corbel/core'
import { AgentsHostSettings } from './agents-host-settings.ts'
import { SecretStoreSettings } from './secret-store-settings.ts'

/** What this host needs beyond the stack: where it listens, and what it turns into clients for the adapters. */
export const HostSettings = defineSettings({
  host: {
    env: 'HOST',
    section: 'application',
    summary: 'Address on which the server listens.',
    schema: line(255),
    default: '127.0.0.1',
    example: '0.0.0.0',
  },
  port: {
    env: 'PORT',
    section: 'application',
    summary: 'Port on which the server listens; 0 takes any free one.',
    schema: integer({ max: 65_535 }),
    default: 3000,
  },
  stallTimeout: {
    env: 'HTTP_STALL_TIMEOUT',
    section: 'http',
    summary:
      'Seconds in which a client must send its headers, keep to the least rate of a body, and take some of an answer; else its connection ends.',
    schema: integer({ min: 1, max: 300 }),
    default: 8,
  },
  minBodyRate: {
    env: 'HTTP_MIN_BODY_RATE',
    section: 'http',
    summary:
      'Least bytes per second of a request body, measured over each HTTP_STALL_TIMEOUT. A steady upload may take as long as it needs.',
    schema: integer({ min: 1, max: 1_000_000 }),
    default: 500,
  },
  shutdownDelay: {
    env: 'SHUTDOWN_DELAY',
    section: 'application',
    summary:
      'Seconds for which a host that stops is not ready but still accepts requests, so that load balancers notice before it refuses them.',
    schema: integer({ max: 10 }),
    default: { local: 0, staging: 5, production: 5 },
  },
  workers: {
    env: 'CORBEL_WORKERS',
    section: 'application',
    summary:
      'Where events are delivered and jobs are done. host: in every host. apart: in processes of their own, started with "npm run worker"; needs DATABASE_URL.',
    schema: choice(['host', 'apart']),
    default: 'host',
  },
  workerPort: {
    env: 'WORKER_PORT',
    section: 'application',
    summary:
      'Port on which a worker apart answers /health, /health/ready and /metrics; 0 takes any free one.',
    schema: integer({ max: 65_535 }),
    default: 3001,
  },
  dataDir: {
    env: 'CORBEL_DATA_DIR',
    section: 'application',
    summary: 'Folder of the embedded database, of the mail inbox and of generated keys.',
    schema: line(1024),
    default: '.corbel',
  },
  logLevel: {
    env: 'LOG_LEVEL',
    section: 'observability',
    summary: 'Least level that is logged.',
    schema: choice(['debug', 'info', 'warn', 'error']),
    default: 'info',
  },
  databaseUrl: {
    env: 'DATABASE_URL',
    section: 'database',
    summary: 'Connection string of Postgres. Absent: an embedded database in the data folder.',
    schema: url(['postgres:', 'postgresql:']),
    secret: true,
    required: ['staging', 'production'],
    refuse: plainPostgres,
    fix: 'Set postgres://<user>:<password>@<host>:5432/<database>?sslmode=verify-full as your Postgres provider shows it.',
  },
  databasePoolSize: {
    env: 'DATABASE_POOL_SIZE',
    section: 'database',
    summary: 'Most connections to Postgres that this process holds.',
    schema: integer({ min: 1, max: 1000 }),
    default: 10,
  },
  databasePoolTimeout: {
    env: 'DATABASE_POOL_TIMEOUT',
    section: 'database',
    summary: 'Longest wait for a connection, in seconds. A request that waits longer is better refused.',
    schema: integer({ min: 1, max: 300 }),
    default: 1,
  },
  databasePoolRecycle: {
    env: 'DATABASE_POOL_RECYCLE',
    section: 'database',
    summary: 'Age in seconds at which a connection is replaced by a new one; 0 keeps it.',
    schema: integer({ max: 86_400 }),
    default: 1800,
  },
  databasePipelined: {
    env: 'DATABASE_PIPELINED',
    section: 'database',
    summary:
      'Whether statements are prepared and reads share two more connections. false behind a PgBouncer before 1.21 in transaction mode.',
    schema: flag(),
    default: true,
  },
  databaseRowSecurity: {
    env: 'DATABASE_ROW_SECURITY',
    section: 'database',
    summary:
      'require: a start fails under a role that sees through row-level security, as a superuser does. ignore: it is not looked at, in the profile local only.',
    schema: choice(['require', 'ignore']),
    default: 'require',
    refuse: (policy) => (policy === 'ignore' ? 'tenants are kept apart by the application alone' : null),
    fix: 'Leave it out, and connect as a role that is no superuser and has no BYPASSRLS.',
  },
  redisUrl: {
    env: 'REDIS_URL',
    section: 'redis',
    summary:
      'Redis that the replicas share: cache and rate limits. Absent: each process has its own, which production refuses.',
    schema: url(['redis:', 'rediss:']),
    secret: true,
    required: ['production'],
    refuse: plainRedis,
    fix: 'Set rediss://:<password>@<host>:6379/0 as your Redis provider shows it.',
  },
  autoRunMigrations: {
    env: 'AUTO_RUN_MIGRATIONS',
    section: 'database',
    summary: 'Whether pending migrations are applied at start. Otherwise a start with pending ones fails.',
    schema: flag(),
    default: { local: true, staging: false, production: false },
  },
  secretKey: {
    env: 'SECRET_KEY',
    section: 'secrets',
    summary: 'Seals the file of signing keys, which are lost without it.',
    schema: opaque()
      .refine((secret) => secret.length >= 32)
      .describe('a secret of at least 32 characters'),
    secret: true,
    required: ['local', 'staging', 'production'],
    fix: 'Make one and keep it: openssl rand -base64 32',
  },
  keyStorageBackend: {
    env: 'AUTH_KEY_STORAGE_BACKEND',
    section: 'secrets',
    summary:
      'Where signing and sealing keys are kept. file: a sealed file. vault: HashiCorp Vault, as one secret or, with VAULT_TRANSIT_KEY, in its Transit engine.',
    schema: choice(['file', 'vault']),
    default: 'file',
  },
  vaultAddress: {
    env: 'VAULT_ADDR',
    section: 'secrets',
    summary: 'Address of Vault. Required when AUTH_KEY_STORAGE_BACKEND or SECRETS_PROVIDER is vault.',
    schema: url(),
    refuse: plainHttp,
    example: 'https://vault.example.com:8200',
  },
  vaultToken: {
    env: 'VAULT_TOKEN',
    section: 'secrets',
    summary:
      'Token for Vault that somebody else renews. Absent: VAULT_ROLE_ID, VAULT_JWT_ROLE or VAULT_CLIENT_CERT_PATH signs in.',
    schema: opaque(),
    secret: true,
  },
  vaultRoleId: {
    env: 'VAULT_ROLE_ID',
    section: 'secrets',
    summary: 'AppRole with which this host signs in to Vault.',
    schema: line(255),
  },
  vaultSecretId: {
    env: 'VAULT_SECRET_ID',
    section: 'secrets',
    summary: 'Secret of the AppRole.',
    schema: opaque(),
    secret: true,
  },
  vaultJwtRole: {
    env: 'VAULT_JWT_ROLE',
    section: 'secrets',
    summary: 'Role with which this host signs in to Vault by the token of its workload, in VAULT_JWT_PATH.',
    schema: line(255),
  },
  vaultJwtPath: {
    env: 'VAULT_JWT_PATH',
    section: 'secrets',
    summary: 'File with the token of the workload, which is read at every sign-in to Vault.',
    schema: line(1024),
    default: '/var/run/secrets/kubernetes.io/serviceaccount/token',
  },
  vaultClientCertPath: {
    env: 'VAULT_CLIENT_CERT_PATH',
    section: 'secrets',
    summary: 'Certificate (PEM) with which this host signs in to Vault; its key is in VAULT_CLIENT_KEY_PATH.',
    schema: line(1024),
  },
  vaultClientKeyPath: {
    env: 'VAULT_CLIENT_KEY_PATH',
    section: 'secrets',
    summary: 'Key (PEM) of the certificate for Vault.',
    schema: line(1024),
  },
  vaultCaPath: {
    env: 'VAULT_CA_PATH',
    section: 'secrets',
    summary: 'Authorities (PEM) that the certificate of Vault must come from. Absent: those of Node.',
    schema: line(1024),
  },
  vaultNamespace: {
    env: 'VAULT_NAMESPACE',
    section: 'secrets',
    summary: 'Namespace of Vault Enterprise. Absent: none.',
    schema: line(255),
  },
  vaultTransitKey: {
    env: 'VAULT_TRANSIT_KEY',
    section: 'secrets',
    summary:
      'Name of the Transit keys <name>-sign and <name>-seal, which never leave Vault. Absent: keys are one secret, used in this process.',
    schema: line(100),
    when: { env: 'AUTH_KEY_STORAGE_BACKEND', equals: 'vault' },
    example: 'corbel',
  },
  secretsProvider: {
    env: 'SECRETS_PROVIDER',
    section: 'secrets',
    summary:
      'Where "corbel secrets" keeps secrets, and "corbel env run --secrets" takes them from. none: nowhere. file: a sealed file. vault: HashiCorp Vault. aws, azure, gcp, infisical: AWS Secrets Manager, Azure Key Vault, Google Secret Manager, Infisical.',
    schema: choice(['none', 'file', 'vault', 'aws', 'azure', 'gcp', 'infisical']),
    default: 'none',
  },
  secretsPath: {
    env: 'SECRETS_PATH',
    section: 'secrets',
    summary: 'Sealed file of secrets. Absent: secrets.json in the data folder.',
    schema: line(1024),
    when: { env: 'SECRETS_PROVIDER', equals: 'file' },
    example: '/var/lib/corbel/secrets.json',
  },
  keyStoragePath: {
    env: 'AUTH_KEY_STORAGE_PATH',
    section: 'secrets',
    summary:
      'Sealed file of signing keys, which every replica must share. Absent: keys.json in the data folder.',
    schema: line(1024),
    example: '/var/lib/corbel/keys.json',
  },
  outboundNetworks: {
    env: 'OUTBOUND_ALLOWED_NETWORKS',
    section: 'http',
    summary:
      'Networks besides the public internet that addresses given by users may lead to: webhooks, probes, tools.',
    schema: listOf('IP addresses or networks such as 10.0.0.0/8', network),
    default: [],
    refuse: (networks: readonly string[]) =>
      networks.some((item) => item.endsWith('/0'))
        ? 'every address of your own network can be reached'
        : null,
    fix: 'Name the few networks that tenants may reach, or leave it out.',
  },
  ssoPlainHttpOrigins: {
    env: 'SSO_PLAIN_HTTP_ORIGINS',
    section: 'auth',
    summary:
      'Origins of identity providers that may be spoken to without TLS, such as one in a container on this machine; it must be in OUTBOUND_ALLOWED_NETWORKS too.',
    schema: listOf('origins such as http://localhost:8080', origin),
    default: [],
    refuse: (origins: readonly string[]) =>
      origins.length > 0 ? 'whoever is on the way can sign in as anybody' : null,
    fix: 'Connect to providers over https, and leave it out.',
  },
  dnsServers: {
    env: 'DNS_SERVERS',
    section: 'auth',
    summary:
      'Name servers that are asked whether a tenant has proved a domain; without, those of the machine.',
    schema: listOf('IP addresses with or without a port, such as 9.9.9.9 or 127.0.0.1:5353', nameServer),
    default: [],
    example: '9.9.9.9,1.1.1.1',
  },
  resendEnabled: {
    env: 'RESEND_EMAIL_ENABLED',
    section: 'mail',
    summary:
      'Whether mail is sent by Resend. Otherwise it is written to the inbox in the data folder, which production refuses.',
    schema: flag(),
    default: false,
    example: 'true',
  },
  resendApiKey: {
    env: 'RESEND_API_KEY',
    section: 'mail',
    summary: 'API key of Resend with the right to send.',
    schema: opaque(),
    secret: true,
    required: ['local', 'staging', 'production'],
    when: { env: 'RESEND_EMAIL_ENABLED', equals: 'true' },
    fix: 'Create a key with sending access at https://resend.com/api-keys.',
  },
  resendFrom: {
    env: 'RESEND_DEFAULT_FROM',
    section: 'mail',
    summary: 'Sender of every mail; its domain must be verified at Resend.',
    schema: line(320),
    required: ['local', 'staging', 'production'],
    when: { env: 'RESEND_EMAIL_ENABLED', equals: 'true' },
    example: 'Acme <no-reply@acme.example>',
  },
  resendBaseUrl: {
    env: 'RESEND_BASE_URL',
    section: 'mail',
    summary: 'Address of the API of Resend.',
    schema: url(),
    default: 'https://api.resend.com',
    refuse: plainHttp,
    when: { env: 'RESEND_EMAIL_ENABLED', equals: 'true' },
  },
  slackBotToken: {
    env: 'SLACK_BOT_TOKEN',
    section: 'notifications',
    summary: 'Token of a Slack bot with the scope chat:write. Absent: nothing is told to Slack.',
    schema: opaque(),
    secret: true,
    fix: 'Create an app with the bot scope chat:write at https://api.slack.com/apps and install it.',
  },
  slackChannels: {
    env: 'SLACK_CHANNELS',
    section: 'notifications',
    summary:
      'Ids of the Slack channels that are told, by the names that STATUS_NOTIFIER_CHANNELS and TENANT_NOTIFIER_CHANNELS use.',
    schema: jsonOrPairs(),
    default: {},
    example: 'status=C0123456789',
  },
  slackBaseUrl: {
    env: 'SLACK_BASE_URL',
    section: 'notifications',
    summary: 'Address of the API of Slack.',
    schema: url(),
    default: 'https://slack.com/api',
    refuse: plainHttp,
  },
  geoIpProvider: {
    env: 'GEOIP_PROVIDER',
    section: 'auth',
    summary:
      'Who says where a sign-in came from, for people to read in their list of sessions. none: nobody. maxmind: a file on this machine. ipinfo: a service that is told the addresses.',
    schema: choice(['none', 'maxmind', 'ipinfo']),
    default: 'none',
  },
  geoIpMaxmindPath: {
    env: 'GEOIP_MAXMIND_PATH',
    section: 'auth',
    summary: 'Database of cities of MaxMind. It is read again when it is replaced, as geoipupdate does.',
    schema: line(1024),
    required: ['local', 'staging', 'production'],
    when: { env: 'GEOIP_PROVIDER', equals: 'maxmind' },
    example: '/var/lib/GeoIP/GeoLite2-City.mmdb',
  },
  geoIpIpinfoToken: {
    env: 'GEOIP_IPINFO_TOKEN',
    section: 'auth',
    summary: 'Token of IPinfo.',
    schema: opaque(),
    secret: true,
    required: ['local', 'staging', 'production'],
    when: { env: 'GEOIP_PROVIDER', equals: 'ipinfo' },
    fix: 'Take it from https://ipinfo.io/dashboard.',
  },
  geoIpIpinfoBaseUrl: {
    env: 'GEOIP_IPINFO_BASE_URL',
    section: 'auth',
    summary: 'Address of the API of IPinfo.',
    schema: url(),
    default: 'https://ipinfo.io',
    refuse: plainHttp,
    when: { env: 'GEOIP_PROVIDER', equals: 'ipinfo' },
  },
  stripeSecretKey: {
    env: 'STRIPE_SECRET_KEY',
    section: 'billing',
    summary:
      'Secret or restricted key of Stripe. Absent: with the embedded database a local gateway that moves no money, which production refuses; with another database none.',
    schema: opaque(),
    secret: true,
    fix: 'Take it from https://dashboard.stripe.com/apikeys.',
  },
  stripeBaseUrl: {
    env: 'STRIPE_BASE_URL',
    section: 'billing',
    summary: 'Address of the API of Stripe.',
    schema: url(),
    default: 'https://api.stripe.com',
    refuse: plainHttp,
  },
  ...SecretStoreSettings,
  ...AgentsHostSettings,
})

/** As the resolver of Node takes it. */
function nameServer(item: string): string | undefined {
  try {
    new Resolver().setServers([item])
    return item
  } catch {
    return undefined
  }
}
