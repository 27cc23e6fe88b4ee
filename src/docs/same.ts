/** What JSON makes of a value of this type: no `readonly`, and a key that may be undefined is left out. */
export type Json<T> = T extends readonly (infer Item)[]
  ? Json<Item>[]
  : T extends object
    ? Flat<
        {[K in keyof T as undefined extends T[K] ? never : K]: Json<T[K]>} & {
          [K in keyof T as undefined extends T[K] ? K : never]?: Json<Exclude<T[K], undefined>>
        }
      >
    : T

type Flat<T> = {[K in keyof T]: T[K]}

/** `true` for two types that are the same in everything, also in which keys are optional; else `false`. */
export type IsSame<A, B> =
  (<T>() => T extends Normal<A> ? 1 : 2) extends <T>() => T extends Normal<B> ? 1 : 2 ? true : false

type Normal<T> = T extends readonly (infer Item)[]
  ? Normal<Item>[]
  : T extends object
    ? {[K in keyof T]: Normal<T[K]>}
    : T
