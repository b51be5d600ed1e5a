export { resendMailer, type ResendMailerOptions } from './resend-mailer.ts'
