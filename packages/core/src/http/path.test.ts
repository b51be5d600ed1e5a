import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { isCanonicalPath, parseTarget, requestTarget } from './path.ts'

describe('isCanonicalPath', () => {
  it.each([
    '/',
    '/a',
    '/a/',
    '/.well-known/jwks.json',
    '/a-b/c_d~e',
    '/notes/caf%C3%A9',
    '/a/...',
    "/a/(b)'c;d=1:@",
    '/%20x',
    `/${'a'.repeat(2047)}`,
  ])('takes %s', (path) => expect(isCanonicalPath(path)).toBe(true))

  it.each([
    '',
    'a',
    '*',
    '//',
    '/a//b',
    '/a/.',
    '/a/..',
    '/./a',
    '/../a',
    '/a/%2e%2e/b',
    '/a/.%2E',
    '/a\\b',
    '/a%5cb',
    '/a%2Fb',
    '/a%00',
    '/a%0a',
    '/a%7f',
    '/a%c2%85',
    '/%',
    '/%zz',
    '/%c0%af',
    '/%ed%a0%80',
    '/%ff',
    '/caf\u00e9',
    '/a b',
    '/a"b',
    '/a<b',
    '/a|b',
    '/a\0',
    '/a\u0085',
    `/${'a'.repeat(2048)}`,
  ])('refuses %j', (path) => expect(isCanonicalPath(path)).toBe(false))

  it('takes the path of any URL only as that URL would be read again', () => {
    fc.assert(
      fc.property(
        fc.string({
          unit: fc.constantFrom('/', '.', '%', '2', 'e', 'f', 'E', '\\', 'a', '0', 'é', '?', ';'),
        }),
        (text) => {
          const path = `/${text}`
          if (isCanonicalPath(path)) expect(new URL(path, 'http://x').pathname).toBe(path)
        },
      ),
    )
  })
})

describe('targets', () => {
  it('are cut out of a normalized URL', () => {
    expect(requestTarget('https://x/')).toBe('/')
    expect(requestTarget('http://user@x:1/a/b?c=/d#e?f')).toBe('/a/b?c=/d')
    expect(requestTarget(new Request('https://x?q=1').url)).toBe('/?q=1')
  })

  it('have a path and a query', () => {
    expect(parseTarget('/a')).toEqual({ path: '/a', query: '' })
    expect(parseTarget('/a?')).toEqual({ path: '/a', query: '' })
    expect(parseTarget('/a?b=//..?%2f')).toEqual({ path: '/a', query: 'b=//..?%2f' })
    expect(() => parseTarget('/a/')).toThrow(expect.objectContaining({ code: 'http/not-found' }))
    expect(() => parseTarget('/a?\u00e9')).toThrow(expect.objectContaining({ code: 'http/invalid-path' }))
  })
})
