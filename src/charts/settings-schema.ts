import * as v from 'valibot'
import {SUSPICIONS, type SuspicionReason} from '../rollout/verdict.ts'
import {durationMs} from './duration.ts'

/** Durations in the file are written `10s`, `500ms`, `2m`; inside they are milliseconds. */
const duration = v.pipe(
  v.string(),
  v.regex(/^\d+(\.\d+)?(ms|s|m|h)$/, 'expected a duration such as 500ms, 10s or 2m'),
  v.transform(durationMs),
)

const httpUrl = v.pipe(
  v.string(),
  v.regex(/^https?:\/\/[^/@]+$/, 'expected https://HOST[:PORT] and nothing more'),
)
const stateValues = v.record(v.string(), v.unknown())

const environment = v.strictObject({
  class: v.optional(v.picklist(['staging', 'production'])),
  primary: v.optional(v.boolean()),
  aliases: v.optional(v.array(v.string())),
  stateValues: v.optional(stateValues),
})

const rollout = v.strictObject({
  crashLoopExits: v.optional(v.pipe(v.number(), v.integer(), v.minValue(2))),
  grace: v.optional(
    v.strictObject(
      Object.fromEntries(SUSPICIONS.map(reason => [reason, v.optional(duration)])) as Record<
        SuspicionReason,
        v.OptionalSchema<typeof duration, undefined>
      >,
    ),
  ),
})

const registry = v.strictObject({
  ask: v.optional(v.boolean()),
  mirrors: v.optional(v.record(v.string(), httpUrl)),
  credentials: v.optional(v.string()),
})

const scap = v.strictObject({lock: v.optional(v.string()), config: v.optional(v.string())})

const rule = v.strictObject({
  who: v.pipe(
    v.array(
      v.pipe(
        v.string(),
        v.regex(/^(\*|(user|group|job):.+)$/, 'expected user:NAME, group:NAME, job:NAME or "*"'),
      ),
    ),
    v.minLength(1),
  ),
  services: v.optional(v.array(v.string())),
  environments: v.optional(v.array(v.string())),
})

/** What `deploy.yaml` may say, at a host, in a charts repository and in a service's directory. */
export const settingsSchema = v.strictObject({
  charts: v.optional(v.string()),
  environments: v.optional(v.record(v.string(), environment)),
  stateValues: v.optional(stateValues),
  window: v.optional(v.strictObject({staging: v.optional(duration), production: v.optional(duration)})),
  bake: v.optional(duration),
  timeout: v.optional(duration),
  substitutions: v.optional(v.record(v.string(), v.string())),
  path: v.optional(v.array(v.string())),
  env: v.optional(v.record(v.string(), v.string())),
  registry: v.optional(registry),
  scap: v.optional(scap),
  rollout: v.optional(rollout),
  policy: v.optional(v.record(v.string(), rule)),
  groups: v.optional(v.record(v.string(), v.pipe(v.array(v.string()), v.minLength(1)))),
})

export type WrittenSettings = v.InferOutput<typeof settingsSchema>
