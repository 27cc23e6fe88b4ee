import * as v from 'valibot'
import type {Plan} from '../plan/plan.ts'
import {releaseRef, workloadRef} from './common-shapes.ts'
import {change, drift} from './drift-shape.ts'
import {digestedFiles, ridesAlong} from './ride-along-shape.ts'
import type {IsSame, Json} from './same.ts'

/** The shape of a plan, for the published schemas. That it is the code's own is checked by the compiler. */
const environmentClass = v.picklist(['staging', 'production'])
export const role = v.picklist(['canary', 'whole', 'rest'])
const chart = v.object({name: v.string(), version: v.string()})
const optionalNumber = v.exactOptional(v.number())

const tree = v.object({
  root: v.string(),
  commit: v.exactOptional(v.string()),
  commitTime: v.exactOptional(v.string()),
  branch: v.exactOptional(v.string()),
  state: v.variant('kind', [
    v.object({kind: v.literal('clean')}),
    v.object({kind: v.literal('dirty'), files: v.array(v.string())}),
    v.object({kind: v.literal('off-upstream'), detail: v.string()}),
    v.object({kind: v.literal('not-git')}),
  ]),
})

export const imageChange = v.object({
  workload: workloadRef,
  container: v.string(),
  before: v.exactOptional(v.string()),
  after: v.exactOptional(v.string()),
  digest: v.exactOptional(
    v.pipe(v.string(), v.description('Of the image after, as the registry told it before the change.')),
  ),
})

const step = v.object({
  release: releaseRef,
  action: v.variant('kind', [
    v.object({kind: v.literal('install'), fromRevision: optionalNumber}),
    v.object({kind: v.literal('upgrade'), fromRevision: optionalNumber}),
    v.object({kind: v.literal('rollback'), fromRevision: optionalNumber, toRevision: v.number()}),
    v.object({kind: v.literal('uninstall'), fromRevision: optionalNumber}),
    v.object({kind: v.literal('verify'), fromRevision: optionalNumber, toRevision: v.number()}),
  ]),
  repair: v.exactOptional(
    v.pipe(
      v.variant('kind', [
        v.object({kind: v.literal('rollback'), status: v.string(), toRevision: v.number()}),
        v.object({kind: v.literal('uninstall'), status: v.string()}),
      ]),
      v.description('helm was cut off while it wrote, and refuses the next change: this is done first.'),
    ),
  ),
  chart: v.object({before: v.exactOptional(chart), after: chart}),
  images: v.array(imageChange),
  runs: v.exactOptional(
    v.pipe(
      v.object({before: v.array(v.string()), after: v.array(v.string())}),
      v.description('Every image, also those that stay.'),
    ),
  ),
  changes: v.array(change),
  hooks: v.pipe(
    v.array(
      v.object({
        objectKind: v.string(),
        namespace: v.string(),
        name: v.string(),
        when: v.pipe(v.array(v.string()), v.description("helm's words: pre-upgrade, test …")),
        runs: v.pipe(v.array(v.string()), v.description('At which of them this run makes it run.')),
        change: v.exactOptional(change),
      }),
    ),
    v.description("The chart's hooks that will run, or that differ."),
  ),
  workloads: v.array(workloadRef),
  timeoutMs: v.number(),
  override: v.exactOptional(v.pipe(v.string(), v.description('The version that was given beside git.'))),
  gitVersion: v.exactOptional(
    v.pipe(v.string(), v.description('The version that git holds, where that was looked at.')),
  ),
  imageOf: v.exactOptional(
    v.pipe(v.number(), v.description('The revision whose image it is given, when an image is rolled back.')),
  ),
  given: v.pipe(
    v.array(v.string()),
    v.description('The values that were given beside git, as flags; secret ones are hidden.'),
  ),
  ridesAlong: v.exactOptional(v.pipe(ridesAlong, v.description('What comes along beside the version.'))),
  values: v.exactOptional(v.pipe(v.string(), v.description('Keyed digest of what helm is given.'))),
  isHeld: v.boolean(),
  recreatesPods: v.pipe(v.boolean(), v.description('All pods are deleted and start anew at once.')),
})

const fallback = v.variant('kind', [
  v.object({
    kind: v.picklist(['rollback', 'verify']),
    release: releaseRef,
    toRevision: v.number(),
    workloads: v.array(workloadRef),
    timeoutMs: v.number(),
  }),
  v.object({kind: v.literal('uninstall'), release: releaseRef, timeoutMs: v.number()}),
])

const stage = v.object({
  name: v.string(),
  environment: v.string(),
  environmentClass,
  server: v.string(),
  role,
  selectors: v.array(v.string()),
  steps: v.array(step),
  windowMs: v.number(),
  gate: v.variant('kind', [
    v.object({kind: v.literal('none')}),
    v.object({kind: v.literal('confirm'), question: v.string()}),
  ]),
  fallback: v.array(fallback),
})

export const plan = v.object({
  schema: v.literal(1),
  kind: v.picklist(['deploy', 'rollback', 'image-rollback', 'abort']),
  service: v.object({group: v.string(), name: v.string()}),
  tree,
  stages: v.array(stage),
  unchanged: v.array(
    v.object({
      environment: v.string(),
      releases: v.array(
        v.object({
          namespace: v.string(),
          name: v.string(),
          revision: v.number(),
          images: v.array(v.string()),
        }),
      ),
    }),
  ),
  skipped: v.array(v.object({environment: v.string(), environmentClass, reason: v.string()})),
  notInstalledHere: v.array(
    v.object({
      environment: v.string(),
      release: releaseRef,
      found: v.exactOptional(
        v.pipe(
          v.picklist(['installed', 'nothing', 'unknown']),
          v.description('Whether helm has it there all the same.'),
        ),
      ),
    }),
  ),
  onFailure: v.exactOptional(
    v.pipe(
      v.literal('leave'),
      v.description('What fails is left as it is; the fallback waits for deploy abort.'),
    ),
  ),
  finishes: v.exactOptional(
    v.pipe(
      v.object({runId: v.string(), standing: v.array(v.string())}),
      v.description('The unfinished run that this plan goes on with, or undoes, and what stands where.'),
    ),
  ),
  undoes: v.exactOptional(
    v.pipe(
      v.array(v.object({environment: v.string(), runId: v.string(), text: v.string()})),
      v.description('The runs that going back undoes.'),
    ),
  ),
  done: v.exactOptional(
    v.pipe(
      v.array(stage),
      v.description('Stages of that run that are healthy already; they go back with the others.'),
    ),
  ),
  refusals: v.array(
    v.object({
      exitKind: v.picklist(['declined', 'not-found', 'usage', 'bad-render', 'forbidden', 'locked']),
      message: v.string(),
      hint: v.string(),
    }),
  ),
  warnings: v.array(v.string()),
  drift: v.pipe(v.array(drift), v.description('What was changed by hand since it was deployed.')),
  outside: v.pipe(
    v.array(v.object({environment: v.string(), files: digestedFiles})),
    v.description('Files outside the charts repository that values come from, as keyed digests.'),
  ),
})

export const isPlanInStep: IsSame<v.InferOutput<typeof plan>, Json<Plan>> = true
