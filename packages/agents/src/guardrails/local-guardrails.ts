import type { Guardrail } from './guardrail.ts'
import { passesLuhn } from './luhn.ts'

const wordStart = (text: string): number => text.length - (/\S+$/.exec(text)?.[0].length ?? 0)
// Numbers of cards and accounts are written in groups.
const groupStart = (text: string): number => {
  const start = text.search(/(?:\b[A-Z]{1,2})?[\d+(][\dA-Z\s().+-]*$/)
  return start === -1 ? wordStart(text) : Math.min(start, wordStart(text))
}

const secretForms: readonly RegExp[] = [
  /\bsk-[A-Za-z0-9_-]{20,}/,
  /\b(?:sk|rk|pk)_(?:live|test)_[A-Za-z0-9]{16,}/,
  /\bgh[pousr]_[A-Za-z0-9]{30,}/,
  /\bxox[abprs]-[A-Za-z0-9-]{10,}/,
  /\bAKIA[0-9A-Z]{16}\b/,
  /\bAIza[0-9A-Za-z_-]{35}/,
  /\beyJ[A-Za-z0-9_-]{10,}\.eyJ[A-Za-z0-9_-]{10,}\.[A-Za-z0-9_-]{10,}/,
  /-----BEGIN [A-Z ]*PRIVATE KEY-----/,
]

/** Keys and tokens by the forms in which the large providers issue them. */
export const secretsGuardrail: Guardrail = {
  name: 'secrets',
  summary: 'Refuses API keys, tokens and private keys.',
  stages: ['output', 'tool-input'],
  // "-----BEGIN RSA PRIVATE KEY-----" has blanks in it.
  pendingFrom: (text) => {
    const dashes = text.lastIndexOf('-----BEGIN')
    return dashes === -1 ? wordStart(text) : Math.min(dashes, wordStart(text))
  },
  check: ({ text }) =>
    secretForms.some((form) => form.test(text)) ? 'It holds a key or token, which is not passed on.' : null,
}

const cardForm = /\b\d(?:[ -]?\d){12,18}\b/g
const accountForm = /\b[A-Z]{2}\d{2}(?: ?[A-Z0-9]{4}){3,7}(?: ?[A-Z0-9]{1,3})?\b/
const socialSecurityForm = /\b(?!000|666|9\d\d)\d{3}-(?!00)\d{2}-(?!0000)\d{4}\b/

/** Numbers of payment cards, bank accounts (IBAN) and social security. */
export const personalDataGuardrail: Guardrail = {
  name: 'personal-data',
  summary: 'Refuses numbers of payment cards, bank accounts and social security.',
  stages: ['input', 'output', 'tool-input'],
  pendingFrom: groupStart,
  check: ({ text }) => {
    const hasCard = (text.match(cardForm) ?? []).some((digits) => passesLuhn(digits.replaceAll(/\D/g, '')))
    return hasCard || accountForm.test(text) || socialSecurityForm.test(text)
      ? 'It holds the number of a card, an account or a social security, which is not passed on.'
      : null
  },
}

const injectionForms: readonly RegExp[] = [
  /\b(?:ignore|disregard|forget)\b.{0,30}\b(?:previous|prior|above|earlier|all|your)\b.{0,30}\b(?:instructions?|prompts?|rules?)\b/i,
  /\b(?:reveal|print|show|repeat|output)\b.{0,30}\b(?:system|hidden|initial)\s+(?:prompt|instructions?|message)\b/i,
  /\byou are now\b.{0,40}\b(?:dan|jailbroken|unrestricted|developer mode)\b/i,
  /<\|(?:im_start|im_end|system|endoftext)\|>/i,
  /\[\/?INST\]|<<SYS>>/,
]

/** Phrases that take over a model. Heuristics: what they let pass is still bound by scopes and approvals. */
export const injectionGuardrail: Guardrail = {
  name: 'prompt-injection',
  summary: 'Refuses texts that tell the model to drop its instructions.',
  stages: ['input', 'tool-output'],
  check: ({ text }) =>
    injectionForms.some((form) => form.test(text.normalize('NFKC')))
      ? 'It tells the agent to drop its instructions.'
      : null,
}

/**
 * Links may lead only to these hosts and those below them: a link or picture with data in its address is how a model that was taken
 * over sends it out.
 */
export const urlGuardrail = (hosts: readonly string[]): Guardrail => ({
  name: 'urls',
  summary: `Refuses links to other hosts than ${hosts.join(', ') || 'none'}.`,
  stages: ['output', 'tool-input'],
  pendingFrom: wordStart,
  check: ({ text }) =>
    [...text.matchAll(/\bhttps?:\/\/[^\s<>"')\]]+/gi)].every(([link]) => isAllowed(link, hosts))
      ? null
      : 'It holds a link to a host that is not allowed.',
})

function isAllowed(link: string, hosts: readonly string[]): boolean {
  if (!URL.canParse(link)) return false
  const { hostname } = new URL(link)
  return hosts.some((host) => hostname === host || hostname.endsWith(`.${host}`))
}
