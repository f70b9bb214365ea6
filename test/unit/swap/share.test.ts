import { expect, test } from "vitest";
import { shareOf } from "../../../src/swap/schedule/share.ts";

const tuned = {
  maintenanceWorkMemKb: 65536,
  maxParallelMaintenanceWorkers: 4,
  processes: 5,
};
const share = (jobs: number, sharers: number): [workers: number, processes: number] => {
  const { maxParallelMaintenanceWorkers, processes } = shareOf(tuned, jobs, sharers);
  return [maxParallelMaintenanceWorkers, processes];
};

test("one connection has all, however many tasks wait for it", () => {
  expect(share(1, 1)).toEqual([4, 5]);
  expect(share(1, 20)).toEqual([4, 5]);
});

test("several have one process each, and the last tasks share the rest", () => {
  expect(share(2, 20)).toEqual([0, 1]);
  expect(share(2, 2)).toEqual([0, 1]);
  expect(share(2, 1)).toEqual([4, 5]);
  expect(share(4, 2)).toEqual([2, 2]);
  expect(share(8, 7)).toEqual([0, 1]);
});
