import {type GivenRolloutSettings, rolloutSettings, type RolloutSettings} from '../rollout/settings.ts'
import type {ScapFiles} from '../scap/block.ts'
import type {WrittenSettings} from './settings-schema.ts'

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
