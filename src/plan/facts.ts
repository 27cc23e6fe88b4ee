import type {KubernetesObject} from '../diff/kubernetes-object.ts'
import type {LiveDrift} from './drift.ts'
import type {PastRelease} from './origin.ts'
import type {RideAlong} from './ride-along.ts'

/** Everything that was read before deciding: plain values, one per environment side by side. */
export type Facts = {
  service: ServiceFacts
  tree: TreeFacts
  environments: readonly EnvironmentFacts[]
  /** Environments that were asked for by `all` or `production` and cannot be reached from here. */
  skipped: readonly {environment: string; environmentClass: EnvironmentClass; reason: string}[]
}

export type ServiceFacts = {group: string; name: string}

export type EnvironmentClass = 'staging' | 'production'

/** Which state of the charts repository a run works on. */
export type TreeFacts = {
  root: string
  commit: string | undefined
  commitTime: string | undefined
  branch: string | undefined
  state:
    | {kind: 'clean'}
    | {kind: 'dirty'; files: readonly string[]}
    | {kind: 'off-upstream'; detail: string}
    | {kind: 'not-git'}
}

export type EnvironmentFacts = {
  name: string
  environmentClass: EnvironmentClass
  server: string
  releases: readonly ReleaseFacts[]
  /** Releases helmfile calls `installed: false` here: never uninstalled on the way, only shown where they are there. */
  notInstalledHere: readonly NotInstalledRelease[]
  /** What the values came from beside the charts repository; none where nothing was rendered. */
  outside: DigestedFiles | undefined
}

/** Private files as digests only, each keyed. */
export type DigestedFiles = {
  /** The id of the key: digests of another key cannot be compared. */
  key: string
  files: readonly {path: string; digest: string}[]
}

export type ReleaseRef = {namespace: string; name: string}

/** `found`: whether helm has it all the same. */
export type NotInstalledRelease = ReleaseRef & {found: 'installed' | 'nothing' | 'unknown'}

export type ReleaseFacts = ReleaseRef & {
  chart: ChartRef
  needs: readonly string[]
  /** Something of helmfile's runs after this release is done, so it must be healthy before helmfile goes on. */
  hasPostHook: boolean
  timeoutMs: number
  /** Rendered as helm would store it, with the version that was asked for. */
  wanted: readonly KubernetesObject[]
  wantedHooks: readonly KubernetesObject[]
  /** Where the asked version goes; none when the version is as in git. */
  versionOverride: VersionOverride | undefined
  /** The image whose version was asked for, and the tag git gives it. */
  versionPlace: {imageName: string; current: string} | undefined
  /** What was given on the command line and makes a difference here, as flags: `--set KEY=VALUE`. Secrets are hidden. */
  given: readonly string[]
  /** What was given to the run that made what runs, is not given now, and makes a difference. */
  lost?: readonly string[]
  podRestart: PodRestart
  /** helm takes over objects that are there already and are not this release's. */
  takesOwnership?: boolean
  /** What runs of deploy did to it here, newest first. */
  past: readonly PastRelease[]
  /** What runs was an override, and a commit since then wrote it into git. */
  isHeldSince?: boolean
  /** None of a first installation, and where nothing was rendered. */
  ridesAlong: RideAlong | undefined
  /** Keyed digest of what helmfile gives helm for it. */
  values: string | undefined
  /** The newest revision whose status is `deployed`. */
  deployed: RevisionFacts | undefined
  /** What was changed by hand since. */
  drift: LiveDrift
  /** The newest revision whatever its status. */
  latest: LatestRevision | undefined
  /** Where an unfinished run is gone on with: what it recorded. */
  begun?: BegunRelease
}

export type LatestRevision = {
  revision: number
  status: string
  /** How long ago it was made, by the API server's clock. */
  ageMs?: number
}

/** What an unfinished run recorded of a release that is gone on with. */
export type BegunRelease = {
  /** The revision that was good before; none of a first installation, or where helm does not keep it any more. */
  before: RevisionFacts | undefined
  isFirst: boolean
  /** helm has written it, and nobody has said that it is healthy. */
  isWritten: boolean
}

/**
 * helmfile's `recreatePods`, with which helm deletes all pods of a release after an upgrade: only when something changes anyway, or
 * because a state value that was given asks for it (`roll_restart=1`).
 */
export type PodRestart = 'none' | 'with-changes' | 'asked'

export type ChartRef = {name: string; version: string}

export type VersionOverride = {
  path: readonly string[]
  /** What is written there: the tag, or what the chart makes it from. */
  value: string
  tag: string
}

export type RevisionFacts = {
  revision: number
  status: string
  chart: ChartRef
  updatedAt: string
  /** The revision whose manifest this one brought back, when it was made by going back. */
  restores: number | undefined
  /** helm 4 lets the server apply; helm 3 sends patches of its own making. */
  isServerSideApplied: boolean
  objects: readonly KubernetesObject[]
  /** Of the chart, such as a migration Job; helm keeps them apart. */
  hooks: readonly KubernetesObject[]
  /** The image that a version of the release means, as far as its values tell. */
  mainImage?: string
}
