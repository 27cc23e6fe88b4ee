import * as v from 'valibot'
import {releaseRef} from './common-shapes.ts'

export const change = v.object({
  kind: v.picklist(['added', 'changed', 'removed']),
  objectKind: v.string(),
  namespace: v.string(),
  name: v.string(),
  diff: v.pipe(v.string(), v.description('Unified diff; values of Secrets are masked.')),
  restartsPods: v.boolean(),
})

/** One object that was changed by hand (plan/drift.ts). */
export const drift = v.object({
  environment: v.string(),
  release: releaseRef,
  revision: v.number(),
  change: v.pipe(change, v.description('From what was deployed to what is live.')),
  by: v.array(v.object({name: v.string(), at: v.exactOptional(v.string())})),
  fate: v.variant('kind', [
    v.object({kind: v.literal('undone')}),
    v.object({kind: v.literal('removed')}),
    v.object({kind: v.literal('stays'), why: v.picklist(['release-unchanged', 'kind-unknown-to-helm'])}),
  ]),
})
