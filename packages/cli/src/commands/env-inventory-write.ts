export { write as action } from './env-inventory.ts'
