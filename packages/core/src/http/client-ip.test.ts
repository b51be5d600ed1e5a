import { describe, expect, it } from 'vitest'
import { parseCidr, parseIp } from '../kernel/cidr.ts'
import { createClientIp, ipBucket, isLoopback } from './client-ip.ts'

const hex = (text: string): string | null => {
  const address = parseIp(text)
  return address && [...address].map((byte) => byte.toString(16).padStart(2, '0')).join('')
}

describe('parseIp', () => {
  it.each([
    ['192.0.2.1', 'c0000201'],
    ['::', '0'.repeat(32)],
    ['::1', `${'0'.repeat(31)}1`],
    ['2001:db8::8:800:200c:417A', '20010db80000000000080800200c417a'],
    ['1:2:3:4:5:6:7:8', '00010002000300040005000600070008'],
    ['1:2:3:4:5:6:7::', '00010002000300040005000600070000'],
    ['64:ff9b::192.0.2.33', '0064ff9b0000000000000000c0000221'],
    ['::ffff:10.0.0.1', '0a000001'],
    ['::FFFF:0a00:0001', '0a000001'],
  ])('reads %s', (text, expected) => expect(hex(text)).toBe(expected))

  it.each([
    '',
    '1.2.3',
    '1.2.3.256',
    '01.2.3.4',
    '1.2.3.4.5',
    '1.2.3.4 ',
    '::1::',
    ':::',
    '1:2:3:4:5:6:7',
    '1:2:3:4:5:6:7:8:9',
    '12345::',
    'g::',
    '1:2:3:4:5:6:7:8::',
    '[::1]',
    '10.0.0.1:80',
    'localhost',
    '1.2.3.4::',
  ])('refuses %j', (text) => expect(parseIp(text)).toBeNull())
})

describe('parseCidr', () => {
  it.each([
    ['10.0.0.0/8', '10.255.255.255', '11.0.0.0'],
    ['192.168.16.0/20', '192.168.31.255', '192.168.32.0'],
    ['0.0.0.0/0', '255.1.2.3', '::1'],
    ['127.0.0.1', '127.0.0.1', '127.0.0.2'],
    ['fd00::/8', 'fdff::1', 'fe00::'],
    ['2001:db8::/33', '2001:db8:7fff::', '2001:db8:8000::'],
    ['::ffff:10.0.0.0/104', '10.1.1.1', '11.0.0.0'],
  ])('%s holds %s but not %s', (network, inside, outside) => {
    const contains = parseCidr(network)
    const address = (text: string): Uint8Array => parseIp(text) ?? new Uint8Array(0)
    expect([contains(address(inside)), contains(address(outside))]).toEqual([true, false])
  })

  it.each(['', '10.0.0.0/33', '10.0.0.0/-1', '10.0.0.0/a', '10.0.0.0/8/8', '10.0.0.0/', 'x/8', '::/129'])(
    'refuses %j',
    (text) => {
      expect(() => parseCidr(text)).toThrow('is not a network')
    },
  )
})

describe('createClientIp', () => {
  const clientIp = createClientIp(['10.0.0.0/8', 'fd00::/8'])

  it.each([
    ['no header', '10.0.0.1', null, '10.0.0.1'],
    ['an untrusted peer that forges the header', '203.0.113.5', '198.51.100.1', '203.0.113.5'],
    ['one proxy', '10.0.0.1', '203.0.113.5', '203.0.113.5'],
    ['a caller that forges an address in front', '10.0.0.1', '198.51.100.1, 203.0.113.5', '203.0.113.5'],
    ['two proxies', '10.0.0.1', '203.0.113.5, 10.0.0.2', '203.0.113.5'],
    ['a forged address that looks like a proxy', '10.0.0.1', '10.9.9.9, 203.0.113.5', '203.0.113.5'],
    ['only proxies', '10.0.0.1', '10.0.0.3, 10.0.0.2', '10.0.0.3'],
    ['a malformed hop', '10.0.0.1', '203.0.113.5, nonsense', '10.0.0.1'],
    ['a malformed hop that nobody vouches for', '10.0.0.1', 'nonsense, 203.0.113.5', '203.0.113.5'],
    ['an empty header', '10.0.0.1', '', '10.0.0.1'],
    ['a mapped peer', '::ffff:10.0.0.1', '203.0.113.5', '203.0.113.5'],
    ['a mapped untrusted peer', '::ffff:203.0.113.9', '198.51.100.1', '203.0.113.9'],
    ['an IPv6 proxy', 'fd00::1', '2001:db8::7', '2001:db8::7'],
    ['no peer', undefined, '203.0.113.5', null],
  ])('%s', (_name, peer, header, expected) => expect(clientIp(peer, header)).toBe(expected))

  it('trusts nobody by default and refuses a network it cannot read', () => {
    expect(createClientIp([])('127.0.0.1', '203.0.113.5')).toBe('127.0.0.1')
    expect(() => createClientIp(['loopback'])).toThrow('"loopback" is not a network')
  })
})

it.each([
  ['203.0.113.5', '203.0.113.5'],
  ['::ffff:203.0.113.5', '203.0.113.5'],
  ['2001:db8:1:2:3:4:5:6', '2001:db8:1:2::/64'],
  ['2001:db8:1:2::', '2001:db8:1:2::/64'],
  ['fe80::1%eth0', 'fe80:0:0:0::/64'],
  [null, 'unknown'],
  ['nonsense', 'unknown'],
])('ipBucket(%j) is %s', (ip, bucket) => expect(ipBucket(ip)).toBe(bucket))

it.each([
  ['127.0.0.1', true],
  ['127.9.9.9', true],
  ['::1', true],
  ['::ffff:127.0.0.1', true],
  ['10.0.0.1', false],
  ['::2', false],
  [undefined, false],
  ['localhost', false],
])('isLoopback(%j) is %s', (peer, expected) => expect(isLoopback(peer)).toBe(expected))
