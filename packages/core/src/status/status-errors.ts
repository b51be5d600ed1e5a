import { defineErrors } from '../kernel/errors.ts'

export const StatusErrors = defineErrors('status', {
  unavailable: {
    status: 503,
    title: 'The status cannot be read right now.',
    fix: 'Try again in some seconds. GET /health/ready says which port does not answer.',
  },
  componentNotFound: {
    status: 404,
    title: 'There is no such component.',
    fix: 'List the components with GET /api/v1/status/components.',
  },
  unknownComponent: {
    status: 422,
    title: 'A component that is named does not exist, or is a group.',
    fix: 'Take ids of components from GET /api/v1/status/components; a group is affected by what is in it.',
  },
  groupNotFound: {
    status: 422,
    title: 'There is no such group, or this cannot be in one.',
    fix: 'Name a component of the kind "group". Groups are in no group and have no check and no state of their own.',
  },
  groupNotEmpty: {
    status: 409,
    title: 'There are components in the group.',
    fix: 'Move them to another group, or remove them first.',
  },
  tooManyComponents: {
    status: 409,
    title: 'There are as many components as there may be.',
    fix: 'Remove one that users of the product do not know by its name.',
  },
  changed: {
    status: 409,
    title: 'Somebody else changed it at the same moment.',
    fix: 'Read it again and repeat your change if it is still needed.',
  },
  incidentNotFound: {
    status: 404,
    title: 'There is no such incident.',
    fix: 'List the incidents with GET /api/v1/status/incidents.',
  },
  wrongState: {
    status: 409,
    title: 'The incident cannot take this state now.',
    fix: 'An incident that is resolved stays so and can get a postmortem. Open another one for what came back.',
  },
  tooManyUpdates: {
    status: 409,
    title: 'The incident has as many updates as it may have.',
    fix: 'Resolve it, and open another one for what goes on.',
  },
  maintenanceNotFound: {
    status: 404,
    title: 'There is no such maintenance.',
    fix: 'List them with GET /api/v1/status/maintenance.',
  },
  maintenanceEnded: {
    status: 409,
    title: 'The maintenance has ended.',
    fix: 'Schedule another one.',
  },
  maintenanceStarted: {
    status: 409,
    title: 'The maintenance has begun, so its beginning stays.',
    fix: 'Change its end, end it with the state "completed", or cancel it.',
  },
  invalidPeriod: {
    status: 422,
    title: 'The maintenance does not end after it begins, or it is over already.',
    fix: 'Give an endsAt that is later than startsAt and still to come.',
  },
  subscriptionNotFound: {
    status: 404,
    title: 'There is no such subscription.',
    fix: 'List them with GET /api/v1/status/subscriptions.',
  },
  invalidToken: {
    status: 422,
    title: 'The token does not fit, was used already, or came too late.',
    fix: 'Take the token of the newest message, within 24 hours, or subscribe again.',
  },
})
