/** What runs where: the document of `deploy status --json` holds a list of these. */
export type ServiceStatus = {
  /** `group/name`. */
  service: string
  environments: readonly EnvironmentStatus[]
}

export type EnvironmentStatus = {
  name: string
  /** Why it could not be read. */
  problem?: string
  releases: readonly ReleaseStatus[]
}

export type ReleaseStatus = {
  namespace: string
  name: string
  /** helm's word: deployed, failed, pending-upgrade … or not-installed. */
  status: string
  revision: number | undefined
  chart: string | undefined
  images: readonly string[]
  /** RFC 3339. */
  since: string | undefined
  by?: string
  runId?: string
  message?: string
}
