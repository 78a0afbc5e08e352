import { describe, expect, it } from "vitest";
import { duration, gib, number, percent } from "../format/figures";
import { barsOf, roomOf, shareOf } from "./scale";

describe("room", () => {
  it.each([[4, 1, "free"], [4, 3, "tight"], [4, 3.9, "full"], [0, 0, "full"]] as const)("%d with %d taken is %s", (allocatable, requested, room) => expect(roomOf({ allocatable, requested })).toBe(room));
  it("is never more than all", () => expect(shareOf({ allocatable: 1, requested: 3 })).toBe(1));
});

describe("the days' bars", () => {
  it("are scaled by the highest", () => expect(barsOf([{ date: "a", live: 3, failed: 1 }, { date: "b", live: 1, failed: 0 }])).toMatchObject({ most: 4, bars: [{ liveShare: 0.75, failedShare: 0.25 }, { liveShare: 0.25 }] }));
  it("may all be none", () => expect(barsOf([{ date: "a", live: 0, failed: 0 }])).toMatchObject({ most: 0, bars: [{ liveShare: 0 }] }));
});

describe("amounts", () => {
  it("are in the reader's way", () => {
    expect([number(3.14, "pt"), percent(0.125, "en"), gib(1.5 * 1024 ** 3, "pt")]).toEqual(["3,1", "12.5%", "1,5 GiB"]);
    expect([6.4, 312, 7_200, 200_000].map((seconds) => duration(seconds, "en"))).toEqual(["6.4 s", "5 min", "2 h", "2.3 d"]);
  });
});
