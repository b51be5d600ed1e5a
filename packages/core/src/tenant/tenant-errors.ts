import { defineErrors } from '../kernel/errors.ts'

export const TenantErrors = defineErrors('tenant', {
  notFound: {
    status: 404,
    title: 'There is no such tenant.',
    fix: 'Check the id. A tenant that you do not belong to answers the same.',
  },
  slugTaken: {
    status: 409,
    title: 'A tenant with this slug exists.',
    fix: 'Choose another slug.',
  },
  alreadyMember: {
    status: 409,
    title: 'The user is already a member of this tenant.',
    fix: 'Change the role of the membership instead of adding it again.',
  },
  webhookNotFound: {
    status: 404,
    title: 'There is no such webhook.',
    fix: 'Check the id. A webhook of another tenant answers the same.',
  },
  webhookChanged: {
    status: 409,
    title: 'The webhook was changed at the same moment.',
    fix: 'Read it again and repeat your change.',
  },
  webhookChallengeFailed: {
    status: 422,
    title: 'The address did not answer the challenge.',
    fix: 'Have it answer the POST with a status of 2xx and {"challenge":"<the challenge it was sent>"} as JSON.',
  },
  tooManyWebhooks: {
    status: 409,
    title: 'The tenant has as many webhooks as it may have.',
    fix: 'Remove one that is not needed, or let one receive more types of events.',
  },
  unknownEventType: {
    status: 422,
    title: 'There is no event of this type.',
    fix: 'Take types from "webhooks" in /openapi.json, or only "*" for all of them.',
  },
  activityNotFound: {
    status: 404,
    title: 'There is no such activity.',
    fix: 'List it with GET /api/v1/activity; it is forgotten after 90 days.',
  },
  contactClosed: {
    status: 503,
    title: 'The contact form is closed.',
    fix: 'Operators open it with CONTACT_RECIPIENT.',
  },
  tooManyMessages: {
    status: 429,
    title: 'Too many messages came from this address.',
    fix: 'Wait as long as Retry-After says.',
  },
  logsClosed: {
    status: 404,
    title: 'Lines of front ends are not taken here.',
    fix: 'Operators open it with FRONTEND_LOG_SECRET.',
  },
  logSignatureInvalid: {
    status: 401,
    title: 'The line is not signed with the secret of this host.',
    fix: 'Send x-log-signature: sha256=<HMAC-SHA256 of the body in hex>, keyed with FRONTEND_LOG_SECRET.',
  },
  invalidLog: {
    status: 400,
    title: 'The line cannot be logged.',
    fix: 'Send {"level","message","fields"} as JSON of at most 16,384 bytes, with at most 32 flat fields.',
  },
  memberNotFound: {
    status: 404,
    title: 'There is no such member of this tenant.',
    fix: 'List the members with GET /api/v1/tenants/members.',
  },
  lastOwner: {
    status: 409,
    title: 'The tenant would be left without an owner.',
    fix: 'Make another member an owner first, or hand the role over with POST /api/v1/tenants/ownership-transfer.',
  },
  roleNotYours: {
    status: 403,
    title: 'The role reaches further than yours.',
    fix: 'Ask a member who has this role: nobody gives, changes or takes away a role above their own.',
  },
  roleNotFound: {
    status: 404,
    title: 'There is no such role.',
    fix: 'List those of your tenant with GET /api/v1/tenants/roles. A role of another tenant answers the same.',
  },
  roleNameTaken: {
    status: 409,
    title: 'The tenant has a role of this name.',
    fix: 'Choose another name.',
  },
  roleChanged: {
    status: 409,
    title: 'The role was changed at the same moment.',
    fix: 'Read it again and repeat your change.',
  },
  roleInUse: {
    status: 409,
    title: 'A member has the role, or a pending invitation gives it.',
    fix: 'Give these members another role and revoke these invitations first.',
  },
  tooManyRoles: {
    status: 409,
    title: 'The tenant has as many roles as it may have.',
    fix: 'Remove one that nobody has.',
  },
  unknownPermission: {
    status: 422,
    title: 'There is no such permission for a role.',
    fix: 'Take scopes that admins have; what only owners or operators may do is in no other role.',
  },
  invitationPending: {
    status: 409,
    title: 'An invitation for this address is pending.',
    fix: 'Send it again with POST /api/v1/tenants/invites/{id}/resend, or revoke it first.',
  },
  invitationNotFound: {
    status: 404,
    title: 'There is no such pending invitation.',
    fix: 'List them with GET /api/v1/tenants/invites.',
  },
  invalidInvitation: {
    status: 400,
    title: 'The invitation is not valid.',
    fix: 'It may have been accepted, withdrawn, replaced by a later mail or expired, or be for another address: ask whoever invited you for another one.',
  },
  notActive: {
    status: 403,
    title: 'The tenant is not active.',
    fix: 'Ask the operators of the platform why. What belongs to you as a person still works, and so do your other tenants.',
  },
  operatorReasonInvalid: {
    status: 400,
    title: 'The reason for reading in a suspended tenant is missing.',
    fix: 'Send X-Operator-Reason with 3 to 256 characters; it goes into the audit trail of the tenant.',
  },
  statusUnavailable: {
    status: 503,
    title: 'It cannot be told right now whether the tenant is active.',
    fix: 'Repeat the request; it is refused rather than answered for a tenant that may be closed.',
  },
  wrongStatus: {
    status: 409,
    title: 'The tenant is not in a state from which this is possible.',
    fix: 'Suspend active tenants, reactivate suspended ones, erase deprovisioned ones; GET /api/v1/platform/tenants/{id} shows the state.',
  },
  settingsStale: {
    status: 412,
    title: 'The settings were changed since you read them.',
    fix: 'Read them again, apply your change to what you find, and send its ETag in If-Match.',
  },
})
