import { useCallback, useEffect, useState } from "react";
import { asProblem, type Problem } from "./problem";

export type Fetched<T> = { data?: T; problem?: Problem; again: () => void };

/**
 * useFetched asks once, and again when one of the inputs changes. What was
 * there before stays readable until the new answer is in.
 */
export function useFetched<T>(ask: () => Promise<T>, inputs: readonly unknown[]): Fetched<T> {
  const [state, setState] = useState<{ data?: T; problem?: Problem }>({});
  const [turn, setTurn] = useState(0);
  const again = useCallback(() => setTurn((n) => n + 1), []);
  useEffect(() => {
    let current = true;
    ask().then(
      (data) => {
        if (current) setState({ data });
      },
      (thrown: unknown) => {
        if (current) setState((before) => ({ ...before, problem: asProblem(thrown) }));
      },
    );
    return () => {
      current = false;
    };
    // eslint-disable-next-line react-hooks/exhaustive-deps -- the caller names what the question depends on
  }, [turn, ...inputs]);
  return { ...state, again };
}
