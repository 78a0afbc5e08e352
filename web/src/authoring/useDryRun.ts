import { useState } from "react";
import { api } from "../api/client";
import { asProblem, formErrorsOf, messageOf, Problem } from "../api/problem";
import type { DryRun, DryRunResult, FormErrors } from "../api/types";

type State = { busy: boolean; result?: DryRunResult; problem?: Problem; refused: FormErrors["errors"] };

/** useDryRun runs a template without effects outside of its workspace. */
export function useDryRun(): State & { run: (what: DryRun) => Promise<void> } {
  const [state, setState] = useState<State>({ busy: false, refused: [] });
  const run = async (what: DryRun) => {
    setState({ busy: true, refused: [] });
    try {
      const { data, error, response } = await api.POST("/api/scaffolder/v2/dry-run", { body: what });
      if (data) {
        setState({ busy: false, result: data, refused: [] });
        return;
      }
      const refused = formErrorsOf(error);
      const problem = new Problem(response.status, refused[0]?.message ?? messageOf(error), JSON.stringify(error, null, 2));
      setState({ busy: false, refused, problem });
    } catch (thrown) {
      setState({ busy: false, refused: [], problem: asProblem(thrown) });
    }
  };
  return { ...state, run };
}
