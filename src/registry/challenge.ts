/** How a registry wants to be asked (WWW-Authenticate, RFC 9110 §11.6.1). */
export type Challenge =
  | {kind: 'basic'}
  | {kind: 'bearer'; realm: URL; service: string | undefined; scope: string | undefined}

/** Read the challenge of a 401; undefined for a scheme that nobody here speaks. */
export function parseChallenge(header: string | undefined): Challenge | undefined {
  const [, scheme = '', rest = ''] = /^\s*(\w+)\s*(.*)$/s.exec(header ?? '') ?? []
  if (scheme.toLowerCase() === 'basic') return {kind: 'basic'}
  if (scheme.toLowerCase() !== 'bearer') return undefined
  const parameters = new Map(
    [...rest.matchAll(/(\w+)=(?:"((?:[^"\\]|\\.)*)"|([^\s,"]+))/g)].map(
      ([, key = '', quoted, plain]) =>
        [key.toLowerCase(), quoted?.replaceAll(/\\(.)/g, '$1') ?? plain ?? ''] as const,
    ),
  )
  const realm = URL.parse(parameters.get('realm') ?? '')
  if (realm === null || !/^https?:$/.test(realm.protocol)) return undefined
  return {kind: 'bearer', realm, service: parameters.get('service'), scope: parameters.get('scope')}
}
