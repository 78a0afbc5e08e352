import { useState } from "react";
import { api } from "../api/client";
import { asProblem, formErrorsOf, messageOf, Problem } from "../api/problem";
import type { DryRun, DryRunResult, FormErrors } from "../api/types";

type State = { busy: boolean; result?: DryRunResult; problem?: Problem };

type Trial = State & {
  /** run gives what is refused of the form's values. */
  run: (what: DryRun) => Promise<FormErrors["errors"]>;
  /** forget is for when another template is begun with. */
  forget: () => void;
};

/** useDryRun runs a template without effects outside of its workspace. */
export function useDryRun(): Trial {
  const [state, setState] = useState<State>({ busy: false });
  const run = async (what: DryRun) => {
    setState({ busy: true });
    try {
      const { data, error, response } = await api.POST("/api/scaffolder/v2/dry-run", { body: what });
      const refused = formErrorsOf(error);
      if (data) setState({ busy: false, result: data });
      else if (refused.length > 0) setState({ busy: false });
      else setState({ busy: false, problem: new Problem(response.status, messageOf(error), JSON.stringify(error, null, 2)) });
      return refused;
    } catch (thrown) {
      setState({ busy: false, problem: asProblem(thrown) });
      return [];
    }
  };
  return { ...state, run, forget: () => setState({ busy: false }) };
}
