import {join} from 'node:path'
import {classOf, isPlainName} from '../charts/environments.ts'
import {PACKAGE_ROOT} from '../sandbox/paths.ts'
import {buildMany} from '../tools/build-many.ts'
import {guessEnvironments} from '../tools/helmfile.ts'
import {standInsDirectory, withSilentHooks} from '../tools/silent-hooks.ts'
import type {Charts} from './open-charts.ts'
import {toolEnv} from './open-world.ts'
import {atATime} from './read-session.ts'

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
  const {helms, helmfileStates: states} = charts
  const env = toolEnv(settings)
  const quiet = {...env, PATH: withSilentHooks(env.PATH ?? '', standInsDirectory(PACKAGE_ROOT))}
  const request = {root, env: quiet, helms, states}
  const isAsked = (name: string) =>
    asked.some(
      word =>
        word === 'all' ||
        word === name ||
        (word === 'production' && classOf(name, settings) === 'production') ||
        !isPlainName(word, settings),
    )
  // What stands in a helmfile is a guess at first; what helmfile says then is the list.
  const guessed = await Promise.all(
    directories.map(async directory =>
      (await guessEnvironments({directory}).catch(() => [])).map(environment => ({directory, environment})),
    ),
  )
  const build = (places: readonly {directory: string; environment: string}[]) =>
    // One for each environment there mostly is: a helmfile does not keep a core busy by itself.
    atATime(3, [...Map.groupBy(places, one => one.environment)], async ([environment, some]) => {
      const found = await buildMany({...request, directories: some.map(one => one.directory)}, environment)
      return [...found].map(([directory, {environments}]) => ({directory, environment, environments}))
    })
  const found = (await build(guessed.flat().filter(one => isAsked(one.environment)))).flat()
  const isFound = (directory: string, environment: string) =>
    found.some(one => one.directory === directory && one.environment === environment)
  const others = [...Map.groupBy(found, one => one.directory)].flatMap(([directory, [first]]) =>
    (first?.environments ?? [])
      .filter(environment => isAsked(environment) && !isFound(directory, environment))
      .map(environment => ({directory, environment})),
  )
  await build(others)
}
