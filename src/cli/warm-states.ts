import {join} from 'node:path'
import {classOf, isPlainName} from '../charts/environments.ts'
import {buildMany} from '../tools/build-many.ts'
import {likelyEnvironment} from '../tools/helmfile.ts'
import type {Charts} from './open-charts.ts'
import {toolEnv} from './open-world.ts'
import {twoAtATime} from './read-session.ts'

/**
 * Find out what helmfile says of every service by one process for each environment instead of one for each service and
 * environment. Services that have settings of their own for it are left to themselves.
 * @param asked as typed: names, `production`, `all`
 */
export async function warmStates(charts: Charts, asked: readonly string[]): Promise<void> {
  const settings = await charts.settings()
  if (Object.keys(settings.stateValues).length > 0) return
  const opened = await Promise.all(
    charts.services.map(async service => {
      const own = await charts.open(`${service.group}/${service.name}`).catch(() => undefined)
      const isPlain =
        own !== undefined &&
        JSON.stringify(toolEnv(own.settings)) === JSON.stringify(toolEnv(settings)) &&
        Object.keys(own.settings.stateValues).length === 0 &&
        [...own.settings.environments.values()].every(one => Object.keys(one.stateValues).length === 0)
      if (!isPlain) return []
      return [{root: await charts.copyFor(service, own.settings), ...service}]
    }),
  )
  const services = opened.flat()
  const root = services[0]?.root
  const directories = services
    .filter(service => service.root === root)
    .map(({group, name}) => join(root ?? '', 'helmfile.d', group, name))
  if (root === undefined || directories.length < 2) return
  const request = {root, env: toolEnv(settings), states: charts.helmfileStates}
  const first = await Promise.all(
    directories.map(async directory => ({
      directory,
      environment: await likelyEnvironment({directory}).catch(() => undefined),
    })),
  )
  const firstRound = [...Map.groupBy(first, one => one.environment)]
  const found = await twoAtATime(firstRound, ([environment, some]) =>
    environment === undefined
      ? Promise.resolve(new Map<string, never>())
      : buildMany({...request, directories: some.map(one => one.directory)}, environment),
  )
  const isAsked = (name: string) =>
    asked.some(
      word =>
        word === 'all' ||
        word === name ||
        (word === 'production' && classOf(name, settings) === 'production') ||
        !isPlainName(word, settings),
    )
  const rest = found.flatMap((states, index) =>
    [...states].flatMap(([directory, {environments}]) =>
      environments
        .filter(name => name !== firstRound[index]?.[0] && isAsked(name))
        .map(environment => ({directory, environment})),
    ),
  )
  await twoAtATime([...Map.groupBy(rest, one => one.environment)], ([environment, some]) =>
    buildMany({...request, directories: some.map(one => one.directory)}, environment),
  )
}
