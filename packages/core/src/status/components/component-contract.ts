import * as z from 'zod'
import { scope } from '../../contract/access.ts'
import { defineContract } from '../../contract/contract.ts'
import { created, empty, json, ok } from '../../contract/media.ts'
import { idSchema } from '../../kernel/id.ts'
import { StatusErrors } from '../status-errors.ts'
import { StatusPermissions } from '../status-permissions.ts'
import { Component, ComponentChange, NewComponent } from './component.ts'

const access = scope(StatusPermissions.manage.scope)
const params = z.object({ id: idSchema('cmp') })

export const componentContract = defineContract('status-components', '/api/v1/status/components', {
  list: {
    method: 'GET',
    path: '',
    access,
    summary: 'List the components of the status page with their checks, as they stand on the page',
    success: ok(z.object({ data: z.array(Component).readonly() })),
  },
  create: {
    method: 'POST',
    path: '',
    access,
    summary: 'Add a component or a group to the status page',
    body: json(NewComponent),
    success: created(Component),
    errors: [StatusErrors.groupNotFound, StatusErrors.tooManyComponents],
  },
  update: {
    method: 'PATCH',
    path: '/{id}',
    access,
    summary: 'Change a component, its check or its place, or set its state by hand',
    params,
    body: json(ComponentChange),
    success: ok(Component),
    errors: [StatusErrors.componentNotFound, StatusErrors.groupNotFound, StatusErrors.changed],
  },
  remove: {
    method: 'DELETE',
    path: '/{id}',
    access,
    summary: 'Remove a component and its history, or an empty group',
    params,
    success: empty(204),
    errors: [StatusErrors.componentNotFound, StatusErrors.groupNotEmpty],
  },
})
