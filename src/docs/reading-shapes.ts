import * as v from 'valibot'
import {EXIT_CODES, type ExitKind} from '../exit-codes.ts'
import type {Finding} from '../flow/doctor.ts'
import type {GitState} from '../flow/status-beside-git.ts'
import type {WrittenVersion} from '../flow/versions.ts'
import type {Frozen} from '../plan/frozen.ts'
import type {ReleaseStatus, UnfinishedStatus} from '../plan/status.ts'
import type {SandboxStatus} from '../sandbox/status.ts'
import {doomReason} from './outcome-shape.ts'
import {imageChange} from './plan-shape.ts'
import type {IsSame, Json} from './same.ts'
import type {LogDocument} from '../view/log-output.ts'

/** The documents of the commands that only look. That they are the code's own is checked by the compiler. */
const time = v.pipe(v.string(), v.description('RFC 3339.'))
const exitKind = v.picklist(Object.keys(EXIT_CODES) as ExitKind[])
const said = (text: string) => v.exactOptional(v.pipe(v.string(), v.description(text)))

const gitState = v.variant('kind', [
  v.object({kind: v.literal('as-in-git')}),
  v.object({
    kind: v.literal('differs'),
    images: v.array(imageChange),
    chart: said('The chart that git wants, where it is another one.'),
    changedObjects: v.number(),
  }),
  v.object({kind: v.literal('never-deployed')}),
])

const health = v.object({
  wanted: v.number(),
  ready: v.number(),
  troubles: v.array(
    v.object({
      workload: v.pipe(v.string(), v.description('Kind and name.')),
      state: v.picklist(['progressing', 'suspicious', 'doomed']),
      reason: v.exactOptional(doomReason),
      message: v.string(),
    }),
  ),
})

const overrideFrom = v.object({
  how: v.pipe(
    v.picklist(['deployed', 'rolled-back']),
    v.description('rolled-back: somebody went back to it while git named another.'),
  ),
  runId: v.exactOptional(v.string()),
  by: v.exactOptional(v.string()),
  at: v.exactOptional(time),
  message: v.exactOptional(v.string()),
})

export const releaseStatus = v.object({
  namespace: v.string(),
  name: v.string(),
  status: v.pipe(v.string(), v.description("helm's word, or not-installed.")),
  revision: v.exactOptional(v.number()),
  chart: v.exactOptional(v.string()),
  images: v.array(v.string()),
  since: v.exactOptional(time),
  mainImage: said('The one that a version means, where there are several.'),
  override: said('The version that runs, when git did not hold it as it was put there.'),
  overrideFrom: v.exactOptional(overrideFrom),
  wentBack: v.exactOptional(
    v.pipe(
      overrideFrom,
      v.description(
        "Somebody went back to its chart and configuration, and git does not hold them; the version may be git's.",
      ),
    ),
  ),
  given: v.exactOptional(v.array(v.string())),
  rolledBack: v.exactOptional(v.object({runId: v.string(), images: v.array(v.string())})),
  health: v.exactOptional(v.pipe(health, v.description('Its pods now; where one service was named.'))),
  changedByHand: v.exactOptional(
    v.pipe(
      v.array(v.string()),
      v.description('Kind and name of objects that were changed by hand since; with --pending only.'),
    ),
  ),
  commit: said('The commit of the charts repository it was deployed from.'),
  commitsAhead: v.exactOptional(
    v.pipe(v.number(), v.description('Commits since then that touched the service or its chart.')),
  ),
  by: v.exactOptional(v.string()),
  runId: v.exactOptional(v.string()),
  message: v.exactOptional(v.string()),
  git: v.exactOptional(gitState),
})

const unfinishedStatus = v.object({
  runId: v.string(),
  kind: v.picklist(['deploy', 'rollback']),
  state: v.pipe(
    v.picklist(['dead', 'paused', 'working', 'left']),
    v.description(
      'Its process died; it waits for resume or abort; it is under way; it failed and was left as it is (--no-rollback).',
    ),
  ),
  by: v.string(),
  from: v.string(),
  startedAt: time,
  environments: v.array(v.string()),
})

const lockedStatus = v.object({
  environment: v.string(),
  covers: v.pipe(
    v.picklist(['service', 'everything']),
    v.description('everything: with deploy lock --all, every service of that namespace.'),
  ),
  by: v.string(),
  from: v.string(),
  since: time,
  reason: v.string(),
})

export const statusDocument = v.object({
  schema: v.literal(1),
  services: v.array(
    v.object({
      service: v.pipe(v.string(), v.description('GROUP/NAME')),
      environments: v.array(
        v.object({
          name: v.string(),
          problem: said('Why it could not be read.'),
          releases: v.array(releaseStatus),
        }),
      ),
      unfinished: v.exactOptional(v.pipe(v.array(unfinishedStatus), v.description('Runs that have no end.'))),
      locked: v.exactOptional(v.pipe(v.array(lockedStatus), v.description('What persons have locked.'))),
    }),
  ),
})

