/** What a name resolves to in these tests, one list of addresses per name; every other name leads to the canary. */
export const planted: Readonly<Record<string, readonly string[]>> = {
  'mapped.test': ['::ffff:127.0.0.1'],
  'mapped-hex.test': ['::ffff:7f00:1'],
  'six.test': ['::1'],
  'unspecified.test': ['0.0.0.0'],
  'unspecified-six.test': ['::'],
  'first-public.test': ['192.0.43.7', '127.0.0.1'],
  'first-private.test': ['127.0.0.1', '192.0.43.7'],
  'shared.test': ['100.64.0.1'],
  'metadata.test': ['169.254.169.254'],
  'translated.test': ['64:ff9b::7f00:1'],
  'zone.test': ['fe80::1%lo'],
  'not-an-address.test': ['localhost'],
}

/** 60 and more ways to write an address that leads to this machine or its network; `PORT` is the canary's. */
export const ssrfCorpus: readonly string[] = [
  // Loopback, in the notations that inet_aton and URL parsers take
  'http://127.0.0.1:PORT/', 'http://127.0.0.1:PORT', 'http://127.1:PORT/', 'http://127.0.1:PORT/', 'http://2130706433:PORT/',
  'http://0x7f000001:PORT/', 'http://0x7F.1:PORT/', 'http://0x7f.0x0.0x0.0x1:PORT/', 'http://0177.0.0.1:PORT/', 'http://017700000001:PORT/',
  'http://0177.0x0.0.01:PORT/', 'http://127.0.0.1.:PORT/', 'http://127.127.127.127:PORT/', 'http://127.255.255.254:PORT/',
  'HTTP://127.0.0.1:PORT/', 'http:127.0.0.1:PORT/', 'http:/127.0.0.1:PORT/', 'http:\\\\127.0.0.1:PORT\\', 'http:///127.0.0.1:PORT/',
  ' http://127.0.0.1:PORT/', 'ht\ntp://127.0.0.1:PORT/', 'http://127.0.0\t.1:PORT/', 'http://%31%32%37.0.0.1:PORT/',
  'http://127%2e0%2e0%2e1:PORT/', 'http://①②⑦.⓪.⓪.①:PORT/', 'http://１２７.０.０.１:PORT/', 'http://127。0。0。1:PORT/', 'http://127．0．0．1:PORT/',
  // This network, which Linux connects to itself
  'http://0:PORT/', 'http://0.0.0.0:PORT/', 'http://0x0:PORT/', 'http://00000000:PORT/', 'http://0.0.0.1:PORT/',
  // IPv6
  'http://[::1]:PORT/', 'http://[0:0:0:0:0:0:0:1]:PORT/', 'http://[0000::0001]:PORT/', 'http://[::]:PORT/', 'http://[::127.0.0.1]:PORT/',
  'http://[::ffff:127.0.0.1]:PORT/', 'http://[::ffff:7f00:1]:PORT/', 'http://[::ffff:0:127.0.0.1]:PORT/', 'http://[0:0:0:0:0:FFFF:7F00:0001]:PORT/',
  'http://[64:ff9b::127.0.0.1]:PORT/', 'http://[64:ff9b:1::7f00:1]:PORT/', 'http://[2002:7f00:1::]:PORT/', 'http://[2001:0:7f00:1::]:PORT/',
  'http://[fe80::1]:PORT/', 'http://[fe80::1%25lo]:PORT/', 'http://[fd00:ec2::254]:PORT/', 'http://[fc00::1]:PORT/', 'http://[ff02::1]:PORT/',
  // Private networks and metadata
  'http://10.0.0.1:PORT/', 'http://172.16.0.1:PORT/', 'http://192.168.0.1:PORT/', 'http://100.64.0.1:PORT/', 'http://100.100.100.200:PORT/',
  'http://169.254.169.254:PORT/latest/meta-data/', 'http://0xa9fea9fe:PORT/', 'http://2852039166:PORT/', 'http://192.0.0.192:PORT/',
  'http://168.63.129.16:PORT/', 'http://255.255.255.255:PORT/', 'http://224.0.0.1:PORT/',
  // Credentials that look like a host, and schemes
  'http://example.com@127.0.0.1:PORT/', 'http://example.com:80@127.0.0.1:PORT/', 'http://127.0.0.1:PORT@127.0.0.1:PORT/', 'http://a:b@[::1]:PORT/',
  'ftp://127.0.0.1:PORT/', 'gopher://127.0.0.1:PORT/_GET', 'ws://127.0.0.1:PORT/', 'file://127.0.0.1:PORT/etc/passwd', 'unix:/tmp/sock:PORT',
  'http://127.0.0.1:PORT\\@example.com/', 'http://127.0.0.1:PORT#@example.com/', 'http://127.0.0.1:PORT?@example.com/',
  // Names
  'http://localhost:PORT/', 'http://LOCALHOST:PORT/', 'http://localhost.:PORT/', 'http://a.localhost:PORT/', 'http://ⓛⓞⓒⓐⓛⓗⓞⓢⓣ:PORT/',
  'http://127.0.0.1.nip.test:PORT/', 'https://localhost:PORT/', 'https://127.0.0.1:PORT/',
  ...Object.keys(planted).map((name) => `http://${name}:PORT/`),
] // prettier-ignore
