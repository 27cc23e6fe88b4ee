import * as v from 'valibot'

const commits = v.object({
  newest: v.array(
    v.object({hash: v.string(), subject: v.string(), author: v.string(), committedAt: v.string()}),
  ),
  total: v.number(),
  isCut: v.pipe(v.boolean(), v.description('There are more than were counted.')),
  command: v.pipe(v.string(), v.description('What shows all of them.')),
})

/** What comes along with a release beside its version (plan/ride-along.ts). */
export const ridesAlong = v.object({
  since: v.variant('kind', [
    v.object({kind: v.literal('run'), runId: v.string(), commit: v.string(), at: v.string()}),
    v.object({
      kind: v.literal('time'),
      revision: v.number(),
      at: v.string(),
      why: v.picklist(['not-by-deploy', 'commit-unknown-here']),
    }),
  ]),
  commits: v.pipe(commits, v.description('Since then, those that touched its chart or values.')),
  takenBack: v.pipe(
    commits,
    v.description('What runs was made with them, and this tree does not have them.'),
  ),
  outside: v.array(v.object({path: v.string(), kind: v.picklist(['changed', 'new', 'gone', 'unknown'])})),
})

export const digestedFiles = v.object({
  key: v.string(),
  files: v.array(v.object({path: v.string(), digest: v.string()})),
})
