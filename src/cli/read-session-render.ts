import {DeployError} from '../errors.ts'
import {exitCodeOf} from '../exit-codes.ts'
import {type RenderedService, render, type RenderRequest} from '../flow/render.ts'
import {type ManifestFile, writeManifests} from '../flow/render-files.ts'
import type {GivenValue} from '../plan/intent.ts'
import {manifestText} from '../view/render-text.ts'
import type {BaseFlags} from './base-command.ts'
import {openHost} from './host.ts'
import {type Charts, withCharts} from './open-charts.ts'
import {inReadSession, twoAtATime} from './read-session.ts'

export type RenderSessionRequest = RenderRequest & {
  name: string | undefined
  isAll: boolean
  given: readonly GivenValue[]
  /** None: everything goes to stdout. */
  outputDirectory: string | undefined
}

type Failure = {service: string; error: DeployError}
type Rendered = {
  services: readonly RenderedService[]
  failures: readonly Failure[]
  /** Names that two groups have. */
  sharedNames: ReadonlySet<string>
}

/** Render one service, or all of them, to stdout or into files; what went wrong with some is told at the end. */
export async function renderServices(flags: BaseFlags, request: RenderSessionRequest): Promise<void> {
  const {services, failures, sharedNames} = await withCharts(await openHost(flags), charts =>
    request.isAll ? renderAll(charts, request) : renderOne(charts, request),
  )
  const files = services.flatMap(service => filesOf(service, sharedNames))
  if (request.outputDirectory === undefined) {
    for (const {text} of files) process.stdout.write(text)
  } else {
    await writeManifests(request.outputDirectory, files, request.showsSecrets)
    process.stdout.write(
      `${files.length} ${files.length === 1 ? 'manifest' : 'manifests'} written to ${request.outputDirectory}\n`,
    )
  }
  for (const {service, skipped} of services) {
    for (const {environment, reason} of skipped) note(`${service.name} in ${environment}: ${reason}`)
  }
  for (const {service, error} of failures) note(`${service}: ${error.message}`)
  if (failures.length > 0) process.exitCode = exitCodeOf(kindOf(failures))
}

async function renderOne(charts: Charts, request: RenderSessionRequest): Promise<Rendered> {
  const service = await inReadSession(charts, request.name, world => render(request, world), {
    given: request.given,
  })
  return {services: [service], failures: [], sharedNames: sharedNamesOf(charts.services)}
}

async function renderAll(charts: Charts, request: RenderSessionRequest): Promise<Rendered> {
  const names = charts.services.map(service => `${service.group}/${service.name}`)
  const settled = await twoAtATime(names.toSorted(), async name => {
    try {
      return await inReadSession(charts, name, world => render(request, world), {given: request.given})
    } catch (error) {
      if (error instanceof DeployError) return {service: name, error}
      throw error
    }
  })
  const services = settled.flatMap(one => ('error' in one ? [] : [one]))
  const failures = settled.flatMap(one => ('error' in one ? [one] : []))
  // Not every service has the environment; if none has it, it is a mistake.
  if (services.length === 0 && failures[0] !== undefined) throw failures[0].error
  return {
    services,
    failures: failures.filter(({error}) => error.exitKind !== 'not-found'),
    sharedNames: sharedNamesOf(charts.services),
  }
}

/** `SERVICE/ENVIRONMENT/RELEASE.yaml`, made longer where two would have the same name. */
function filesOf(
  {service, releases, mask}: RenderedService,
  sharedNames: ReadonlySet<string>,
): ManifestFile[] {
  const directory = sharedNames.has(service.name) ? `${service.group}/${service.name}` : service.name
  return releases.map(release => {
    const {environment, name, namespace} = release
    const twins = releases.filter(one => one.environment === environment && one.name === name)
    const file = twins.length > 1 ? `${namespace}__${name}` : name
    return {path: `${directory}/${environment}/${file}.yaml`, text: mask(manifestText(release))}
  })
}

function sharedNamesOf(services: readonly {name: string}[]): Set<string> {
  const names = services.map(service => service.name)
  return new Set(names.filter((name, index) => names.indexOf(name) !== index))
}

function kindOf(failures: readonly Failure[]) {
  const [first] = failures
  return failures.some(({error}) => error.exitKind === 'bad-render')
    ? 'bad-render'
    : (first?.error.exitKind ?? 'bad-render')
}

function note(text: string): void {
  process.stderr.write(`${text.trimEnd()}\n`)
}
