import type { ErrorSchema } from "@rjsf/utils";
import { useState } from "react";
import { useNavigate } from "react-router";
import { asProblem, type Problem } from "../api/problem";
import { useWords } from "../i18n/I18n";
import { dropDraft } from "./draft";
import { pageWith, type Form } from "./schema";
import { submitForm } from "./submit";
import type { Filling } from "./useFilling";
import { errorSchemaOf } from "./validator";

type Sending = {
  busy: boolean;
  /** The server's errors at their fields, while the values are those that it refused. */
  refused: ErrorSchema | undefined;
  failure: Problem | undefined;
  send: () => void;
};

type What = { templateRef: string; form: Form; filling: Filling; app: string };

/** useSending sends a form: to the application's page, the task's, or back to the field that is refused. */
export function useSending({ templateRef, form, filling, app }: What): Sending {
  const { saying } = useWords();
  const navigate = useNavigate();
  const [busy, setBusy] = useState(false);
  const [refusal, setRefusal] = useState<{ at: string; errors: ErrorSchema }>();
  const [failure, setFailure] = useState<Problem>();
  const now = JSON.stringify(filling.values);

  const send = async () => {
    setBusy(true);
    setFailure(undefined);
    try {
      const outcome = await submitForm(templateRef, filling.values, form.secrets);
      if ("id" in outcome) {
        dropDraft(templateRef);
        if (app === "") await navigate(`/tasks/${outcome.id}`);
        else await navigate(`/apps/${app}`, { state: { taskId: outcome.id } });
        return;
      }
      setRefusal({ at: now, errors: errorSchemaOf(outcome.errors, saying) });
      filling.setPage(pageWith(form, outcome.errors[0]?.path[0] ?? ""));
    } catch (thrown) {
      setFailure(asProblem(thrown));
    }
    setBusy(false);
  };

  return { busy, failure, refused: refusal?.at === now ? refusal.errors : undefined, send: () => void send() };
}
