import {readStatus} from '../flow/status.ts'
import type {ServiceStatus} from '../plan/status.ts'
import {DeployError} from '../errors.ts'
import {listServices} from '../tools/tree.ts'
import type {BaseFlags} from './base-command.ts'
import {type Host, openHost} from './host.ts'
import {inReadSession} from './read-session.ts'

/** The status of one service, or of every service of the charts repository. */
export async function statusOf(
  flags: BaseFlags,
  name: string | undefined,
  environments: readonly string[],
): Promise<ServiceStatus[]> {
  const host = await openHost(flags)
  if (name !== undefined) return [await statusOfOne(host, name, environments)]
  const services = await listServices(host.chartsRoot)
  const read: ServiceStatus[] = []
  // Two helmfiles at a time: one would leave a core idle, more would only wait for each other.
  const waiting = services.values()
  const work = async () => {
    for (const service of waiting)
      read.push(await statusOrProblem(host, `${service.group}/${service.name}`, environments))
  }
  await Promise.all([work(), work()])
  return read.toSorted((a, b) => a.service.localeCompare(b.service))
}

function statusOfOne(host: Host, name: string, environments: readonly string[]): Promise<ServiceStatus> {
  return inReadSession(host, name, world => readStatus(environments, world))
}

// One broken service must not hide the others.
async function statusOrProblem(
  host: Host,
  name: string,
  environments: readonly string[],
): Promise<ServiceStatus> {
  try {
    return await statusOfOne(host, name, environments)
  } catch (error) {
    if (!(error instanceof DeployError)) throw error
    return {
      service: name,
      environments: [
        {name: environments.join(', '), problem: error.message.split('\n')[0] ?? '', releases: []},
      ],
    }
  }
}
