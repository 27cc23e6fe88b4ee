import type {DoomReason, SuspicionReason} from '../../src/rollout/verdict.ts'
import type {CaseObject} from './case-objects.ts'

/** One thing that happens to a deployment on a real node, and what has to come of it. */
export type Case = {
  /** Also its service, its namespace and its fixture. */
  name: string
  /** For people: the first column of the table in docs/rollout.md. */
  title: string
  /** Of the object that is recorded. */
  kind?: string
  /** What runs before; nothing, when left out. */
  before?: readonly CaseObject[]
  /** What the cluster's administrator has put there meanwhile. */
  given?: readonly object[]
  objects: readonly CaseObject[]
  expected: 'ready' | DoomReason
  /** What has to be seen on the way, and pass. */
  suspected?: SuspicionReason
  cluster?: 'staging' | 'codfw'
  /** How long it has to stay healthy, where that matters. */
  windowSeconds?: number
  /** In place of the default, which is longer than a test should be. */
  graceSeconds?: Partial<Record<DoomReason, number>>
  crashLoopExits?: number
}
