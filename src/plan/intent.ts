/** What was asked for, as parsed from the command line: nothing is looked up yet. */
export type Intent = DeployIntent | RollbackIntent | FinishIntent

export type VersionRequest =
  | {kind: 'from-git'}
  | {kind: 'tag'; tag: string}
  | {kind: 'per-release'; tags: Readonly<Record<string, string>>}
  /** Found out, not typed: by environment, then by `namespace/name`; what is not named has git's. */
  | {kind: 'by-environment'; tags: Readonly<Record<string, Readonly<Record<string, string>>>>}

/** A value given on the command line beside what git says. */
export type GivenValue = {
  /** `set` reaches every release's chart, as helm's and helmfile's does; the others helmfile's own templates. */
  flag: 'set' | 'state-values-set' | 'state-values-set-string'
  /** As typed: `KEY=VALUE`, several with commas. */
  word: string
}

export type DeployIntent = {
  kind: 'deploy'
  services: readonly string[]
  /** As typed: names, `production`, `all`. */
  environments: readonly string[]
  version: VersionRequest
  selectors: readonly string[]
  message: string | undefined
}

export type RollbackIntent = {
  kind: 'rollback'
  services: readonly string[]
  environments: readonly string[]
  target: RollbackTarget
  /** `image`: git's charts and values stay, with the image of that state. */
  scope: 'everything' | 'image'
  selectors: readonly string[]
  message: string | undefined
}

/** What is done first about a run that was left unfinished there. */
export type OnUnfinished = 'ask' | 'resume' | 'abort' | 'fail'

/** Finish a run that has no end. */
export type FinishIntent = {
  kind: 'resume' | 'abort'
  environments: readonly string[]
  /** Or its beginning; the only one there is when none is named. */
  runId: string | undefined
  message: string | undefined
}

export type RollbackTarget =
  | {kind: 'last-good'}
  | {kind: 'before-run'; runId: string}
  | {kind: 'revision'; revision: number}