// The record of one cluster is an API of its own, and grows: what is sure of it stands here.
const recorded = v.looseObject({
  schema: v.literal(1),
  runId: v.string(),
  kind: v.string(),
  startedAt: time,
  by: v.string(),
  from: v.string(),
  outcome: v.exactOptional(exitKind),
  releases: v.array(
    v.looseObject({
      name: v.string(),
      before: v.nullable(v.number()),
      after: v.nullable(v.number()),
      restored: v.nullable(v.number()),
      images: v.array(v.string()),
    }),
  ),
})

const historyRun = v.looseObject({
  service: v.string(),
  runId: v.string(),
  kind: v.pipe(v.string(), v.description('deploy, rollback, or unlock: a lock that was removed by force.')),
  startedAt: time,
  endedAt: v.exactOptional(time),
  by: v.pipe(v.string(), v.description('The person behind sudo, or the account; with the CI job.')),
  from: v.string(),
  message: v.exactOptional(v.string()),
  commit: v.exactOptional(v.string()),
  outcome: v.exactOptional(exitKind),
  environments: v.array(v.object({name: v.string(), namespace: v.string(), record: recorded})),
})

/** `runs` for the list, `run` where one was named. */
export const historyDocument = v.object({
  schema: v.literal(1),
  runs: v.exactOptional(v.array(historyRun)),
  run: v.exactOptional(historyRun),
  problems: v.array(v.object({service: v.string(), environment: v.string(), problem: v.string()})),
})

const finding = v.object({
  about: v.string(),
  result: v.variant('kind', [
    v.object({kind: v.literal('fine'), detail: v.string()}),
    v.object({kind: v.literal('problem'), detail: v.string(), cure: v.string(), exitKind}),
  ]),
})

export const doctorDocument = v.object({schema: v.literal(1), findings: v.array(finding)})

export const sandboxDocument = v.variant('kind', [
  v.object({schema: v.literal(1), kind: v.literal('absent'), name: v.string()}),
  v.object({
    schema: v.literal(1),
    kind: v.literal('present'),
    name: v.string(),
    dir: v.string(),
    chartsDir: v.string(),
    createdAt: time,
    nodes: v.picklist(['simulated', 'real']),
    clusters: v.array(
      v.object({
        cluster: v.picklist(['staging', 'eqiad', 'codfw']),
        server: v.string(),
        state: v.picklist(['up', 'half-up', 'down']),
        missing: v.array(v.string()),
        pods: v.exactOptional(v.object({running: v.number(), all: v.number()})),
      }),
    ),
    registry: v.object({url: v.string(), state: v.picklist(['up', 'down'])}),
  }),
])

const writtenVersion = v.object({
  environment: v.string(),
  release: v.string(),
  image: v.string(),
  version: v.string(),
  path: v.pipe(v.string(), v.description('Where in the values: main_app.version.')),
  file: v.pipe(v.string(), v.description('From the root of the charts repository.')),
})

export const versionsDocument = v.object({schema: v.literal(1), versions: v.array(writtenVersion)})

const podRef = {
  environment: v.string(),
  namespace: v.string(),
  release: v.string(),
  pod: v.string(),
  container: v.string(),
}

export const logDocument = v.variant('kind', [
  v.object({schema: v.literal(1), kind: v.literal('line'), text: v.string(), ...podRef}),
  v.object({
    schema: v.literal(1),
    kind: v.literal('pod'),
    isReady: v.boolean(),
    state: v.pipe(
      v.string(),
      v.description('What is to be said of a pod that is not ready, or could not be read.'),
    ),
    problem: v.exactOptional(v.pipe(v.string(), v.description('Why its log could not be read.'))),
    ...podRef,
  }),
  v.object({schema: v.literal(1), kind: v.literal('note'), text: v.string()}),
])

type Shown = ReleaseStatus & {git?: GitState}
export const isReleaseInStep: IsSame<v.InferOutput<typeof releaseStatus>, Json<Shown>> = true
export const isUnfinishedInStep: IsSame<v.InferOutput<typeof unfinishedStatus>, Json<UnfinishedStatus>> = true
export const isLockedInStep: IsSame<v.InferOutput<typeof lockedStatus>, Json<Frozen>> = true
export const isFindingInStep: IsSame<v.InferOutput<typeof finding>, Json<Finding>> = true
export const isLogInStep: IsSame<v.InferOutput<typeof logDocument>, Json<LogDocument>> = true
export const isVersionInStep: IsSame<v.InferOutput<typeof writtenVersion>, Json<WrittenVersion>> = true
export const isSandboxInStep: IsSame<
  v.InferOutput<typeof sandboxDocument>,
  Json<{schema: 1} & SandboxStatus>
> = true
