import type { MailPreview } from '@corbel/core'
import {
  addressChangedMail,
  addressRequestedMail,
  newAddressMail,
  takenAddressMail,
} from './email-changes/email-change-mails.ts'
import { newDeviceMail } from './sessions/new-device-notice.ts'
import { magicLinkMail } from './magic-links/magic-link-mail.ts'
import { verificationMail } from './email-verifications/verification-mail.ts'
import { factorNoticeMail } from './factors/factor-notices.ts'
import { attemptsExhaustedMail, passwordChangedMail, resetMail } from './passwords/password-mails.ts'
import { repeatedRegistrationMail } from './sign-up/repeated-registration-mail.ts'
import { signUpInviteMail } from './sign-up-invites/sign-up-invite-mail.ts'
import { webhookDisabledMail } from './tenant-notices.ts'

/** Every mail of this module. They are about the safety of an account, and nobody can switch them off, but those to the owners of a tenant. */
export const authMails: readonly MailPreview[] = [
  verificationMail,
  magicLinkMail,
  repeatedRegistrationMail,
  resetMail,
  passwordChangedMail,
  attemptsExhaustedMail,
  factorNoticeMail,
  signUpInviteMail,
  webhookDisabledMail,
  newAddressMail,
  takenAddressMail,
  addressRequestedMail,
  addressChangedMail,
  newDeviceMail,
]
