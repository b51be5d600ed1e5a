import { dictionary } from '@zxcvbn-ts/language-common'
import { describe, expect, it } from 'vitest'
import { contextWords, isBlocklisted } from './password-blocklist.ts'

const none: readonly string[] = []

describe('the blocklist', () => {
  it('holds the 3,000 most used passwords that satisfy the shorter length rule, and all that satisfy the longer one', async () => {
    const listed = dictionary['passwords-common']
    const ofEight = listed.filter((word) => word.length >= 8).slice(0, 3000)
    const ofFifteen = listed.filter((word) => word.length >= 15)
    expect([ofEight.length, ofFifteen.length]).toEqual([3000, 41])
    for (const word of [...ofEight, ...ofFifteen])
      expect(`${word} ${await isBlocklisted(word, none)}`).toBe(`${word} true`)
  })

  it('holds what people make of them to reach fifteen characters', async () => {
    const most = dictionary['passwords-common'].filter((word) => word.length >= 6).slice(0, 1000)
    const made = most.flatMap((word) => [
      `${word}${word}${word}`,
      `${word}1234567890`,
      `${word.toUpperCase()}-2026-aaaaaaa`,
      `qwertyuiop${word}!`,
    ])
    const long = made.filter((word) => word.length >= 15)
    expect(long.length).toBeGreaterThan(3000)
    for (const word of long) expect(`${word} ${await isBlocklisted(word, none)}`).toBe(`${word} true`)
  })

  it.each([
    'aaaaaaaaaaaaaaaa',
    'abababababababab',
    'abcdefghijklmnop',
    '1234567890123456',
    'qwertyuiopasdfghjkl',
    '1qaz2wsx3edc4rfv5tgb',
    'P@ssw0rdP@ssw0rd',
    'Password-Password-1',
    'letmein letmein 99',
    'mnbvcxz0987654321',
    '                ',
  ])('holds %j', async (password) => {
    expect(await isBlocklisted(password, none)).toBe(true)
  })

  it.each([
    'correct horse battery staple',
    'another good password',
    'we keep two grey cats',
    'xq7vNw2kLp9mZr4t',
    'k9#Lq2vX',
    'žluťoučký kůň úpěl',
    '密码学与隐私保护研究院的花园里',
  ])('lets %j through', async (password) => {
    expect(await isBlocklisted(password, none)).toBe(false)
  })

  it('knows the names around an account', async () => {
    const context = contextWords(['ada.lovelace@analytical.example', 'Analytical Engines', 'Corbel', null])
    for (const password of [
      'ada.lovelace@analytical.example',
      'Lovelace-Analytical-42',
      'CorbelCorbelCorbel',
      'analytical engines 2026',
      'corbel password 123',
    ])
      expect(`${password} ${await isBlocklisted(password, context)}`).toBe(`${password} true`)
    expect(await isBlocklisted('Lovelace-Analytical-42', none)).toBe(false)
  })

  it('answers for the longest password, and for hostile ones', async () => {
    const longest = 'ab1'.repeat(42)
    expect(await isBlocklisted(longest, none)).toBe(true)
    expect(await isBlocklisted('\ud83c\udf31'.repeat(64), none)).toBe(true)
    expect(await isBlocklisted('__proto__constructor', none)).toBe(false)
  })
})
