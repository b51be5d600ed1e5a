/** Names of this machine: what is sent to them crosses no network. An empty host is a Unix socket. */
export const isLoopback = (hostname: string): boolean =>
  hostname === '' ||
  hostname === 'localhost' ||
  hostname.endsWith('.localhost') ||
  hostname === '[::1]' ||
  /^127(\.\d{1,3}){3}$/.test(hostname)

/** For `refuse`: why production does not take this web address, or null. */
export function plainHttp(address: string): string | null {
  const url = URL.parse(address)
  return url?.protocol === 'http:' && !isLoopback(url.hostname)
    ? 'It starts with http://, so everything would travel in the clear.'
    : null
}

const encrypted = new Set(['require', 'verify-ca', 'verify-full'])

/** For `refuse`: why production does not take this Postgres connection string, or null. */
export function plainPostgres(connection: string): string | null {
  const url = URL.parse(connection)
  if (url === null || encrypted.has(url.searchParams.get('sslmode') ?? '')) return null
  // libpq and pg let ?host= override the host of the address; a path is a Unix socket.
  const host = url.searchParams.get('host') ?? url.hostname
  if (host.startsWith('/') || isLoopback(host)) return null
  return 'The server is on another machine and sslmode does not demand encryption, so everything would travel in the clear.'
}

/** For `refuse`: why production does not take this Redis address, or null. */
export function plainRedis(address: string): string | null {
  const url = URL.parse(address)
  if (url === null || isLoopback(url.hostname)) return null
  if (url.protocol !== 'rediss:')
    return 'The server is on another machine and the address does not start with rediss://, so everything would travel in the clear.'
  return url.password === '' ? 'The server is on another machine and asks for no password.' : null
}
