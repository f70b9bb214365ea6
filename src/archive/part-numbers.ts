/** Numbers of a relation's parts, which are in the names of their entries. */

/** Counts from 1 for each relation, and passes over numbers that are reserved for parts of another archive. */
export class PartNumbers {
  readonly #last = new Map<number, number>();
  readonly #reserved = new Map<number, Set<number>>();

  /** Must come before the first `next` of the relation. */
  reserve(relation: number, numbers: Iterable<number>): void {
    this.#reserved.set(relation, new Set(numbers));
  }

  /** The lowest number that is free. */
  next(relation: number): number {
    const reserved = this.#reserved.get(relation);
    let number = (this.#last.get(relation) ?? 0) + 1;
    while (reserved?.has(number) === true) number++;
    this.#last.set(relation, number);
    return number;
  }
}
