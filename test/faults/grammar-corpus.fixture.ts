// What Node's parser takes though the grammar has no such thing is left out: a request line of HTTP/2.0, which is answered as HTTP/1.1.

/** Requests that break the grammar of HTTP, or say two things at once. `TOKEN` is a good one: an answer of 200 was let in. */
const good = (line: string, ...headers: readonly string[]): string =>
  [line, 'Host: 127.0.0.1', 'Authorization: Bearer TOKEN', ...headers, '', ''].join('\r\n')

const get = (...headers: readonly string[]): string => good('GET /api/v1/auth/me HTTP/1.1', ...headers)
const target = (path: string): string => good(`GET ${path} HTTP/1.1`)

const json = 'Content-Type: application/json'
const post = (headers: readonly string[], body: string): string =>
  `${good('POST /api/v1/auth/logout/all HTTP/1.1', ...headers)}${body}`

/** A request inside another's body: an answer to it would be one too many. */
const smuggled = 'GET /api/v1/auth/me HTTP/1.1\r\nHost: 127.0.0.1\r\nAuthorization: Bearer TOKEN\r\n\r\n'

const framing: Readonly<Record<string, string>> = {
  'both a length and chunks': post(
    ['Content-Length: 4', 'Transfer-Encoding: chunked'],
    `0\r\n\r\n${smuggled}`,
  ),
  'both chunks and a length': post(
    ['Transfer-Encoding: chunked', 'Content-Length: 4'],
    `0\r\n\r\n${smuggled}`,
  ),
  'two lengths': post(['Content-Length: 0', `Content-Length: ${smuggled.length}`], smuggled),
  'a list of lengths': post([`Content-Length: 0, ${smuggled.length}`], smuggled),
  'a signed length': post(['Content-Length: +2', json], '{}'),
  'a negative length': post(['Content-Length: -1', json], '{}'),
  'a hexadecimal length': post(['Content-Length: 0x2', json], '{}'),
  'a length beyond 64 bits': post(['Content-Length: 99999999999999999999', json], '{}'),
  'an unknown coding': post(['Transfer-Encoding: xchunked'], `0\r\n\r\n${smuggled}`),
  'chunks that are not last': post(['Transfer-Encoding: chunked, identity'], `0\r\n\r\n${smuggled}`),
  'a coding after a vertical tab': post(['Transfer-Encoding: \x0bchunked'], `0\r\n\r\n${smuggled}`),
  'a space before the colon': post(['Transfer-Encoding : chunked'], `0\r\n\r\n${smuggled}`),
  'two codings': post(['Transfer-Encoding: chunked', 'Transfer-Encoding: identity'], `0\r\n\r\n${smuggled}`),
  'a chunk size of letters': post(['Transfer-Encoding: chunked', json], 'zz\r\n{}\r\n0\r\n\r\n'),
  'a chunk size beyond 64 bits': post(
    ['Transfer-Encoding: chunked', json],
    'FFFFFFFFFFFFFFFFF\r\n{}\r\n0\r\n\r\n',
  ),
  'a negative chunk size': post(['Transfer-Encoding: chunked', json], '-2\r\n{}\r\n0\r\n\r\n'),
  'a chunk longer than it says': post(['Transfer-Encoding: chunked', json], '1\r\n{}\r\n0\r\n\r\n'),
  'chunks ended by line feeds': post(['Transfer-Encoding: chunked', json], '2\n{}\n0\n\n'),
}

const hosts: Readonly<Record<string, string>> = {
  'two hosts': get('Host: evil.example'),
  'the same host twice': get('Host: 127.0.0.1'),
  'no host': 'GET /api/v1/auth/me HTTP/1.1\r\nAuthorization: Bearer TOKEN\r\n\r\n',
  'a host with a path': get().replace('Host: 127.0.0.1', 'Host: evil.example/x'),
  'a host with a user': get().replace('Host: 127.0.0.1', 'Host: a@evil.example'),
  'a host with a space': get().replace('Host: 127.0.0.1', 'Host: evil example'),
  'a host with a list': get().replace('Host: 127.0.0.1', 'Host: 127.0.0.1, evil.example'),
  'a port of letters': get().replace('Host: 127.0.0.1', 'Host: evil.example:8x'),
}

const targets: Readonly<Record<string, string>> = {
  'an authority': target('evil.example:443'),
  'an asterisk': target('*'),
  connect: good('CONNECT evil.example:443 HTTP/1.1'),
  'an absolute form of another scheme': target('gopher://127.0.0.1/api/v1/auth/me'),
  'a percent sign alone': target('/api/v1/auth/me%'),
  'a percent sign and no digits': target('/api/v1/auth/me%zz'),
  'an encoded NUL': target('/api/v1/auth/me%00'),
  'overlong UTF-8': target('/api/v1/auth/%c0%ae%c0%ae/auth/me'),
  'an encoded slash': target('/api/v1/auth%2fme'),
  'two slashes': target('//api/v1/auth/me'),
  'a backslash': target('/api/v1/auth\\me'),
  'a step up': target('/api/v1/x/../auth/me'),
  'an encoded step up': target('/api/v1/x/%2e%2e/auth/me'),
  'raw bytes': target('/api/v1/auth/me\xff\xfe'),
  'a NUL in the target': target('/api/v1/auth/me\0'),
  'a space in the target': target('/api/v1/auth/me /x'),
  'a tab in the target': target('/api/v1/auth/me\t/x'),
}

const lines: Readonly<Record<string, string>> = {
  'a folded header': get('X-A: 1\r\n folded'),
  'a header folded by a tab': get('X-A: 1\r\n\tfolded'),
  'a NUL in a header': get('X-A: a\0b'),
  'a bare carriage return in a header': get('X-A: a\rb'),
  'a space in the name of a header': get('X A: 1'),
  'no name of a header': get(': 1'),
  'a header without a colon': get('X-A'),
  'a control character in the name': get('X\x01A: 1'),
  'a header before the first': get().replace('HTTP/1.1\r\n', 'HTTP/1.1\r\n X-A: 1\r\n'),
  'HTTP/0.9': 'GET /api/v1/auth/me\r\n\r\n',
  'the preface of HTTP/2': 'PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n',
  'HTTP/9.9': good('GET /api/v1/auth/me HTTP/9.9'),
  'a protocol in small letters': good('GET /api/v1/auth/me http/1.1'),
  'a method in small letters': good('get /api/v1/auth/me HTTP/1.1'),
  'a method with a NUL': good('G\0T /api/v1/auth/me HTTP/1.1'),
  'an unknown method': good('BREW /api/v1/auth/me HTTP/1.1'),
  'a method of 100 KB': good(`${'G'.repeat(100_000)} /api/v1/auth/me HTTP/1.1`),
  'a hello of TLS': '\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03'.padEnd(512, '\x07'),
  'nothing but zeros': '\0'.repeat(4096),
}

export const grammarCorpus: Readonly<Record<string, string>> = { ...framing, ...hosts, ...targets, ...lines }
