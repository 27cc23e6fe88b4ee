import * as v from 'valibot'
import type {DeployEvent} from '../plan/events.ts'
import {releaseRef, workloadProgress} from './common-shapes.ts'
import {failure, outcome} from './outcome-shape.ts'
import {plan, role} from './plan-shape.ts'
import type {IsSame, Json} from './same.ts'

/** The shape of the event stream, for its published schema. That it is the code's own is checked by the compiler. */
const atMs = v.pipe(v.number(), v.description('Milliseconds since 1970.'))
const ofStage = {atMs, stage: v.string()}
const ofRelease = {...ofStage, release: releaseRef}

export const event = v.variant('kind', [
  v.object({
    kind: v.literal('run-started'),
    atMs,
    runId: v.string(),
    service: v.string(),
    environments: v.array(v.string()),
  }),
  v.object({kind: v.literal('reading-started'), atMs, what: v.string()}),
  v.object({kind: v.literal('plan-made'), atMs, plan}),
  v.object({kind: v.literal('announced'), atMs, text: v.string()}),
  v.object({kind: v.literal('stage-started'), ...ofStage, releases: v.array(releaseRef)}),
  v.object({
    kind: v.literal('release-started'),
    ...ofRelease,
    isWritten: v.exactOptional(
      v.pipe(v.literal(true), v.description('helm had written it before; only its health is to be seen.')),
    ),
  }),
  v.object({kind: v.literal('release-applied'), ...ofRelease, durationMs: v.number()}),
  v.object({
    kind: v.literal('release-progressed'),
    ...ofRelease,
    workloads: v.array(workloadProgress),
    budgetLeftMs: v.number(),
  }),
  v.object({kind: v.literal('release-ready'), ...ofRelease, durationMs: v.number()}),
  v.object({kind: v.literal('window-started'), ...ofStage, windowMs: v.number(), role}),
  v.object({kind: v.literal('stage-finished'), ...ofStage, durationMs: v.number()}),
  v.object({kind: v.literal('stage-failed'), ...ofStage, failure}),
  v.object({kind: v.literal('fallback-started'), ...ofStage, steps: v.number(), reason: v.string()}),
  v.object({kind: v.literal('release-restored'), ...ofRelease, toRevision: v.exactOptional(v.number())}),
  v.object({kind: v.literal('fallback-progressed'), ...ofRelease, workloads: v.array(workloadProgress)}),
  v.object({kind: v.literal('fallback-verified'), ...ofStage, durationMs: v.number()}),
  v.object({kind: v.literal('fallback-failed'), ...ofRelease, message: v.string(), command: v.string()}),
  v.object({kind: v.literal('interrupt-received'), atMs, signal: v.string()}),
  v.object({kind: v.literal('noted'), atMs, text: v.string()}),
  v.object({kind: v.literal('command-run'), atMs, command: v.string()}),
  v.object({kind: v.literal('run-finished'), atMs, outcome}),
])

export const isEventInStep: IsSame<v.InferOutput<typeof event>, Json<DeployEvent>> = true
