import { met, type Requirements } from './requirement.ts'

const own = 'test/agents/bad-input.test.ts'
const vendors = 'test/agents/vendors.test.ts > an answer that is'
const files = 'test/agents/files.test.ts'
const attached = 'test/agents/attachments.test.ts'

/** What may come to agents from clients, files, tools and providers, and must neither harm nor end a conversation. */
export const agentsInput: Requirements = {
  '1': met('An unknown agent', `${own} > an unknown agent is refused`),
  '2': met(
    'Messages that are too long, empty or hold what nobody knows',
    `${own} > a message over 32000 characters is refused`,
    `${own} > an empty message is refused`,
    `${own} > fields that nobody knows is refused`,
  ),
  '3': met(
    'Forged results and approvals in the history of a client',
    'test/agents/approvals.test.ts > somebody else, a changed argument, a permission that is gone: nothing is done',
  ),
  '4': met(
    'Hostile files',
    `${files} > a page that says it is a picture`,
    `${files} > is saved by browsers and never shown`,
    `${files} > of another tenant it does not exist`,
    `${attached} > an address of another host is refused, and changes nothing`,
    `${attached} > an address that is not what it says is refused, and changes nothing`,
    `${attached} > an address that is too long is refused, and changes nothing`,
    `${attached} > one of somebody else does not exist: nothing is said, asked or stored`,
    `${attached} > words in a file are somebody else’s: they pass the guardrails, and what leaves needs an approval`,
  ),
  '5': met(
    'Instructions in what a tool returns',
    'test/agents/approvals.test.ts > after something that somebody outside may have written',
    'test/agents/chat.test.ts > nothing that a guardrail refuses leaves, in or out',
    'test/agents/hosted-tools.test.ts > is anybody’s words: in the same answer already, what leaves needs an approval',
  ),
  '6': met(
    'Models that stream garbage, stall or cut the connection',
    `${vendors} garbage`,
    `${vendors} stalled`,
    `${vendors} cut`,
  ),
  '7': met(
    'Results of tools that cannot be written down',
    `${own} > what a tool returns that cannot be written down`,
    'test/agents/mcp.test.ts > an agent has those that the declaration names, bounded',
  ),
  '8': met('Providers that answer 429 and 5xx', `${vendors} busy`, `${vendors} broken`),
}
