/** What is due at a second, the soonest on top. */
export interface Heap<Item extends { readonly at: number }> {
  readonly push: (item: Item) => void
  readonly peek: () => Item | undefined
  readonly pop: () => Item | undefined
  readonly size: () => number
}

/** A binary heap: what is due at the same second comes in any order. */
export function createHeap<Item extends { readonly at: number }>(items: Iterable<Item> = []): Heap<Item> {
  const tree: Item[] = []
  const dueAt = (index: number): number => tree[index]?.at ?? Number.POSITIVE_INFINITY
  const swap = (a: number, b: number): void => {
    const [one, other] = [tree[a] as Item, tree[b] as Item]
    tree[a] = other
    tree[b] = one
  }
  const push = (item: Item): void => {
    tree.push(item)
    for (let child = tree.length - 1; child > 0; ) {
      const parent = (child - 1) >> 1
      if (dueAt(parent) <= dueAt(child)) return
      swap(parent, child)
      child = parent
    }
  }
  const pop = (): Item | undefined => {
    if (tree.length > 1) swap(0, tree.length - 1)
    const top = tree.pop()
    for (let parent = 0; ; ) {
      const left = 2 * parent + 1
      const child = dueAt(left + 1) < dueAt(left) ? left + 1 : left
      if (dueAt(parent) <= dueAt(child)) return top
      swap(parent, child)
      parent = child
    }
  }
  for (const item of items) push(item)
  return { push, pop, peek: () => tree[0], size: () => tree.length }
}
