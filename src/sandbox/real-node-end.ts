import {exec} from '../tools/exec.ts'
import {endCgroup} from './cgroups.ts'
import type {RealNode} from './real-node.ts'

/**
 * Take away what a node leaves when its programs have ended: containers and those that watch over them. Its mounts and
 * its network are gone when the last of its processes is; the cable with it, and here in case it is not.
 */
export async function endNode(node: Pick<RealNode, 'cgroup' | 'link'>): Promise<number> {
  const ended = await endCgroup(node.cgroup)
  await exec('ip', ['link', 'delete', node.link])
  return ended
}
