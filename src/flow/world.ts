import type {Identity} from '../charts/policy.ts'
import type {Settings} from '../charts/settings.ts'
import type {EventBody, Failure} from '../plan/events.ts'
import type {ServiceFacts, TreeFacts} from '../plan/facts.ts'
import type {PlanOptions} from '../plan/guards.ts'
import type {Stage} from '../plan/plan.ts'
import type {Registry} from '../registry/registry.ts'
import type {PrivateFiles} from './private-files.ts'
import type {Secrecy} from './secrecy.ts'
import type {GivenValue} from '../plan/intent.ts'
import type {HelmfileSite} from '../tools/helmfile.ts'
import type {KeptCharts} from '../tools/kept-charts.ts'
import type {KnownHelms} from '../tools/known-helms.ts'

/** Everything a use-case may touch, put together once from argv and the environment. */
export type World = {
  runId: string
  /** RFC 3339. */
  startedAt: string
  packageRoot: string
  settings: Settings
  service: ServiceFacts
  tree: TreeFacts
  /** Private directory of this run. */
  runDirectory: string
  /** The private directory around it, in which the copies of the charts repository are. */
  chartsDirectory: string
  /** This run's copy of the charts repository; texts are being replaced in it while other things are read. */
  snapshot: Promise<string>
  /** What is configured where another commit of the charts repository was copied to. */
  settingsAt: (copy: string) => Promise<Settings>
  /** What earlier runs learnt of the helms on this host. */
  helms: KnownHelms
  /** What earlier runs fetched. */
  keptCharts: KeptCharts
  /** What helmfile said already in this run. */
  helmfileStates: HelmfileSite['states']
  /** For helmfile and helm: PATH, HELM_*. */
  toolEnv: Readonly<Record<string, string>>
  options: PlanOptions
  /** Values given beside what git says. */
  given: readonly GivenValue[]
  /** The words that give helmfile an environment's state values: those of the settings, and those that were given. */
  stateArgs: Promise<(environment: string) => readonly string[]>
  actor: Actor
  registry: Registry
  emit: (event: EventBody) => void
  /** A keyed digest for masked values: a change is visible, the value cannot be guessed. */
  digest: (value: string) => string
  /** What must not be shown; values of private files are known once they are read. */
  secrecy: Secrecy
  privateFiles: Promise<PrivateFiles>
  confirm: (question: string) => Promise<boolean>
  /** Nothing where nobody answers. */
  choose: <Word extends string>(question: string, words: readonly Word[]) => Promise<Word | undefined>
  /** Whether a stage may begin: with many services in one run each waits for its turn. `false`: not any more. */
  turn: (stage: Stage) => Promise<boolean>
  /**
   * Once a stage is healthy, and before `next` begins or the run ends: why it has to go back all the same, since many services are one
   * transaction.
   */
  settle: (done: Stage, next: Stage | undefined) => Promise<Failure | undefined>
  nowMs: () => number
  /** Aborted by SIGINT, SIGTERM; its reason is the signal's name. */
  signal: AbortSignal
  /** Aborted when a lock of the run is lost; its reason is the failure. Nothing more may be changed then. */
  lost: AbortSignal
  /** The terminal is gone (SIGHUP): the current environment is finished, no other one is begun. */
  hasHungUp: () => boolean
}

/** Who deploys, behind sudo, and from where; `user` is what records and locks say. */
export type Actor = {user: string; host: string; identity: Identity}
