/**
 * Is `version` part of what a list at `listVersion` tells? Both are etcd's revision: decimal numbers that only grow
 * (promised to clients since Kubernetes 1.35, KEP-5504; so in every server that stores in etcd before).
 * Anything that is not such a number counts as newer.
 */
export function isCovered(version: string | undefined, listVersion: string | undefined): boolean {
  const [mine, lists] = [parse(version), parse(listVersion)]
  return mine !== undefined && lists !== undefined && mine <= lists
}

function parse(version: string | undefined): bigint | undefined {
  return version !== undefined && /^\d+$/.test(version) ? BigInt(version) : undefined
}
