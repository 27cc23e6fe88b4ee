/** What an image tag makes a container do on a simulated node. The docs show this table. */
export const FAILURE_TAGS = {
  crash: 'starts, then exits with 1, again and again: CrashLoopBackOff, second failed exit after about 2 s',
  'crash-env': 'the same, and its log shows its whole environment, as that of a careless service does',
  oom: 'starts, then is killed for its memory (137, OOMKilled), again and again',
  unpullable: 'its image cannot be pulled: ErrImagePull, then ImagePullBackOff',
  'never-ready': 'runs, and its readiness probe never succeeds',
  slow: 'runs, and becomes ready after 8 s',
  'missing-secret': 'never starts, a Secret it names is not there: CreateContainerConfigError',
} as const

export type FailureTag = keyof typeof FAILURE_TAGS

/** A regular expression for images whose tag holds one of these words after a dash. Go, jq and JavaScript read it alike. */
export function imagePattern(...tags: FailureTag[]): string {
  return `:[^/@]*-(${tags.join('|')})`
}

/** A tag with this word: its pods are ready as soon as they have a node, which shows what the tools themselves take. */
export const INSTANT_PATTERN = ':[^/@]*-instant'
