import type {EnvironmentStatus, ReleaseStatus, ServiceStatus} from './status.ts'

/** Of everything that was looked at beside what git says: what is worth a look, and how many services are not. */
type NotAsInGit = {services: readonly ServiceStatus[]; asInGit: number}

/** What is as in git, with nothing else to say of it, is left out: releases, environments, whole services. */
export function notAsInGit(services: readonly ServiceStatus[]): NotAsInGit {
  const kept = services.flatMap(service => {
    const environments = service.environments.flatMap(withoutQuiet)
    const isTold = environments.length > 0 || service.unfinished !== undefined || service.locked !== undefined
    return isTold ? [{...service, environments}] : []
  })
  return {services: kept, asInGit: services.length - kept.length}
}

function withoutQuiet(environment: EnvironmentStatus): EnvironmentStatus[] {
  if (environment.problem !== undefined || environment.releases.length === 0) return [environment]
  const releases = environment.releases.filter(release => !isQuiet(release))
  return releases.length === 0 ? [] : [{...environment, releases}]
}

function isQuiet(release: ReleaseStatus & {git?: {kind: string}}): boolean {
  const {git, status, rolledBack, changedByHand = []} = release
  return (
    status === 'deployed' &&
    git?.kind === 'as-in-git' &&
    rolledBack === undefined &&
    changedByHand.length === 0
  )
}
