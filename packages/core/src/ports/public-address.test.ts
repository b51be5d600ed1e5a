import { expect, test } from 'vitest'
import { addressRule, isPublicAddress } from './public-address.ts'

test.each([
  '1.1.1.1', '8.8.8.8', '9.255.255.255', '11.0.0.0', '100.63.255.255', '100.128.0.0', '126.255.255.255', '128.0.0.0', '169.253.255.255',
  '172.15.255.255', '172.32.0.0', '191.255.255.255', '192.0.1.0', '192.167.255.255', '192.169.0.0', '198.17.255.255', '198.20.0.0',
  '223.255.255.255', '::ffff:8.8.8.8', '64:ff9b::8.8.8.8', '2001:200::1', '2003::1', '2606:4700:4700::1111', '2a00:1450::1',
  '3ffe:ffff::1',
])('%s is public', (address) => expect(isPublicAddress(address)).toBe(true)) // prettier-ignore

test.each([
  '0.0.0.0', '0.255.255.255', '10.0.0.0', '10.255.255.255', '100.64.0.0', '100.127.255.255', '127.0.0.0', '127.255.255.255',
  '168.63.129.16', '169.254.0.0', '169.254.255.255', '172.16.0.0', '172.31.255.255', '192.0.0.1', '192.0.0.255', '192.0.2.255', '192.88.99.1',
  '192.168.0.0', '192.168.255.255', '198.18.0.0', '198.19.255.255', '198.51.100.1', '203.0.113.255', '224.0.0.0', '239.255.255.255',
  '240.0.0.0', '255.255.255.255', '::', '::1', '::7f00:1', '::ffff:127.0.0.1', '::ffff:0:127.0.0.1', '64:ff9b::7f00:1', '64:ff9b:1::8.8.8.8', '100::1',
  '2001::1', '2001:2::1', '2001:10::1', '2001:1ff:ffff::1', '2001:db8::1', '2002:808:808::1', '3fff:fff::1', '4000::1', '5f00::1', 'fc00::1', 'fdff::1',
  'fe80::1', 'febf::1', 'fec0::1', 'ff02::1', 'ffff::1',
])('%s is not', (address) => expect(isPublicAddress(address)).toBe(false)) // prettier-ignore

test.each([
  '',
  'localhost',
  '1.1.1',
  '01.1.1.1',
  '1.1.1.1 ',
  '1.1.1.1/32',
  'fe80::1%eth0',
  '[2a00::1]',
  '2a00:::1',
])('what is not an address is not public: %j', (text) => expect(isPublicAddress(text)).toBe(false))

test('a rule accepts public addresses and those that it is told', () => {
  const accepts = addressRule(['10.1.0.0/16', 'fd00::/8'])
  expect(['1.1.1.1', '10.1.2.3', '::ffff:10.1.2.3', 'fd12::1'].map(accepts)).toEqual([true, true, true, true])
  expect(['10.2.0.1', '127.0.0.1', 'fe80::1', ''].map(accepts)).toEqual([false, false, false, false])
  expect(() => addressRule(['intranet'])).toThrow('is not a network')
})
