import {type GivenRolloutSettings, rolloutSettings, type RolloutSettings} from '../rollout/settings.ts'
import type {ScapFiles} from '../scap/block.ts'
import {SUSPICIONS, type SuspicionReason} from '../rollout/verdict.ts'
import * as v from 'valibot'

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

/** With the file they stand in. */
export type SettingsFile = WrittenSettings & {file?: string}

type WrittenEnvironments = NonNullable<WrittenSettings['environments']>

export type EnvironmentSettings = {
  class: 'staging' | 'production' | undefined
  isPrimary: boolean
  aliases: readonly string[]
  stateValues: StateValues
}

export type RegistrySettings = {
  isAsked: boolean
  /** Host in an image's name → where that registry is asked from here. */
  mirrors: Readonly<Record<string, string>>
  /** A docker `config.json`. */
  credentials: string | undefined
}
/** Values for helmfile's own templates, by key. */
export type StateValues = Readonly<Record<string, unknown>>

/** What one file says of who may deploy what where. */
export type Policy = {file: string; rules: readonly PolicyRule[]}

export type PolicyRule = {
  name: string
  /** `user:NAME`, `group:NAME`, `job:NAME`, `*`. */
  who: readonly string[]
  services: readonly string[]
  environments: readonly string[]
}

export type Settings = {
  charts: string | undefined
  environments: ReadonlyMap<string, EnvironmentSettings>
  /** In every environment; those of an environment win over them. */
  stateValues: StateValues
  windowMs: {staging: number; production: number}
  bakeMs: number
  /** Overrides helmfile's own `timeout`. */
  timeoutMs: number | undefined
  substitutions: Readonly<Record<string, string>>
  path: readonly string[]
  env: Readonly<Record<string, string>>
  registry: RegistrySettings
  /** Of scap, where it deploys from the same host. */
  scap: ScapFiles
  rollout: RolloutSettings
  /** One for each file that has one: all of them hold. */
  policies: readonly Policy[]
  /** Name → the services that `@NAME` stands for: names and patterns. */
  groups: Readonly<Record<string, readonly string[]>>
}

/** Later files win, key by key. */
export function mergeSettings(written: readonly SettingsFile[]): Settings {
  const merged: WrittenSettings = {}
  for (const one of written) {
    Object.assign(merged, one, {
      environments: mergeEnvironments(merged.environments ?? {}, one.environments ?? {}),
      stateValues: {...merged.stateValues, ...one.stateValues},
      window: {...merged.window, ...one.window},
      substitutions: {...merged.substitutions, ...one.substitutions},
      env: {...merged.env, ...one.env},
      groups: {...merged.groups, ...one.groups},
      registry: mergeRegistry(merged.registry ?? {}, one.registry ?? {}),
      scap: {...merged.scap, ...one.scap},
      rollout: {...merged.rollout, ...one.rollout, grace: {...merged.rollout?.grace, ...one.rollout?.grace}},
      path: [...(one.path ?? []), ...(merged.path ?? [])],
    })
  }

  return {
    charts: merged.charts,
    environments: new Map(
      Object.entries(merged.environments ?? {}).map(([name, value]) => [
        name,
        {
          class: value.class,
          isPrimary: value.primary ?? false,
          aliases: value.aliases ?? [],
          stateValues: value.stateValues ?? {},
        },
      ]),
    ),
    stateValues: merged.stateValues ?? {},
    windowMs: {staging: merged.window?.staging ?? 10_000, production: merged.window?.production ?? 30_000},
    bakeMs: merged.bake ?? 60_000,
    timeoutMs: merged.timeout,
    substitutions: merged.substitutions ?? {},
    path: merged.path ?? [],
    env: merged.env ?? {},
    registry: {
      isAsked: merged.registry?.ask ?? true,
      mirrors: merged.registry?.mirrors ?? {},
      credentials: merged.registry?.credentials,
    },
    scap: {
      lock: merged.scap?.lock ?? '/var/lock/scap-global-lock',
      config: merged.scap?.config ?? '/etc/scap.cfg',
    },
    rollout: rolloutSettings(givenRollout(merged)),
    policies: written.flatMap(policyOf),
    groups: merged.groups ?? {},
  }
}

function givenRollout({rollout: {crashLoopExits, grace = {}} = {}}: WrittenSettings): GivenRolloutSettings {
  const said = Object.entries(grace).filter(([, graceMs]) => graceMs !== undefined)
  return {crashLoopExits, graceMs: Object.fromEntries(said)}
}

// A file nearer to the service adds limits and takes none away.
function policyOf({policy, file}: SettingsFile): Policy[] {
  if (policy === undefined) return []
  const rules = Object.entries(policy).map(([name, {who, services, environments}]) => ({
    name,
    who,
    services: services ?? ['*'],
    environments: environments ?? ['*'],
  }))
  return [{file: file ?? 'deploy.yaml', rules}]
}

type WrittenRegistry = NonNullable<WrittenSettings['registry']>

function mergeRegistry(base: WrittenRegistry, over: WrittenRegistry): WrittenRegistry {
  return {...base, ...over, mirrors: {...base.mirrors, ...over.mirrors}}
}

function mergeEnvironments(base: WrittenEnvironments, over: WrittenEnvironments): WrittenEnvironments {
  const names = new Set([...Object.keys(base), ...Object.keys(over)])
  return Object.fromEntries(
    [...names].map(name => {
      const stateValues = {...base[name]?.stateValues, ...over[name]?.stateValues}
      return [name, {...base[name], ...over[name], stateValues}]
    }),
  )
}

/** `10s` → 10000. The text has been checked against the schema's pattern, or comes from a flag that was. */
export function durationMs(text: string): number {
  const unitMs = {ms: 1, s: 1000, m: 60_000, h: 3_600_000}
  const match = /^(\d+(?:\.\d+)?)(ms|s|m|h)$/.exec(text)
  return match ? Math.round(Number(match[1]) * unitMs[match[2] as keyof typeof unitMs]) : Number.NaN
}
