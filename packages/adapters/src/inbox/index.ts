export { inboxMailer, type InboxMailerOptions } from './inbox-mailer.ts'
