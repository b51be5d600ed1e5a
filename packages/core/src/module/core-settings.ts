import { defineSettings } from './define-settings.ts'
import { profiles } from './profile.ts'
import { securityContact } from './security-txt.ts'
import { choice, integer, line, listOf, network, opaque, origin, url } from './setting-types.ts'
import { plainHttp } from './transport.ts'

/** What every stack reads, whatever its modules are. */
export const CoreSettings = defineSettings({
  profile: {
    env: 'CORBEL_PROFILE',
    section: 'application',
    summary: 'Where the stack runs; decides defaults, what is required and what is refused.',
    schema: choice(profiles),
    default: 'local',
    example: 'production',
  },
  appName: {
    env: 'APP_NAME',
    section: 'application',
    summary: 'Name of the product, as it stands in mails, in the API reference and on the service card.',
    schema: line(80),
    default: 'Corbel',
    example: 'Acme Cloud',
  },
  publicUrl: {
    env: 'APP_PUBLIC_URL',
    section: 'application',
    summary:
      'Address at which people reach the product. Links in mails and the issuer of tokens start with it.',
    schema: url(),
    default: 'http://127.0.0.1:3000',
    required: ['staging', 'production'],
    refuse: plainHttp,
    example: 'https://app.example.com',
  },
  securityContacts: {
    env: 'SECURITY_CONTACT',
    section: 'application',
    summary:
      'Where to report a vulnerability, best first; published at /.well-known/security.txt (RFC 9116). Absent: there is no such file.',
    schema: listOf('addresses that start with mailto:, https:// or tel:', securityContact),
    default: [],
    example: 'mailto:security@example.com,https://example.com/security',
  },
  allowedOrigins: {
    env: 'ALLOWED_ORIGINS',
    section: 'http',
    summary: 'Origins of front ends that may call the API from a browser. The public address is always one.',
    schema: listOf('origins such as https://app.example.com', origin),
    default: [],
    refuse: (origins: readonly string[]) => origins.map(plainHttp).find((reason) => reason !== null) ?? null,
    example: 'https://app.example.com,https://admin.example.com',
  },
  trustedProxies: {
    env: 'TRUSTED_PROXIES',
    section: 'http',
    summary:
      'Addresses or networks of the proxies whose X-Forwarded-For is believed. None: the peer is the client.',
    schema: listOf('IP addresses or networks such as 10.0.0.0/8', network),
    default: [],
    refuse: (networks: readonly string[]) =>
      networks.some((item) => item.endsWith('/0'))
        ? 'It trusts every address, so any caller could choose its own IP.'
        : null,
    example: '10.0.0.0/8,fd00::/8',
  },
  maxBodyBytes: {
    env: 'MAX_BODY_BYTES',
    section: 'http',
    summary: 'Largest request body in bytes; a larger one is answered with 413.',
    schema: integer({ min: 1024, max: 100 * 1024 * 1024 }),
    default: 1024 * 1024,
  },
  metricsToken: {
    env: 'METRICS_TOKEN',
    section: 'observability',
    summary: 'Bearer token for GET /metrics. Absent: only callers on this machine may read it.',
    schema: opaque(),
    secret: true,
    fix: 'Make one: openssl rand -base64 32',
  },
})
