import {imagesOf} from '../diff/images.ts'
import type {KubernetesObject} from '../diff/kubernetes-object.ts'
import {placeOf} from './place.ts'
import {splitImage} from './tag.ts'

/**
 * The image that people mean by the version of a release, among sidecars and init containers: the one whose tag its values
 * decide where a version is asked for; else the one of the container that is called like its workload or chart; else the first.
 */
export function mainImageOf(
  objects: readonly KubernetesObject[],
  values: unknown,
  chart: string,
): {mainImage?: string} {
  const containers = objects.flatMap(object =>
    imagesOf(object).map(one => ({...one, isNamed: [object.name, chart].includes(one.container)})),
  )
  const images = containers.map(({image}) => image)
  const place = placeOf(values, chart, images)
  const decided = images.find(image => splitImage(image).name === place?.imageName)
  const image = decided ?? containers.find(({isNamed}) => isNamed)?.image ?? images[0]
  return image === undefined ? {} : {mainImage: image}
}
