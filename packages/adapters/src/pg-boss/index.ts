export { pgBossQueue, type PgBossQueueOptions } from './pg-boss-queue.ts'
