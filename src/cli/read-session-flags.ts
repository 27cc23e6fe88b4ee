import {Flags} from '@oclif/core'

// Each takes one word, not all that follow: a name or a pod may stand behind it.
const repeated = {multiple: true, multipleNonGreedy: true} as const
const environments = {
  char: 'e',
  description: 'environments: names, production, all; comma-separated',
} as const

/** The environments a command reads; all of them when nothing is said. */
export const environmentsFlag = Flags.string({...environments, ...repeated, default: ['all']})

/** The same where it has to be said. */
export const requiredEnvironmentsFlag = Flags.string({...environments, ...repeated, required: true})

export const selectorFlag = Flags.string({
  char: 'l',
  description: 'only these releases, as helmfile selects (name=canary)',
  ...repeated,
})

/** `--json` and `-o json`, as helm's users type it. */
export const documentFlags = {
  json: Flags.boolean({description: 'one result document'}),
  output: Flags.string({
    char: 'o',
    description: 'json is the same as --json',
    options: ['json', 'text'],
    default: 'text',
  }),
}
