import { describe, expect, it } from "vitest";
import { advance, fitting, following, preceding } from "./player";

describe("a replay", () => {
  it("goes on by the reader's seconds times its speed, and stops at the end", () => {
    expect(advance(1, 0.5, 1, 8)).toBe(1.5);
    expect(advance(1, 0.5, 4, 8)).toBe(3);
    expect(advance(1, 0.5, 16, 8)).toBe(8);
  });
  const moments = [0, 0.5, 2, 8];
  it("steps from one event to the next", () => {
    expect(following(moments, 0)).toBe(0.5);
    expect(following(moments, 0.5)).toBe(2);
    expect(following(moments, 1)).toBe(2);
    expect(following(moments, 8)).toBe(8);
  });
  it("and back", () => {
    expect(preceding(moments, 8)).toBe(2);
    expect(preceding(moments, 1)).toBe(0.5);
    expect(preceding(moments, 0)).toBe(0);
  });
  it("begins at the speed at which one sees all of it soon", () => expect([4.5, 30, 180, 900].map(fitting)).toEqual([1, 4, 16, 16]));
});
