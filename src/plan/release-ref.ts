import type {ReleaseRef} from './facts.ts'

/** A release's name is its own only in its namespace: a service may have `main` in two. */
export function isSameRelease(one: ReleaseRef, other: ReleaseRef): boolean {
  return one.name === other.name && one.namespace === other.namespace
}

/** For maps and sets. */
export function releaseKey({namespace, name}: ReleaseRef): string {
  return `${namespace}/${name}`
}
