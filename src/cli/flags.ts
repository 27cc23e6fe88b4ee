import {Flags} from '@oclif/core'

/** Flags that say what is meant: the hands of helmfile users know them. */
export const targetFlags = {
  env: Flags.string({
    char: 'e',
    description: 'environments: names, production, all; comma-separated',
    multiple: true,
    // The next word may be the service.
    multipleNonGreedy: true,
    required: true,
  }),
  selector: Flags.string({
    char: 'l',
    description: 'only these releases, as helmfile selects (name=canary)',
    multiple: true,
    // The next word may be the service.
    multipleNonGreedy: true,
    default: [],
  }),
}

export const versionFlags = {
  version: Flags.string({
    description: 'image version: TAG, or RELEASE=TAG for one release',
    helpValue: '[RELEASE=]TAG',
    multiple: true,
    // The next word may be the service.
    multipleNonGreedy: true,
  }),
}

const output = {helpGroup: 'OUTPUT'}

const keyValues = {
  multiple: true,
  // The next word may be the service.
  multipleNonGreedy: true,
  helpValue: 'KEY=VALUE',
} as const

/** Values for helmfile's templates: what it installs and how, not what a chart makes of it. */
export const stateValueFlags = {
  'state-values-set': Flags.string({
    description: 'a value for helmfile itself (roll_restart=1)',
    ...keyValues,
    default: [],
  }),
  'state-values-set-string': Flags.string({
    description: 'the same, always a text',
    ...keyValues,
    default: [],
  }),
}

export const valueFlags = {
  set: Flags.string({
    description: 'a value for the charts of all selected releases',
    ...keyValues,
    default: [],
  }),
  ...stateValueFlags,
}

export const outputFlags = {
  json: Flags.boolean({description: 'one result document', exclusive: ['events'], ...output}),
  output: Flags.string({
    char: 'o',
    description: 'json is the same as --json',
    options: ['json', 'text'],
    default: 'text',
    ...output,
  }),
  events: Flags.boolean({description: 'every event as a line of JSON, the result last', ...output}),
  'show-commands': Flags.boolean({
    description: 'also every helmfile and helm command, so that anyone can take over by hand',
    ...output,
  }),
  context: Flags.integer({
    description: 'lines around a difference',
    default: 3,
    min: 0,
    helpValue: 'N',
    ...output,
  }),
}

/** Which unfinished run is meant. */
export const finishFlags = {
  env: Flags.string({
    char: 'e',
    description: 'only these environments of it (default: all that are reachable from here)',
    multiple: true,
    // The next word may be the service.
    multipleNonGreedy: true,
    default: ['all'],
  }),
  run: Flags.string({description: 'the run, or its beginning, where there are several', helpValue: 'RUN'}),
}

export const carryOutFlags = {
  yes: Flags.boolean({char: 'y', description: 'do not ask'}),
  interactive: Flags.boolean({char: 'i', description: 'ask (the default on a terminal)', exclusive: ['yes']}),
  'dry-run': Flags.boolean({description: 'show what would change, and stop'}),
  message: Flags.string({char: 'm', description: 'why: goes into the record and the announcement'}),
  timeout: Flags.string({
    description: "outer limit for a release (default: the helmfile's)",
    env: 'DEPLOY_TIMEOUT',
    helpValue: '10m',
  }),
  'wait-lock': Flags.string({
    description: 'how long to wait while it is locked, or somebody else deploys it (default: not at all)',
    helpValue: '10m',
  }),
  window: Flags.string({description: 'how long healthy has to last', helpValue: '30s'}),
  bake: Flags.string({description: 'the same for canaries', helpValue: '60s'}),
  'local-tree': Flags.boolean({
    description: 'allow production from a tree that is dirty or not on its upstream branch',
  }),
}

const several = {helpGroup: 'SEVERAL SERVICES'}

export const fleetFlags = {
  pending: Flags.boolean({
    description: 'every service whose merged changes are not deployed there',
    exclusive: ['version', 'set', 'selector'],
    ...several,
  }),
  parallel: Flags.integer({
    description: 'how many services at the same time',
    default: 4,
    min: 1,
    helpValue: 'N',
    ...several,
  }),
  'max-failures': Flags.integer({
    description: 'begin nothing more after so many failed services',
    default: 3,
    min: 1,
    helpValue: 'N',
    ...several,
  }),
}

const decision = {helpGroup: 'DECISION'}

/** What is done first about a run that was left unfinished there. */
export const unfinishedFlags = {
  'on-unfinished': Flags.option({
    description:
      'a run that was cut off or paused there: go on with it or undo it first, or stop (default without a terminal)',
    options: ['resume', 'abort', 'fail'] as const,
    ...decision,
  })(),
}

/** What decides for a run that nobody watches where a person would be asked. */
export const decisionFlags = {
  'take-git': Flags.boolean({
    description: "deploy git's version over one that git does not hold",
    exclusive: ['keep-override', 'version'],
    ...decision,
  }),
  'keep-override': Flags.boolean({
    description: "deploy the version that runs, not git's, where git does not hold it",
    exclusive: ['version'],
    ...decision,
  }),
  retry: Flags.boolean({description: 'deploy again what was rolled back there', ...decision}),
}
