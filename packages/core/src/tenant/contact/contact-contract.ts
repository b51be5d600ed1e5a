import { anyone } from '../../contract/access.ts'
import { defineContract } from '../../contract/contract.ts'
import { empty, json } from '../../contract/media.ts'
import { TenantErrors } from '../tenant-errors.ts'
import { ContactMessage } from './contact.ts'

export const contactContract = defineContract('contact', '/api/v1/contact', {
  send: {
    method: 'POST',
    path: '',
    access: anyone,
    summary: 'Write to the operators',
    description:
      'Goes out as a mail. website is a field that the form hides from people: for whoever fills it nothing is sent. At most 3 an hour from one address of mail.',
    body: json(ContactMessage),
    success: empty(202),
    errors: [TenantErrors.contactClosed, TenantErrors.tooManyMessages],
    rateLimit: { name: 'contact', by: 'ip', limit: 20, window: '1h' },
  },
})
