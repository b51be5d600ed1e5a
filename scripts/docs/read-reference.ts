import { describeStack } from '../../examples/reference-host/src/describe-stack.ts'
import type { Reference } from './reference.ts'

/** The reference host's stack, which has every module. */
export const readReference = (): Promise<Reference> => describeStack()
