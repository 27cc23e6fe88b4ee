import * as v from 'valibot'
import {EXIT_CODES, type ExitKind} from '../exit-codes.ts'
import type {Failure} from '../plan/events.ts'
import type {Outcome} from '../plan/outcome.ts'
import {type DefiniteReason, type DoomReason, SUSPICIONS} from '../rollout/verdict.ts'
import {releaseRef, workloadProgress, workloadRef} from './common-shapes.ts'
import {plan} from './plan-shape.ts'
import type {IsSame, Json} from './same.ts'

/** The shape of the outcome document, for its published schema. That it is the code's own is checked by the compiler. */
const time = v.pipe(v.number(), v.description('Milliseconds since 1970.'))
const duration = v.pipe(v.number(), v.description('Milliseconds.'))
const revision = v.pipe(v.number(), v.description("helm's revision."))

// The compiler says so when a reason is missing here.
const DEFINITE = Object.keys({
  'crash-loop': 0,
  'out-of-memory': 0,
  'probe-killed': 0,
  'image-not-found': 0,
  'image-denied': 0,
  'image-name-invalid': 0,
  'image-never-pulled': 0,
  'config-missing': 0,
  'cannot-run': 0,
  'admission-refused': 0,
  'job-failed': 0,
  'pod-failed': 0,
  'progress-deadline': 0,
  'claim-lost': 0,
  'condition-stalled': 0,
} satisfies Record<DefiniteReason, 0>) as DefiniteReason[]

export const doomReason = v.pipe(
  v.picklist<readonly DoomReason[]>([...DEFINITE, ...SUSPICIONS]),
  v.description('More may be added.'),
)

const doom = v.object({
  reason: doomReason,
  message: v.pipe(v.string(), v.description('One sentence for a person.')),
  pod: v.exactOptional(v.string()),
  container: v.exactOptional(v.string()),
  image: v.exactOptional(v.string()),
  evidence: v.pipe(v.string(), v.description("Kubernetes' own words.")),
  shownAtMs: v.exactOptional(time),
})

export const failure = v.variant('kind', [
  v.object({
    kind: v.literal('doomed'),
    release: releaseRef,
    workload: workloadRef,
    doom,
    sawAtMs: time,
    logs: v.pipe(v.array(v.string()), v.description('The last lines of the container.')),
    cause: v.exactOptional(v.pipe(v.string(), v.description('Which change most likely did it: a guess.'))),
  }),
  v.object({
    kind: v.literal('timed-out'),
    release: releaseRef,
    waitingFor: v.array(workloadProgress),
    timeoutMs: duration,
  }),
  v.object({kind: v.literal('helm-failed'), release: releaseRef, message: v.string()}),
  v.object({kind: v.literal('helmfile-failed'), message: v.string()}),
  v.object({
    kind: v.literal('changed-by-others'),
    release: releaseRef,
    expectedRevision: v.exactOptional(revision),
    foundRevision: v.exactOptional(revision),
    workload: v.exactOptional(workloadRef),
  }),
  v.object({
    kind: v.literal('outdated'),
    release: releaseRef,
    files: v.array(v.pipe(v.string(), v.description('What changed outside the charts repository.'))),
  }),
  v.object({kind: v.literal('not-as-recorded'), release: releaseRef, toRevision: revision}),
  v.object({kind: v.literal('interrupted'), signal: v.string()}),
  v.object({
    kind: v.literal('others-failed'),
    services: v.pipe(v.array(v.string()), v.description('Which this one goes back with (--together).')),
  }),
  v.object({kind: v.literal('lock-lost'), environment: v.string(), message: v.string()}),
  v.object({
    kind: v.literal('infrastructure'),
    message: v.string(),
    isForbidden: v.exactOptional(
      v.pipe(v.literal(true), v.description('The cluster answers, but a permission is missing.')),
    ),
  }),
])

export const exitKind = v.picklist(Object.keys(EXIT_CODES) as ExitKind[])

export const outcome = v.object({
  schema: v.literal(1),
  kind: v.pipe(exitKind, v.description('How it ended, one of the rows of docs/exit-codes.md.')),
  exitCode: v.number(),
  action: v.picklist(['deploy', 'rollback', 'resume', 'abort']),
  runId: v.string(),
  service: v.string(),
  summary: v.pipe(v.string(), v.description('One sentence for a person; its wording may change.')),
  releases: v.array(
    v.object({
      environment: v.string(),
      release: releaseRef,
      state: v.picklist(['deployed', 'unchanged', 'restored', 'removed', 'not-reached', 'not-restored']),
      revision: v.exactOptional(revision),
      toRevision: v.exactOptional(
        v.pipe(v.number(), v.description('Of what was brought back: the revision that it was before.')),
      ),
      images: v.pipe(v.array(v.string()), v.description('What it has now.')),
      digests: v.exactOptional(
        v.pipe(
          v.record(v.string(), v.string()),
          v.description('By image: its digest in the registry, of those images that it was asked for.'),
        ),
      ),
    }),
  ),
  failure: v.exactOptional(failure),
  plan: v.exactOptional(plan),
  next: v.exactOptional(v.pipe(v.string(), v.description('What to type next; its wording may change.'))),
  durationMs: duration,
  timings: v.exactOptional(
    v.object({
      verdictMs: v.pipe(
        v.number(),
        v.description('From the moment Kubernetes showed the decisive state to the verdict.'),
      ),
      backMs: v.pipe(
        v.number(),
        v.description('From the verdict to everything touched verified healthy again.'),
      ),
    }),
  ),
})

export const isFailureInStep: IsSame<v.InferOutput<typeof failure>, Json<Failure>> = true
export const isOutcomeInStep: IsSame<v.InferOutput<typeof outcome>, Json<Outcome>> = true
