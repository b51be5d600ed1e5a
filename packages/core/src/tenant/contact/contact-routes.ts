import { implement, type Route } from '../../http/implement.ts'
import { contactContract } from './contact-contract.ts'
import type { ContactService } from './contact-service.ts'

export const contactRoutes = (contact: ContactService): readonly Route[] =>
  implement(contactContract, { send: ({ body }) => contact.send(body) })
