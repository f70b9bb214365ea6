/** A value that was taken from an iteration to look at it, and what is left of the iteration. */
export async function* startingWith<T>(first: T, rest: AsyncIterable<T>): AsyncGenerator<T> {
  yield first;
  yield* rest;
}
