/** A lock that a person holds: of one service, or of everything in the environment. */
export type Frozen = {
  environment: string
  covers: 'service' | 'everything'
  by: string
  from: string
  /** RFC 3339. */
  since: string
  reason: string
}

/** `2026-11-21 11:00 UTC`; what is no time stays as it is. */
export function sinceText(time: string): string {
  return Number.isNaN(Date.parse(time)) ? time : `${time.slice(0, 16).replace('T', ' ')} UTC`
}

/** In one sentence, with what ends it. */
export function frozenText(
  {environment, covers, by, since, reason}: Omit<Frozen, 'from'>,
  service: string,
): string {
  const [what, words] = covers === 'everything' ? ['everything', '--all'] : [service, service]
  const why = reason === '' ? '' : `: ${reason}`
  return `${environment}: ${what} is locked by ${by} since ${sinceText(since)}${why}. It ends with deploy unlock ${words} -e ${environment}.`
}
